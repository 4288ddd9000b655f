using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Cli.Training;
using Nabla.Cli.Translation;
using Nabla.Formats;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict</c>: what a run's model sees on pictures, or makes of texts.</summary>
sealed class PredictCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> folder = new("RUN") { Description = "The folder of a run of `nabla train`." };
    readonly Argument<string[]> inputs = new("INPUT") { Description = "Picture files, or folders of them; texts, where the run has learned to turn texts into others.", Arity = ArgumentArity.OneOrMore };
    readonly Option<int> top = new("--top") { Description = "How many classes to name, or how many texts to write of each.", HelpName = "N", DefaultValueFactory = _ => 3 };
    readonly Option<string> checkpoint = new("--checkpoint") { Description = "Which of the run's checkpoints: best, last or average.", HelpName = "NAME", DefaultValueFactory = _ => "best" };
    readonly Option<bool> json = new("--json") { Description = "Print only the predictions, as JSON." };

    public PredictCommand(Terminal terminal) : base(terminal, "predict", "Say what a run's model sees on pictures, or makes of texts.")
    {
        this.terminal = terminal;
        checkpoint.AcceptOnlyFromAmong("best", "last", "average");
        Add(folder);
        Add(inputs);
        Add(top);
        Add(checkpoint);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla predict runs/pets cat.jpg", "the three likeliest classes"),
        ("nabla predict runs/pets holidays --top 1", "every picture of a folder"),
        ("nabla predict runs/pets *.jpg --json", "for scripts"),
        ("nabla predict runs/cmu NABLA --top 1", "a text, by a run of `nabla train translate`"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (TranslationConfiguration.IsOf(parse.GetValue(folder)!)) return Write(parse);
        var trained = TrainedImages.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        var files = parse.GetValue(inputs)!.SelectMany(Files).ToArray();
        var see = trained.Predictor(parse.GetValue(top));
        var seen = new List<Prediction>();
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var prediction = new Prediction(file, see(file));
            seen.Add(prediction);
            if (!parse.GetValue(json)) Print(prediction);
        }
        if (parse.GetValue(json)) terminal.Json(seen, PredictionJson.Default.ListPrediction);
        return ExitCodes.Success;
    }

    /// <summary>What a model of texts makes of each, the best first.</summary>
    int Write(ParseResult parse)
    {
        var translator = Translator.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        var written = translator.Write(parse.GetValue(inputs)!, parse.GetValue(top));
        if (parse.GetValue(json))
        {
            terminal.Json([.. written], PredictionJson.Default.ListWritten);
            return ExitCodes.Success;
        }
        foreach (var one in written) terminal.PlainLine($"  {one.Source}   {string.Join("   ", one.Texts.Select(text => string.Create(CultureInfo.InvariantCulture, $"{text.Text} ({text.Probability:0.0%})")))}");
        return ExitCodes.Success;
    }

    static IEnumerable<string> Files(string path)
    {
        if (!Directory.Exists(path)) return File.Exists(path) ? [path] : throw new UserException($"{path}: there is no such picture or folder.");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(ImageFile.IsImage).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new UserException($"{path} has no pictures in it.");
    }

    void Print(Prediction prediction) => terminal.Line($"  {Markup.Escape(prediction.Picture)}   " + string.Join("   ", prediction.Classes.Select((guess, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "[bold]" : "[grey]")}{Markup.Escape(guess.Name)} {guess.Probability:0.0%}[/]"))));
}

/// <summary>What a model sees on a picture.</summary>
sealed record Prediction(string Picture, IReadOnlyList<Guess> Classes);

/// <summary>A class and how likely it is.</summary>
sealed record Guess(string Name, double Probability);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<Prediction>))]
[JsonSerializable(typeof(List<Written>))]
sealed partial class PredictionJson : JsonSerializerContext;
