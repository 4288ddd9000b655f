using System.CommandLine;
using Nabla.Cli.Training;
using Nabla.Cli.Translation;
using Nabla.Training;
using Spectre.Console;

using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train translate</c>: trains a model that reads a text and writes another.</summary>
sealed class TrainTranslateCommand : OlderTrainCommand
{
    const int Shown = 8;

    readonly TranslationOptions options = new();

    public TrainTranslateCommand(Terminal terminal) : base(terminal, "translate", "Train a model that turns texts into others: translations, pronunciations. What is not said is chosen and told.") => AddAll(options.All);

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train translate --data cmudict", "spelling to pronunciation, from the dictionary that travels with nabla"),
        ("nabla train translate --data verses.tsv --source-tokens bpe --target-tokens bpe", "a file of lines SOURCE⇥TARGET, cut into byte pairs"),
        ("nabla train translate --data cmudict --minutes 30 --output runs/cmu", "as far as it comes in half an hour"),
        ("nabla train translate --output runs/cmu --resume", "go on after that, a crash or Ctrl-C"),
    ];

    protected override int Train(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (!goesOn) plan.Tokenizers.Save(run);
        if (!asJson) Terminal.Introduce($"{plan.Configuration.Model} on {plan.Source.Name}", plan.Assumptions, run, goesOn);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (request.Minutes is { } minutes) limit.CancelAfter(TimeSpan.FromMinutes(minutes));
        using var notice = cancellation.Register(() => Terminal.Problem("stopping after this step …"));
        var (work, display) = (new TranslationRun(plan, run), new TrainingDisplay(Terminal, plan.Configuration.Epochs, "tokens"));
        var result = asJson ? work.Train(goesOn, limit.Token) : display.Show(() => work.Train(goesOn, limit.Token, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run, byUser: cancellation.IsCancellationRequested, asJson);
        var (summary, translations) = work.Judge(result);
        if (asJson) Terminal.Json(summary, TrainingSummaryJson.Default.TrainingSummary);
        else Conclude(plan, result, summary, translations);
        return ExitCodes.Success;
    }

    int Stopped(TrainingResult result, RunFolder run, bool byUser, bool asJson)
    {
        if (byUser) return Stopped(result, run);
        var said = Rest(result, run, "time is up");
        if (asJson) Terminal.Problem(said);
        else Terminal.PlainLine($"  {said}");
        return ExitCodes.Success;
    }

    static (TranslationPlan, RunFolder) Begun(TranslationRequest request, string? output)
    {
        DemandFree(output);
        var plan = TranslationPlan.Make(request);
        return (plan, RunFolder.Open(output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model)));
    }

    /// <summary>A run's own plan; what does not change the way of its training may change.</summary>
    static (TranslationPlan, RunFolder) Resumed(TranslationRequest request, string? output)
    {
        var run = Existing(output);
        DemandNone(request.Fixed, "--data, --minutes, --clip, --beam, --length-penalty, --patience, --save-every");
        var was = TranslationConfiguration.Read(run);
        return (TranslationPlan.Of(was with
        {
            Data = request.Data ?? was.Data, ClipNorm = request.ClipNorm ?? was.ClipNorm, Beam = request.Beam ?? was.Beam, LengthPenalty = request.LengthPenalty ?? was.LengthPenalty,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery,
        }, run), run);
    }

    void Conclude(TranslationPlan plan, TrainingResult result, TrainingSummary summary, IReadOnlyList<Nabla.Cli.Translation.Translation> translations)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        Terminal.Line();
        Terminal.Line($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}: [bold]{Markup.Escape(TranslationRun.Said(plan, summary.Test, translations.Count))}[/], by the checkpoint of epoch {result.Best?.Epoch}.");
        if (TranslationRun.SaidOfUnchanged(plan, plan.Parts.Test) is { } unchanged) Terminal.PlainLine($"  {unchanged}");
        foreach (var (entry, written) in translations.Take(Shown))
            Terminal.PlainLine($"  {entry.Source} → {written}{(entry.Targets.Contains(written) ? "" : $"   (right: {string.Join(" or ", entry.Targets)})")}");
        Terminal.PlainLine($"  {summary.Report}");
        Terminal.PlainLine($"  nabla predict {summary.Run} TEXT …");
    }
}
