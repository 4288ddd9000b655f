using System.CommandLine;
using Nabla.Cli.Training;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train text</c>: trains a classifier of texts.</summary>
sealed class TrainTextCommand : TrainCommand
{
    readonly TextOptions options = new();

    public TrainTextCommand(Terminal terminal) : base(terminal, "text", "Train a classifier of texts. What is not said is chosen and told.") => AddAll(options.All);

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train text --data reviews.csv", "a table with the columns text and label, or the like"),
        ("nabla train text --data tickets.jsonl --text body --label team", "the columns by their names"),
        ("nabla train text --data spam-assassin --output runs/spam", "a published dataset (nabla data get spam-assassin)"),
        ("nabla train text --output runs/spam --resume", "go on after a crash, Ctrl-C or a power cut"),
    ];

    protected override int Train(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (asJson) Terminal.Warn(plan.Assumptions);
        else Terminal.Introduce($"{plan.Configuration.Model} on {plan.Source.Name}", plan.Assumptions, run, goesOn);
        var display = new TrainingDisplay(Terminal, plan.Configuration.Epochs, "texts");
        var work = new TextRun(plan, run);
        using var notice = cancellation.Register(() => Terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, cancellation) : display.Show(() => work.Train(goesOn, cancellation, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run);
        var (summary, sentence) = work.Judge(result);
        if (asJson) Terminal.Json(summary, TrainingSummaryJson.Default.TrainingSummary);
        else Conclude(result, summary, sentence);
        return ExitCodes.Success;
    }

    static (TextPlan, RunFolder) Begun(TextRequest request, string? output)
    {
        DemandFree(output);
        var plan = TextPlan.Make(request);
        return (plan, RunFolder.Open(output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model)));
    }

    /// <summary>A run's own plan; the number of epochs, the rate and where the data lies may change.</summary>
    static (TextPlan, RunFolder) Resumed(TextRequest request, string? output)
    {
        var run = Existing(output);
        DemandNone(request.Fixed, "--data, --epochs, --lr, --clip, --patience, --save-every");
        var was = TextConfiguration.Read(run);
        return (TextPlan.Of(was with
        {
            Data = request.Data ?? was.Data, Epochs = request.Epochs ?? was.Epochs, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }, run), run);
    }

    void Conclude(TrainingResult result, TrainingSummary summary, string sentence)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        Terminal.Line();
        Terminal.Line(Invariant($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}, with the checkpoint of epoch {result.Best?.Epoch}:"));
        Terminal.PlainLine($"  {sentence}");
        Terminal.PlainLine($"  {summary.Report}");
        Terminal.PlainLine($"  nabla predict {summary.Run} \"TEXT\" …");
    }
}
