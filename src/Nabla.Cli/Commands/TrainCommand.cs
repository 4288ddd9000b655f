using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train TASK</c>: begins a run or continues one, and stops between two steps with the state saved.</summary>
sealed class TrainCommand : NablaCommand
{
    /// <summary>A month: no timer of .NET runs for two.</summary>
    const double MostMinutes = 31 * 24 * 60;

    readonly Terminal terminal;
    readonly ITrainingTask task;
    readonly TaskSettings settings;
    readonly Option<double?> minutes = OptionOf.Number<double>("--minutes", "N",
        "Stop after N minutes with the state saved; --resume continues.",
        value => value is > 0 and <= MostMinutes, "a number above 0, of a month at most,");
    readonly Option<int?> threads = OptionOf.Count("--threads", "N",
        "Threads that compute (as many as there are processors). The result does not depend on it.");
    readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    readonly Option<bool> resume = new("--resume")
    {
        Description = "Continue the run in --output where it stopped, to the same bits as if it had not.",
    };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TrainCommand(Terminal terminal, ITrainingTask task) : base(terminal, task.Name, task.Description)
    {
        (this.terminal, this.task, settings) = (terminal, task, task.NewSettings());
        foreach (var option in settings.Options.Concat([minutes, threads, output, resume, json])) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples => task.Examples;

    /// <summary>A step of a large model takes a while, and the state is written after it.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(threads) is { } count) Processor.Threads = count;
        settings.Read(parse);
        var resumes = parse.GetValue(resume);
        var (training, run) = resumes ? Resumed(parse.GetValue(output)) : Begun(parse.GetValue(output));
        run.WriteConfiguration(training.Settings.ToJson());
        var asJson = parse.GetValue(json);
        if (asJson) terminal.Warn(training);
        else terminal.Introduce(training, run, resumes);
        var result = Train(training, run, resumes, parse.GetValue(minutes), asJson, cancellation);
        return result.End == TrainingEnd.Stopped ? Stopped(result, run, byUser: cancellation.IsCancellationRequested, asJson)
            : Concluded(training, run, result, asJson);
    }

    TrainingResult Train(ITraining training, RunFolder run, bool resumes, double? limit, bool asJson, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (limit is { } most) stop.CancelAfter(TimeSpan.FromMinutes(most));
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        if (asJson) return training.Train(new(run, resumes, stop.Token));
        var display = new TrainingDisplay(terminal, training.Epochs, training.Unit);
        return display.Show(() => training.Train(new(run, resumes, stop.Token, terminal, display)));
    }

    (ITraining, RunFolder) Begun(string? folder)
    {
        if (folder is not null && RunFolder.Exists(folder))
            throw new UserException($"{folder} holds a run already. Continue it (--resume), or name another folder (--output).");
        var training = task.Begin(settings);
        var run = RunFolder.Open(folder ?? RunIntroduction.NewFolder(training.DataName, training.ModelName));
        training.WriteFiles(run);
        return (training, run);
    }

    (ITraining, RunFolder) Resumed(string? folder)
    {
        if (folder is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        if (!RunFolder.Exists(folder)) throw new UserException($"--resume: there is no run in {folder}.");
        var names = settings.All.Where(setting => setting is { IsGiven: true, ChangesOnResume: false })
            .Select(setting => setting.Option!.Name).ToArray();
        if (names.Length > 0)
        {
            var changing = settings.All.Where(setting => setting.ChangesOnResume).Select(setting => setting.Option!.Name);
            throw new UserException($"--resume continues with the settings of the run: leave {string.Join(", ", names)} out. " +
                $"{string.Join(", ", changing)}, --minutes and --threads may change.");
        }
        var (run, saved) = (RunFolder.Open(folder), task.NewSettings());
        saved.Read(run);
        saved.TakeGiven(settings);
        return (task.Continue(saved, run), run);
    }

    int Stopped(TrainingResult result, RunFolder run, bool byUser, bool asJson)
    {
        var said = Invariant($"{(byUser ? "stopped" : "time is up")} after step {result.Steps:n0}; the state is saved. Continue with: ") +
            Invariant($"nabla {task.Command} --output {run.Folder} --resume");
        if (byUser || asJson) terminal.Problem(said);
        else terminal.PlainLine($"  {said}");
        return byUser ? ExitCodes.Cancelled : ExitCodes.Success;
    }

    int Concluded(ITraining training, RunFolder run, TrainingResult result, bool asJson)
    {
        var outcome = training.Conclude(run, result);
        if (asJson)
        {
            terminal.Json(Summary(run, result, outcome));
            return ExitCodes.Success;
        }
        var best = result.Best is not { } evaluation ? ""
            : training.Epochs is null ? Invariant($", best checkpoint of step {evaluation.Step:n0}")
            : $", best checkpoint of epoch {evaluation.Epoch}";
        var early = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        terminal.Line();
        terminal.Line($"[green]Done[/] in {RunFacts.Time(result.Elapsed)}{early}{best}.");
        terminal.PlainLine($"  {outcome.Headline}");
        foreach (var line in outcome.Lines) terminal.PlainLine($"  {line}".TrimEnd());
        terminal.PlainLine($"  {run.Report}");
        if (outcome.Next is { } next) terminal.PlainLine($"  {next}");
        return ExitCodes.Success;
    }

    static JsonObject Summary(RunFolder run, TrainingResult result, TrainingOutcome outcome)
    {
        var summary = new JsonObject
        {
            ["run"] = run.Folder, ["end"] = $"{result.End}", ["steps"] = result.Steps, ["epochs"] = result.Epochs,
            ["seconds"] = Math.Round(result.Elapsed.TotalSeconds, 3),
        };
        foreach (var (name, value) in outcome.Fields) summary[name] = value?.DeepClone();
        summary["report"] = run.Report;
        return summary;
    }
}
