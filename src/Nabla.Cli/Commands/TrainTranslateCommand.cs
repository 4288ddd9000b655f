using System.CommandLine;
using Nabla.Cli.Training;
using Nabla.Cli.Translation;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train translate</c>: trains a model that reads a text and writes another.</summary>
sealed class TrainTranslateCommand : NablaCommand
{
    const int Shown = 8;

    readonly Terminal terminal;
    readonly TranslationOptions options = new();
    readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    readonly Option<bool> resume = new("--resume") { Description = "Go on with the run in --output where it stopped, to the same bits as if it had not." };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TrainTranslateCommand(Terminal terminal) : base(terminal, "translate", "Train a model that turns texts into others: translations, pronunciations. What is not said is chosen and told.")
    {
        this.terminal = terminal;
        foreach (var option in options.All) Add(option);
        Add(output);
        Add(resume);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train translate --data cmudict", "spelling to pronunciation, from the dictionary that travels with nabla"),
        ("nabla train translate --data verses.tsv --source-tokens characters", "a file of lines SOURCE⇥TARGET"),
        ("nabla train translate --data cmudict --minutes 30 --output runs/cmu", "as far as it comes in half an hour"),
        ("nabla train translate --output runs/cmu --resume", "go on after that, a crash or Ctrl-C"),
    ];

    /// <summary>A step of a large model takes a while, and the state is to be written after it.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        if (request.Threads is { } threads) Processor.Threads = threads;
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (!goesOn) plan.Tokenizers.Save(run);
        if (!asJson) Introduce(plan, run, goesOn);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (request.Minutes is { } minutes) limit.CancelAfter(TimeSpan.FromMinutes(minutes));
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        var (work, display) = (new TranslationRun(plan, run), new TrainingDisplay(terminal, plan.Configuration.Epochs, "tokens"));
        var result = asJson ? work.Train(goesOn, limit.Token) : display.Show(() => work.Train(goesOn, limit.Token, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run, byUser: cancellation.IsCancellationRequested, asJson);
        var (summary, translations) = work.Judge(result);
        if (asJson) terminal.Json(summary, TranslationJson.Default.TranslationSummary);
        else Conclude(plan, result, summary, translations);
        return ExitCodes.Success;
    }

    int Stopped(TrainingResult result, RunFolder run, bool byUser, bool asJson)
    {
        var said = PairSource.Text($"{(byUser ? "stopped" : "time is up")} after step {result.Steps:n0}; the state is saved. Go on with: nabla train translate --output {run.Folder} --resume");
        if (byUser || asJson) terminal.Problem(said);
        else terminal.PlainLine($"  {said}");
        return byUser ? ExitCodes.Cancelled : ExitCodes.Success;
    }

    static (TranslationPlan, RunFolder) Begun(TranslationRequest request, string? output)
    {
        if (output is not null && RunFolder.Exists(output)) throw new UserException($"{output} holds a run already. Go on with it (--resume), or name another folder (--output).");
        var plan = TranslationPlan.Make(request);
        return (plan, RunFolder.Open(output ?? FreeFolder(plan)));
    }

    /// <summary>A run's own plan; what does not change the way of its training may change.</summary>
    static (TranslationPlan, RunFolder) Resumed(TranslationRequest request, string? output)
    {
        if (output is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        if (!RunFolder.Exists(output)) throw new UserException($"--resume: there is no run in {output}.");
        if (request.Fixed.ToArray() is { Length: > 0 } changed)
            throw new UserException($"--resume goes on with what the run was begun with: leave {string.Join(", ", changed)} out. --data, --minutes, --clip, --beam, --length-penalty, --patience, --save-every and --threads may change.");
        var run = RunFolder.Open(output);
        var was = TranslationConfiguration.Read(run);
        return (TranslationPlan.Of(was with
        {
            Data = request.Data ?? was.Data, ClipNorm = request.ClipNorm ?? was.ClipNorm, Beam = request.Beam ?? was.Beam, LengthPenalty = request.LengthPenalty ?? was.LengthPenalty,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery,
        }, run), run);
    }

    static string FreeFolder(TranslationPlan plan)
    {
        var name = Path.Combine("nabla-runs", $"{plan.Source.Name}-{plan.Configuration.Model}");
        if (!Path.Exists(name)) return name;
        for (var i = 2; ; i++)
            if (!Path.Exists($"{name}-{i}")) return $"{name}-{i}";
    }

    void Introduce(TranslationPlan plan, RunFolder run, bool goesOn)
    {
        terminal.Line($"[bold blue]∇[/] [bold]{Markup.Escape($"{plan.Configuration.Model} on {plan.Source.Name}")}[/]{(goesOn ? ", resumed" : "")}");
        foreach (var (name, value) in plan.Assumptions) terminal.Line($"  [grey]{name,-10}[/] {Markup.Escape(value)}");
        terminal.Line($"  [grey]{"run",-10}[/] {Markup.Escape(run.Folder)} (--output)");
        terminal.Line();
    }

    void Conclude(TranslationPlan plan, TrainingResult result, TranslationSummary summary, IReadOnlyList<Nabla.Cli.Translation.Translation> translations)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        terminal.Line();
        terminal.Line($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}: [bold]{Markup.Escape(TranslationRun.Said(plan.Source.Kind, summary.Test, translations.Count))}[/], by the checkpoint of epoch {result.Best?.Epoch}.");
        foreach (var (entry, written) in translations.Take(Shown))
            terminal.PlainLine($"  {entry.Source} → {written}{(entry.Targets.Contains(written) ? "" : $"   (right: {string.Join(" or ", entry.Targets)})")}");
        terminal.PlainLine($"  {summary.Report}");
        terminal.PlainLine($"  nabla predict {summary.Run} TEXT …");
    }
}
