using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Cli.Tasks;
using Nabla.Cli.Translation;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla evaluate</c>: how a run's model does on data.</summary>
sealed class EvaluateCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> folder = new("RUN") { Description = "The folder of a run of `nabla train`." };
    readonly Option<string?> data = new("--data", "-d") { Description = "Other data than the run's test part, all of it: a name, a folder or a file.", HelpName = "NAME|FOLDER|FILE" };
    readonly Option<string> checkpoint = new("--checkpoint") { Description = "Which of the run's checkpoints: best, last or average.", HelpName = "NAME", DefaultValueFactory = _ => "best" };
    readonly Option<string[]> with = Together.Option();
    readonly Option<bool> json = new("--json") { Description = "Print only the metrics, as JSON." };

    public EvaluateCommand(Terminal terminal) : base(terminal, "evaluate", "Say how well a run's model tells pictures or texts apart, or turns texts into others.")
    {
        this.terminal = terminal;
        checkpoint.AcceptOnlyFromAmong("best", "last", "average");
        Add(folder);
        Add(data);
        Add(checkpoint);
        Add(with);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla evaluate runs/lenet", "on the test part of the run's own data"),
        ("nabla evaluate runs/pets --data more-pets", "on other pictures of the same classes"),
        ("nabla evaluate runs/spam --data more.csv", "on other texts"),
        ("nabla evaluate runs/lenet --checkpoint last --json", "the last checkpoint, for scripts"),
        ("nabla evaluate runs/cmu", "texts, by a run of `nabla train translate`"),
        ("nabla evaluate runs/cmu --with runs/cmu2", "texts that two models write together"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (TrainingTasks.IsOf(parse.GetValue(folder)!)) return Evaluate(parse);
        if (TranslationConfiguration.IsOf(parse.GetValue(folder)!)) return EvaluateTexts(parse);
        Together.Refuse(parse, with);
        var trained = Training.TrainedRun.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        var verdict = trained.Judge(parse.GetValue(data));
        if (parse.GetValue(json))
        {
            terminal.Json(new EvaluationSummary(trained.Run.Folder, trained.Checkpoint, verdict.Examples, verdict.Metrics), EvaluationJson.Default.EvaluationSummary);
            return ExitCodes.Success;
        }
        terminal.PlainLine(verdict.Headline);
        terminal.Line();
        foreach (var line in verdict.Matrix.Report(trained.Classes).ToString(3).Split('\n')) terminal.PlainLine(line);
        return ExitCodes.Success;
    }

    int Evaluate(ParseResult parse)
    {
        var trained = TrainedRun.Open(parse.GetValue(folder)!, parse.GetValue(checkpoint)!);
        var others = parse.GetValue(with)!.Select(other => TrainedRun.Open(other, parse.GetValue(checkpoint)!)).ToArray();
        var result = trained.Load(others).Evaluate(parse.GetValue(data));
        if (parse.GetValue(json))
        {
            terminal.Json(new JsonObject
            {
                ["run"] = trained.Run.Folder, ["checkpoint"] = trained.Checkpoint, [result.CountName] = result.Count, ["metrics"] = TrainingOutcome.Metrics(result.Metrics),
            });
            return ExitCodes.Success;
        }
        foreach (var line in result.Lines) terminal.PlainLine(line);
        return ExitCodes.Success;
    }

    int EvaluateTexts(ParseResult parse)
    {
        var translator = Translator.Open(parse.GetValue(folder)!, parse.GetValue(with)!, parse.GetValue(checkpoint)!);
        var plan = TranslationPlan.Of(translator.Configuration, translator.Run);
        var other = parse.GetValue(data) is { } named ? PairSource.Open(named, translator.Configuration.Targets) : null;
        var entries = other?.Entries ?? plan.Parts.Test;
        var (metrics, translations) = TranslationRun.Evaluate(plan, translator.Load(plan.Tokenizers), entries);
        if (parse.GetValue(json))
        {
            terminal.Json(new TextEvaluationSummary(translator.Run.Folder, translator.Checkpoint, translations.Count, metrics), EvaluationJson.Default.TextEvaluationSummary);
            return ExitCodes.Success;
        }
        terminal.PlainLine($"{TranslationRun.Said(plan, metrics, translations.Count)}.");
        if (TranslationRun.SaidOfUnchanged(plan, entries) is { } unchanged) terminal.PlainLine(unchanged);
        return ExitCodes.Success;
    }
}

/// <summary>How a checkpoint does.</summary>
sealed record EvaluationSummary(string Run, string Checkpoint, long Examples, IReadOnlyDictionary<string, double> Metrics);

/// <summary>How a checkpoint of a model of texts does.</summary>
sealed record TextEvaluationSummary(string Run, string Checkpoint, long Texts, IReadOnlyDictionary<string, double> Metrics);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(EvaluationSummary))]
[JsonSerializable(typeof(TextEvaluationSummary))]
sealed partial class EvaluationJson : JsonSerializerContext;
