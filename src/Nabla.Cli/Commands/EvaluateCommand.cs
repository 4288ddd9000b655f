using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla evaluate</c>: the metrics of a run's model.</summary>
sealed class EvaluateCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly RunArguments run = new();
    readonly Option<string?> data = new("--data", "-d")
    {
        Description = "Other data than the run's test part, all of it: a name, a folder or a file.", HelpName = "NAME|FOLDER|FILE",
    };
    readonly Option<bool> json = new("--json") { Description = "Print only the metrics, as JSON." };

    public EvaluateCommand(Terminal terminal) : base(terminal, "evaluate", "Evaluate a run's model on its test part or on other data.")
    {
        this.terminal = terminal;
        Add(run.Folder);
        foreach (var option in new Option[] { data, run.Checkpoint, run.With, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla evaluate runs/lenet", "on the test part of the run's own data"),
        ("nabla evaluate runs/pets --data more-pets", "on other images of the same classes"),
        ("nabla evaluate runs/spam --data more.csv", "on other texts"),
        ("nabla evaluate runs/lenet --checkpoint last --json", "the last checkpoint, for scripts"),
        ("nabla evaluate runs/cmu", "a run of `nabla train translate`"),
        ("nabla evaluate runs/cmu --with runs/cmu2", "an ensemble of two of them"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (folder, checkpoint, model) = run.Evaluated(parse);
        var result = model.Evaluate(parse.GetValue(data));
        if (!parse.GetValue(json))
        {
            foreach (var line in result.Lines) terminal.PlainLine(line);
            return ExitCodes.Success;
        }
        terminal.Json(new JsonObject
        {
            ["run"] = folder, ["checkpoint"] = checkpoint, [result.CountName] = result.Count,
            ["metrics"] = TrainingOutcome.Metrics(result.Metrics),
        });
        return ExitCodes.Success;
    }
}
