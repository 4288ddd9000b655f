using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Characters;
using Nabla.Cli.Training;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train characters</c>: trains a language model of characters.</summary>
sealed class TrainCharactersCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly CharacterOptions options = new();
    readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    readonly Option<bool> resume = new("--resume") { Description = "Go on with the run in --output where it stopped, to the same bits as if it had not." };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TrainCharactersCommand(Terminal terminal) : base(terminal, "characters", "Train an RNN, LSTM or GRU to foretell a text character by character, and to write. What is not said is chosen and told.")
    {
        this.terminal = terminal;
        foreach (var option in options.All) Add(option);
        Add(output);
        Add(resume);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train characters --data moby-dick", "the novel that travels with nabla"),
        ("nabla train characters --data tang-poems --model gru --output runs/tang", "quatrains of the Tang"),
        ("nabla train characters --data letters.txt --layers 2 --dropout 0.2 --steps 10000", "a text of your own"),
        ("nabla train characters --output runs/tang --resume", "go on after a crash, Ctrl-C or a power cut"),
    ];

    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (request, asJson, goesOn) = (options.Read(parse), parse.GetValue(json), parse.GetValue(resume));
        var (plan, run) = goesOn ? Resumed(request, parse.GetValue(output)) : Begun(request, parse.GetValue(output));
        run.WriteConfiguration(plan.Configuration.ToJson());
        if (!goesOn) TokenizerFile.Save(plan.Tokenizer, Path.Combine(run.Folder, TokenizerFile.Name));
        if (!asJson) Introduce(plan, run, goesOn);
        var (work, display) = (new CharacterRun(plan, run), new TrainingDisplay(terminal, null, "characters"));
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, null, cancellation) : display.Show(() => work.Train(goesOn, terminal, cancellation, display));
        if (result.End == TrainingEnd.Stopped)
        {
            terminal.Problem(Text($"stopped after step {result.Steps:n0}; the state is saved. Go on with: nabla train characters --output {run.Folder} --resume"));
            return ExitCodes.Cancelled;
        }
        var summary = work.Judge(result);
        if (asJson) terminal.Json(summary, CharacterSummaryJson.Default.CharacterSummary);
        else Conclude(plan, result, summary);
        return ExitCodes.Success;
    }

    static (CharacterPlan, RunFolder) Begun(CharacterRequest request, string? output)
    {
        if (output is not null && RunFolder.Exists(output)) throw new UserException($"{output} holds a run already. Go on with it (--resume), or name another folder (--output).");
        var plan = CharacterPlan.Make(request);
        return (plan, RunFolder.Open(output ?? FreeFolder(plan)));
    }

    /// <summary>A run's own plan; how long and how fast it learns and where the text lies may change.</summary>
    static (CharacterPlan, RunFolder) Resumed(CharacterRequest request, string? output)
    {
        if (output is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        if (!RunFolder.Exists(output)) throw new UserException($"--resume: there is no run in {output}.");
        if (request.Fixed.ToArray() is { Length: > 0 } changed)
            throw new UserException($"--resume goes on with what the run was begun with: leave {string.Join(", ", changed)} out. --data, --steps, --lr, --clip and --save-every may change.");
        var run = RunFolder.Open(output);
        var was = CharacterConfiguration.Read(run);
        return (CharacterPlan.Of(was with
        {
            Data = request.Data ?? was.Data, Steps = request.Steps ?? was.Steps, LearningRate = request.LearningRate ?? was.LearningRate, ClipNorm = request.ClipNorm ?? was.ClipNorm,
            SaveEvery = request.SaveEvery ?? was.SaveEvery, TensorBoard = request.TensorBoard || was.TensorBoard,
        }, run), run);
    }

    static string FreeFolder(CharacterPlan plan)
    {
        var name = Path.Combine("nabla-runs", $"{plan.Source.Name}-{plan.Configuration.Model}");
        if (!Path.Exists(name)) return name;
        for (var i = 2; ; i++)
            if (!Path.Exists($"{name}-{i}")) return $"{name}-{i}";
    }

    void Introduce(CharacterPlan plan, RunFolder run, bool goesOn)
    {
        terminal.Line($"[bold blue]∇[/] [bold]{Markup.Escape($"{plan.Configuration.Model} on {plan.Source.Name}")}[/]{(goesOn ? ", resumed" : "")}");
        foreach (var (name, value) in plan.Assumptions) terminal.Line($"  [grey]{name,-10}[/] {Markup.Escape(value)}");
        terminal.Line($"  [grey]{"run",-10}[/] {Markup.Escape(run.Folder)} (--output)");
        terminal.Line();
    }

    void Conclude(CharacterPlan plan, TrainingResult result, CharacterSummary summary)
    {
        terminal.Line();
        terminal.PlainLine(summary.Sample.Trim());
        terminal.Line();
        terminal.Line(Text($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}: [bold]{summary.Test["bits_per_character"]:0.000} bits per character[/] on {plan.Test.Tokens:n0} characters held out, with the checkpoint of step {result.Best?.Step:n0}."));
        terminal.PlainLine($"  {summary.Report}");
        terminal.PlainLine($"  nabla generate {summary.Run} --prompt TEXT");
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
