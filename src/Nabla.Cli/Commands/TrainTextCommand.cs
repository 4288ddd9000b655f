using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Training;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train text</c>: trains a classifier of texts.</summary>
sealed class TrainTextCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly TextOptions options = new();
    readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    readonly Option<bool> resume = new("--resume") { Description = "Go on with the run in --output where it stopped, to the same bits as if it had not." };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TrainTextCommand(Terminal terminal) : base(terminal, "text", "Train a classifier of texts. What is not said is chosen and told.")
    {
        this.terminal = terminal;
        foreach (var option in options.All) Add(option);
        Add(output);
        Add(resume);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train text --data reviews.csv", "a table with the columns text and label, or the like"),
        ("nabla train text --data tickets.jsonl --text body --label team", "the columns by their names"),
        ("nabla train text --data spam-assassin --output runs/spam", "a published dataset (nabla data get spam-assassin)"),
        ("nabla train text --output runs/spam --resume", "go on after a crash, Ctrl-C or a power cut"),
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
        var display = new TrainingDisplay(terminal, plan.Configuration.Epochs, "texts");
        var work = new TextRun(plan, run);
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, cancellation) : display.Show(() => work.Train(goesOn, cancellation, display));
        if (result.End == TrainingEnd.Stopped)
        {
            terminal.Problem(Text($"stopped after step {result.Steps:n0}; the state is saved. Go on with: nabla train text --output {folder} --resume"));
            return ExitCodes.Cancelled;
        }
        var (summary, sentence) = work.Judge(result);
        if (asJson) terminal.Json(summary, TrainingSummaryJson.Default.TrainingSummary);
        else Conclude(result, summary, sentence);
        return ExitCodes.Success;
    }

    static (TextPlan, string, bool) Begun(TextRequest request, string? output)
    {
        if (output is not null && RunFolder.Exists(output)) throw new UserException($"{output} holds a run already. Go on with it (--resume), or name another folder (--output).");
        var plan = TextPlan.Make(request);
        return (plan, output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model), false);
    }

    /// <summary>A run's own plan; the number of epochs, the rate and where the data lies may change.</summary>
    static (TextPlan, string, bool) Resumed(TextRequest request, string? output)
    {
        if (output is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        if (!RunFolder.Exists(output)) throw new UserException($"--resume: there is no run in {output}.");
        if (request.Fixed.ToArray() is { Length: > 0 } changed)
            throw new UserException($"--resume goes on with what the run was begun with: leave {string.Join(", ", changed)} out. --data, --epochs, --lr, --clip, --patience and --save-every may change.");
        var run = RunFolder.Open(output);
        var was = TextConfiguration.Read(run);
        return (TextPlan.Of(was with
        {
            Data = request.Data ?? was.Data, Epochs = request.Epochs ?? was.Epochs, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            Patience = request.Patience ?? was.Patience, SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }, run), output, true);
    }

    void Conclude(TrainingResult result, TrainingSummary summary, string sentence)
    {
        var why = result.End == TrainingEnd.EarlyStopping ? ", stopped early" : "";
        terminal.Line();
        terminal.Line(Text($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}{why}, with the checkpoint of epoch {result.Best?.Epoch}:"));
        terminal.PlainLine($"  {sentence}");
        terminal.PlainLine($"  {summary.Report}");
        terminal.PlainLine($"  nabla predict {summary.Run} \"TEXT\" …");
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
