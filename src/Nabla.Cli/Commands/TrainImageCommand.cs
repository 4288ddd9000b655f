using System.CommandLine;
using Nabla.Cli.Training;
using Nabla.Training;

using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train image</c>: trains a classifier of pictures.</summary>
sealed class TrainImageCommand : OlderTrainCommand
{
    readonly ImageOptions options = new();

    public TrainImageCommand(Terminal terminal) : base(terminal, "image", "Train a classifier of pictures. What is not said is chosen and told.") => AddAll(options.All);

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train image --data digits", "the digits that travel with nabla"),
        ("nabla train image --data my-pictures", "a folder with a folder of pictures for each class"),
        ("nabla train image --data fashion-mnist --model lenet --epochs 10 --output runs/lenet", ""),
        ("nabla train image --output runs/lenet --resume", "go on after a crash, Ctrl-C or a power cut"),
        ("nabla train image --data my-pictures --model runs/lenet", "begin with what an earlier run has learned"),
    ];

    protected override int Train(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (asJson) Terminal.Warn(plan.Assumptions);
        else Terminal.Introduce($"{plan.Configuration.Model} on {plan.Source.Name}", plan.Assumptions, run, goesOn);
        var display = new TrainingDisplay(Terminal, plan.Configuration.Epochs, "pictures");
        var work = new ImageRun(plan, run);
        using var notice = cancellation.Register(() => Terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, cancellation) : display.Show(() => work.Train(goesOn, cancellation, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run);
        var summary = work.Judge(result);
        if (asJson) Terminal.Json(summary, TrainingSummaryJson.Default.TrainingSummary);
        else Conclude(plan, result, summary);
        return ExitCodes.Success;
    }

    static (ImagePlan, RunFolder) Begun(ImageRequest request, string? output)
    {
        DemandFree(output);
        var plan = ImagePlan.Make(request);
        return (plan, RunFolder.Open(output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model)));
    }

    /// <summary>A run's own plan; the number of epochs, the rate and where the data lies may change.</summary>
    static (ImagePlan, RunFolder) Resumed(ImageRequest request, string? output)
    {
        var run = Existing(output);
        DemandNone(request.Fixed, "--data, --epochs, --lr, --clip, --patience, --save-every");
        var was = ImageConfiguration.Read(run);
        return (ImagePlan.Of(was with
        {
            Data = request.Data ?? was.Data, Epochs = request.Epochs ?? was.Epochs, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }), run);
    }

    void Conclude(ImagePlan plan, TrainingResult result, TrainingSummary summary)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        Terminal.Line();
        Terminal.Line(Invariant($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}: [bold]{summary.Test["accuracy"]:0.00%}[/] of {plan.Parts.Test.Count:n0} test pictures right, with the checkpoint of epoch {result.Best?.Epoch}."));
        Terminal.PlainLine($"  {summary.Report}");
        Terminal.PlainLine($"  nabla predict {summary.Run} PICTURE …");
    }
}
