using System.CommandLine;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Sweeps;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla sweep TASK</c>: trains once for each of several settings and says which did best.</summary>
sealed class SweepCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly ITrainingTask task;
    readonly TaskSettings settings;
    readonly Option<string[]> vary = new("--vary")
    {
        Description = "A setting and its values: lr=0.001,0.01, or lr=1e-4..1e-1 to draw from. Repeat it for several settings.",
        HelpName = "NAME=VALUES", AllowMultipleArgumentsPerToken = true,
    };
    readonly Option<int?> trials = OptionOf.Count("--trials", "N", "Draw N settings at random instead of trying all combinations.");
    readonly Option<string> output = new("--output", "-o")
    {
        Description = "The sweep's folder. One that exists is continued: trials that are complete are not run again.", HelpName = "DIR",
        DefaultValueFactory = _ => "nabla-sweep",
    };
    readonly Option<bool> json = new("--json") { Description = "Print only the table, as JSON." };

    SweepCommand(Terminal terminal, ITrainingTask task, string name, string description) : base(terminal, name, description)
    {
        (this.terminal, this.task, settings) = (terminal, task, task.NewSettings());
        foreach (var option in (Option[])[vary, trials, output, .. settings.Options, json]) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples => Name == "sweep" ?
    [
        ("nabla sweep image --data digits --vary lr=0.001,0.003,0.01 --vary batch=32,64", "all six combinations"),
        ("nabla sweep image --data digits --vary lr=1e-4..1e-1 --vary model=mlp,lenet --trials 12", "twelve at random"),
        ("nabla sweep text --data reviews.csv --vary width=64,128 --output sweeps/a", "run again after a stop, it continues"),
    ] : [($"nabla sweep {Name} --data … --vary lr=0.001,0.003 --output sweeps/a", "run again after a stop, it continues")];

    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    /// <summary>With a command for each task; <c>nabla sweep</c> alone is that of images.</summary>
    public static SweepCommand Of(Terminal terminal, IReadOnlyList<ITrainingTask> tasks)
    {
        var sweep = new SweepCommand(terminal, tasks[0], "sweep",
            "Train with several settings in turn and compare them on the validation data. Without a task: images.");
        foreach (var task in tasks)
            sweep.Add(new SweepCommand(terminal, task, task.Name, $"Sweep over settings of `nabla train {task.Name}`."));
        return sweep;
    }

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        settings.Read(parse);
        var (folder, asJson) = (parse.GetValue(output)!, parse.GetValue(json));
        var combinations = Sweep.Combinations(task, parse.GetValue(vary) ?? [], parse.GetValue(trials), settings.Seed);
        var sweep = new Sweep(task, settings, folder, combinations);
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        if (!asJson) terminal.Line($"[bold blue]∇[/] [bold]{combinations.Count} trials[/] in {Markup.Escape(Path.GetFullPath(folder))}");
        for (var i = 0; i < combinations.Count; i++)
        {
            var trial = sweep.Run(i, cancellation);
            if (trial is null)
            {
                terminal.Problem($"stopped in trial {i + 1} of {combinations.Count}; run the same command again to continue.");
                return ExitCodes.Cancelled;
            }
            var line = $"  {i + 1,3} of {combinations.Count}   {trial.Described}   {trial.Outcome(sweep.Goal)}";
            if (!asJson) terminal.Line(Markup.Escape(line));
        }
        var done = sweep.Trials;
        if (asJson) terminal.Json([.. done], SweepJson.Default.ListTrial);
        else Show(done, sweep.Goal);
        return done.Any(trial => trial.Validation is not null) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    /// <summary>The best first.</summary>
    void Show(IReadOnlyList<Trial> trials, Goal goal)
    {
        terminal.Line();
        string[] names = [.. trials[0].Settings.Keys];
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (var name in names) table.AddColumn(new TableColumn(new Spectre.Console.Text(name)));
        foreach (var name in (string[])[$"validation {goal.Metric.Replace('_', ' ')}", "loss", "epoch", "time", "run"])
            table.AddColumn(new TableColumn(new Spectre.Console.Text(name)) { Alignment = name == "run" ? Justify.Left : Justify.Right });
        foreach (var trial in trials)
        {
            string Metric(string name) =>
                trial.Validation is { } metrics && metrics.TryGetValue(name, out var value) ? MetricText.ValueOf(name, value) : "";
            string[] cells =
            [
                .. names.Select(name => trial.Settings[name]), trial.Failure ?? Metric(goal.Metric), Metric("loss"),
                Invariant($"{trial.Epoch}"), RunFacts.Time(TimeSpan.FromSeconds(trial.Seconds)), trial.Run,
            ];
            table.AddRow(cells.Select(cell => new Spectre.Console.Text(cell)).ToArray<Spectre.Console.Rendering.IRenderable>());
        }
        terminal.Out.Write(table);
        if (trials[0].Validation is not null)
            terminal.PlainLine($"  The best was chosen by the validation data. For its test metrics: nabla evaluate {trials[0].Run}");
    }
}
