using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla predict</c>: the predictions of a run's model.</summary>
sealed class PredictCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly RunArguments run = new();
    readonly Argument<string[]> inputs = new("INPUT")
    {
        Description = "Images: files, or folders of them. Texts: themselves, or, to be classified, files with one each; of a fine-tuned " +
            "model files with one on each line, or - for those of the standard input.",
        Arity = ArgumentArity.OneOrMore,
    };
    readonly Option<int> top = new("--top")
    {
        Description = "How many classes, or how many texts to write of each.", HelpName = "N", DefaultValueFactory = _ => 3,
    };
    readonly Option<string?> pair = new("--pair")
    {
        Description = "The second text of each pair; it may also stand behind a tab.", HelpName = "TEXT",
    };
    readonly Option<string?> context = new("--context")
    {
        Description = "The text that answers the questions, or a file with it.", HelpName = "TEXT|FILE",
    };
    readonly Option<bool> json = new("--json") { Description = "Print only the predictions, as JSON." };

    public PredictCommand(Terminal terminal) : base(terminal, "predict",
        "Predict with a run's model: the classes of images and texts, or translations.")
    {
        this.terminal = terminal;
        OptionRules.Demand(top, value => value > 0, "a whole number above 0");
        Add(run.Folder);
        Add(inputs);
        foreach (var option in new Option[] { top, pair, context, run.Checkpoint, run.With, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla predict runs/pets cat.jpg", "the three likeliest classes"),
        ("nabla predict runs/pets holidays --top 1", "every image of a folder"),
        ("nabla predict runs/spam \"Dear friend\" mail.eml", "a text, and a file with one"),
        ("nabla predict runs/pets *.jpg --json", "for scripts"),
        ("nabla predict runs/sick \"A man eats.\" --pair \"Nobody eats.\"", "a pair, by a fine-tuned model"),
        ("nabla predict runs/squad \"Who wrote it?\" --context page.txt", "an answer out of a text"),
        ("nabla predict runs/cmu NABLA --top 1", "a text, by a run of `nabla train translate`"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var model = run.Load(parse, pairs: parse.GetValue(pair) is not null || parse.GetValue(inputs)!.Any(input => input.Contains('\t')));
        var (given, asJson) = (parse.GetValue(inputs)!, parse.GetValue(json));
        var second = Second(parse, model);
        foreach (var warning in given.SelectMany(model.Warnings)) terminal.Problem(warning);
        var predictions = new JsonArray();
        foreach (var prediction in model.Predict([.. given.SelectMany(model.Inputs).Select(input => input + second)], parse.GetValue(top)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (asJson) predictions.Add(prediction.Json);
            else terminal.WholeLine($"  {prediction.Markup}");
        }
        if (asJson) terminal.Json(predictions);
        return ExitCodes.Success;
    }

    /// <summary>What stands behind each input: a tab and the second text.</summary>
    string Second(ParseResult parse, ITrainedModel model)
    {
        foreach (var option in (Option<string?>[])[pair, context])
        {
            if (parse.GetValue(option) is not { } text) continue;
            if (option.Name != model.SecondOption) throw new UserException($"{option.Name}: the model does not read a second text" +
                $"{(model.SecondOption is { } other ? $" of that kind, but {other}" : "")}. Leave it out.");
            return $"\t{(option == context && File.Exists(text) ? File.ReadAllText(text) : text)}";
        }
        return "";
    }
}
