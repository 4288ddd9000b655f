using System.CommandLine;
using Nabla.Cli.Characters;
using Nabla.Cli.Training;
using Nabla.Text;
using Nabla.Training;

using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train characters</c>: trains a language model of characters.</summary>
sealed class TrainCharactersCommand : OlderTrainCommand
{
    readonly CharacterOptions options = new();

    public TrainCharactersCommand(Terminal terminal) : base(terminal, "characters", "Train an RNN, LSTM or GRU to foretell a text character by character, and to write. What is not said is chosen and told.") => AddAll(options.All);

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train characters --data moby-dick", "the novel that travels with nabla"),
        ("nabla train characters --data tang-poems --model gru --output runs/tang", "quatrains of the Tang"),
        ("nabla train characters --data letters.txt --layers 2 --dropout 0.2 --steps 10000", "a text of your own"),
        ("nabla train characters --output runs/tang --resume", "go on after a crash, Ctrl-C or a power cut"),
    ];

    protected override int Train(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (!goesOn) TokenizerFile.Save(plan.Tokenizer, Path.Combine(run.Folder, TokenizerFile.Name));
        if (!asJson) Terminal.Introduce($"{plan.Configuration.Model} on {plan.Source.Name}", plan.Assumptions, run, goesOn);
        var (work, display) = (new CharacterRun(plan, run), new TrainingDisplay(Terminal, null, "characters"));
        using var notice = cancellation.Register(() => Terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, null, cancellation) : display.Show(() => work.Train(goesOn, Terminal, cancellation, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run);
        var summary = work.Judge(result);
        if (asJson) Terminal.Json(summary, CharacterSummaryJson.Default.CharacterSummary);
        else Conclude(plan, result, summary);
        return ExitCodes.Success;
    }

    static (CharacterPlan, RunFolder) Begun(CharacterRequest request, string? output)
    {
        DemandFree(output);
        var plan = CharacterPlan.Make(request);
        return (plan, RunFolder.Open(output ?? RunFolders.Free(plan.Source.Name, plan.Configuration.Model)));
    }

    /// <summary>A run's own plan; how long and how fast it learns and where the text lies may change.</summary>
    static (CharacterPlan, RunFolder) Resumed(CharacterRequest request, string? output)
    {
        var run = Existing(output);
        DemandNone(request.Fixed, "--data, --steps, --lr, --clip, --save-every");
        var was = CharacterConfiguration.Read(run);
        return (CharacterPlan.Of(was with
        {
            Data = request.Data ?? was.Data, Steps = request.Steps ?? was.Steps, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }, run), run);
    }

    void Conclude(CharacterPlan plan, TrainingResult result, CharacterSummary summary)
    {
        Terminal.Line();
        Terminal.PlainLine(summary.Sample.Trim());
        Terminal.Line();
        Terminal.Line(Invariant($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}: [bold]{summary.Test["bits_per_character"]:0.000} bits per character[/] on {plan.Test.Tokens:n0} characters held out, with the checkpoint of step {result.Best?.Step:n0}."));
        Terminal.PlainLine($"  {summary.Report}");
        Terminal.PlainLine($"  nabla generate {summary.Run} --prompt TEXT");
    }
}
