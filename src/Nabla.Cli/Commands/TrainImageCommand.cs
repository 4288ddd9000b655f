using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Training;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train image</c>: trains a classifier of pictures.</summary>
sealed class TrainImageCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly ImageOptions options = new();
    readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    readonly Option<bool> resume = new("--resume") { Description = "Go on with the run in --output where it stopped, to the same bits as if it had not." };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TrainImageCommand(Terminal terminal) : base(terminal, "image", "Train a classifier of pictures. What is not said is chosen and told.")
    {
        this.terminal = terminal;
        foreach (var option in options.All) Add(option);
        Add(output);
        Add(resume);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train image --data digits", "the digits that travel with nabla"),
        ("nabla train image --data my-pictures", "a folder with a folder of pictures for each class"),
        ("nabla train image --data fashion-mnist --model lenet --epochs 10 --output runs/lenet", ""),
        ("nabla train image --output runs/lenet --resume", "go on after a crash, Ctrl-C or a power cut"),
        ("nabla train image --data my-pictures --model runs/lenet", "begin with what an earlier run has learned"),
    ];

    /// <summary>A step of a large model takes a while, and the state is to be written after it.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson) = (options.Read(parse), parse.GetValue(json));
        var (plan, folder, goesOn) = parse.GetValue(resume) ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        var run = RunFolder.Open(folder);
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (!asJson) terminal.Introduce($"{plan.Configuration.Model} on {plan.Source.Name}", plan.Assumptions, run, goesOn);
        var display = new TrainingDisplay(terminal, plan.Configuration.Epochs, "pictures");
        var work = new ImageRun(plan, run);
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, cancellation) : display.Show(() => work.Train(goesOn, cancellation, display));
        if (result.End == TrainingEnd.Stopped)
        {
            terminal.Problem(Text($"stopped after step {result.Steps:n0}; the state is saved. Go on with: nabla train image --output {folder} --resume"));
            return ExitCodes.Cancelled;
        }
        var summary = work.Judge(result);
        if (asJson) terminal.Json(summary, TrainingSummaryJson.Default.TrainingSummary);
        else Conclude(plan, result, summary);
        return ExitCodes.Success;
    }

    static (ImagePlan, string, bool) Begun(ImageRequest request, string? output)
    {
        if (output is not null && RunFolder.Exists(output)) throw new UserException($"{output} holds a run already. Go on with it (--resume), or name another folder (--output).");
        var plan = ImagePlan.Make(request);
        return (plan, output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model), false);
    }

    /// <summary>A run's own plan; the number of epochs, the rate and where the data lies may change.</summary>
    static (ImagePlan, string, bool) Resumed(ImageRequest request, string? output)
    {
        if (output is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        if (!RunFolder.Exists(output)) throw new UserException($"--resume: there is no run in {output}.");
        if (request.Fixed.ToArray() is { Length: > 0 } changed)
            throw new UserException($"--resume goes on with what the run was begun with: leave {string.Join(", ", changed)} out. --data, --epochs, --lr, --clip, --patience and --save-every may change.");
        var was = ImageConfiguration.Read(RunFolder.Open(output));
        return (ImagePlan.Of(was with
        {
            Data = request.Data ?? was.Data, Epochs = request.Epochs ?? was.Epochs, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }), output, true);
    }

    void Conclude(ImagePlan plan, TrainingResult result, TrainingSummary summary)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        terminal.Line();
        terminal.Line(Text($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}: [bold]{summary.Test["accuracy"]:0.00%}[/] of {plan.Parts.Test.Count:n0} test pictures right, with the checkpoint of epoch {result.Best?.Epoch}."));
        terminal.PlainLine($"  {summary.Report}");
        terminal.PlainLine($"  nabla predict {summary.Run} PICTURE …");
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
