using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Cli.Tasks;
using Nabla.Cli.Translation;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict</c>: what a run's model sees in pictures or texts, or makes of texts.</summary>
sealed class PredictCommand : NablaCommand
{
    /// <summary>Characters of a text that are printed beside what it is.</summary>
    const int Shown = 60;

    readonly Terminal terminal;
    readonly Argument<string> folder = new("RUN") { Description = "The folder of a run of `nabla train`." };
    readonly Argument<string[]> inputs = new("INPUT") { Description = "Pictures: files, or folders of them. Texts: themselves, or, to be told apart, files with one each.", Arity = ArgumentArity.OneOrMore };
    readonly Option<int> top = new("--top") { Description = "How many classes to name, or how many texts to write of each.", HelpName = "N", DefaultValueFactory = _ => 3 };
    readonly Option<string> checkpoint = new("--checkpoint") { Description = "Which of the run's checkpoints: best, last or average.", HelpName = "NAME", DefaultValueFactory = _ => "best" };
    readonly Option<string[]> with = Together.Option();
    readonly Option<bool> json = new("--json") { Description = "Print only the predictions, as JSON." };

    public PredictCommand(Terminal terminal) : base(terminal, "predict", "Say what a run's model sees in pictures or texts, or makes of texts.")
    {
        this.terminal = terminal;
        checkpoint.AcceptOnlyFromAmong("best", "last", "average");
        OptionRules.Demand(top, value => value > 0, "a whole number above 0");
        Add(folder);
        Add(inputs);
        Add(top);
        Add(checkpoint);
        Add(with);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla predict runs/pets cat.jpg", "the three likeliest classes"),
        ("nabla predict runs/pets holidays --top 1", "every picture of a folder"),
        ("nabla predict runs/spam \"Dear friend\" mail.eml", "a text, and a file with one"),
        ("nabla predict runs/pets *.jpg --json", "for scripts"),
        ("nabla predict runs/cmu NABLA --top 1", "a text, by a run of `nabla train translate`"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (TrainingTasks.IsOf(parse.GetValue(folder)!)) return Predict(parse, cancellation);
        if (TranslationConfiguration.IsOf(parse.GetValue(folder)!)) return Write(parse);
        Together.Refuse(parse, with);
        var trained = Training.TrainedRun.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        foreach (var doubt in parse.GetValue(inputs)!.Select(trained.Doubt).OfType<string>()) terminal.Problem(doubt);
        var given = parse.GetValue(inputs)!.SelectMany(trained.Inputs).ToArray();
        var see = trained.Predictor(parse.GetValue(top));
        var seen = new List<Seen>();
        foreach (var input in given)
        {
            cancellation.ThrowIfCancellationRequested();
            var prediction = new Seen(input, see(input));
            seen.Add(prediction);
            if (!parse.GetValue(json)) Print(prediction);
        }
        if (parse.GetValue(json)) terminal.Json(seen, PredictionJson.Default.ListSeen);
        return ExitCodes.Success;
    }

    int Predict(ParseResult parse, CancellationToken cancellation)
    {
        var trained = TrainedRun.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        var model = trained.Load([.. parse.GetValue(with)!.Select(other => TrainedRun.Open(other, parse.GetValue(checkpoint)!))]);
        foreach (var warning in parse.GetValue(inputs)!.SelectMany(model.Warnings)) terminal.Problem(warning);
        var given = parse.GetValue(inputs)!.SelectMany(model.Inputs).ToArray();
        var predictions = new JsonArray();
        foreach (var prediction in model.Predict(given, parse.GetValue(top)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (parse.GetValue(json)) predictions.Add(prediction.Json);
            else terminal.Line($"  {prediction.Markup}");
        }
        if (parse.GetValue(json)) terminal.Json(predictions);
        return ExitCodes.Success;
    }

    /// <summary>What a model of texts makes of each, the best first.</summary>
    int Write(ParseResult parse)
    {
        var translator = Translator.Open(parse.GetValue(folder)!, parse.GetValue(with)!, parse.GetValue(checkpoint)!);
        foreach (var doubt in translator.Doubts(parse.GetValue(inputs)!)) terminal.Problem(doubt);
        var written = translator.Write(parse.GetValue(inputs)!, parse.GetValue(top));
        if (parse.GetValue(json))
        {
            terminal.Json([.. written], PredictionJson.Default.ListWritten);
            return ExitCodes.Success;
        }
        foreach (var one in written) terminal.PlainLine($"  {one.Source}   {string.Join("   ", one.Texts.Select(text => Invariant($"{text.Text} ({text.Probability:0.0%})")))}");
        return ExitCodes.Success;
    }

    /// <summary>An input in a line: the beginning of a text.</summary>
    static string Short(string input)
    {
        if (File.Exists(input)) return input;
        var line = string.Join(' ', input.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Shown ? line : $"{line[..(Shown - 1)]}…";
    }

    void Print(Seen prediction) => terminal.Line($"  {Markup.Escape(Short(prediction.Input))}   " + string.Join("   ", prediction.Classes.Select((guess, i) =>
        Invariant($"{(i == 0 ? "[bold]" : "[grey]")}{Markup.Escape(guess.Name)} {guess.Probability:0.0%}[/]"))));
}

/// <summary>What a model sees in a picture or a text.</summary>
sealed record Seen(string Input, IReadOnlyList<Guess> Classes);

/// <summary>A class and how likely it is.</summary>
sealed record Guess(string Name, double Probability);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<Seen>))]
[JsonSerializable(typeof(List<Written>))]
sealed partial class PredictionJson : JsonSerializerContext;
