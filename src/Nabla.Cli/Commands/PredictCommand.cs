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
        Description = "Images: files, or folders of them. Texts: themselves, or, to be classified, files with one each.",
        Arity = ArgumentArity.OneOrMore,
    };
    readonly Option<int> top = new("--top")
    {
        Description = "How many classes, or how many texts to write of each.", HelpName = "N", DefaultValueFactory = _ => 3,
    };
    readonly Option<bool> json = new("--json") { Description = "Print only the predictions, as JSON." };

    public PredictCommand(Terminal terminal) : base(terminal, "predict",
        "Predict with a run's model: the classes of images and texts, or translations.")
    {
        this.terminal = terminal;
        OptionRules.Demand(top, value => value > 0, "a whole number above 0");
        Add(run.Folder);
        Add(inputs);
        foreach (var option in new Option[] { top, run.Checkpoint, run.With, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla predict runs/pets cat.jpg", "the three likeliest classes"),
        ("nabla predict runs/pets holidays --top 1", "every image of a folder"),
        ("nabla predict runs/spam \"Dear friend\" mail.eml", "a text, and a file with one"),
        ("nabla predict runs/pets *.jpg --json", "for scripts"),
        ("nabla predict runs/cmu NABLA --top 1", "a text, by a run of `nabla train translate`"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (trained, others) = run.Open(parse);
        var (model, given, asJson) = (trained.Load(others), parse.GetValue(inputs)!, parse.GetValue(json));
        foreach (var warning in given.SelectMany(model.Warnings)) terminal.Problem(warning);
        var predictions = new JsonArray();
        foreach (var prediction in model.Predict([.. given.SelectMany(model.Inputs)], parse.GetValue(top)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (asJson) predictions.Add(prediction.Json);
            else terminal.WholeLine($"  {prediction.Markup}");
        }
        if (asJson) terminal.Json(predictions);
        return ExitCodes.Success;
    }
}
