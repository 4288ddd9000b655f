using System.CommandLine;
using Nabla.Cli.Training;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla sweep</c>: trains once for each of several settings and says which did best.</summary>
sealed class SweepCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly ImageOptions options = new();
    readonly Option<string[]> vary = new("--vary") { Description = "A setting and its values: lr=0.001,0.01 or lr=1e-4..1e-1 to draw from. Repeat it for several settings.", HelpName = "NAME=VALUES", AllowMultipleArgumentsPerToken = true };
    readonly Option<int?> trials = new("--trials") { Description = "Draw so many settings at random instead of trying all combinations.", HelpName = "N" };
    readonly Option<string> output = new("--output", "-o") { Description = "The sweep's folder. One that is there is gone on with: trials that are done are not run again.", HelpName = "DIR", DefaultValueFactory = _ => "nabla-sweep" };
    readonly Option<bool> json = new("--json") { Description = "Print only the table, as JSON." };

    public SweepCommand(Terminal terminal) : base(terminal, "sweep", "Train with several settings in turn and compare them on the validation data.")
    {
        this.terminal = terminal;
        Add(vary);
        Add(trials);
        Add(output);
        foreach (var option in options.All) Add(option);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla sweep --data digits --vary lr=0.001,0.003,0.01 --vary batch=32,64", "all six combinations"),
        ("nabla sweep --data digits --vary lr=1e-4..1e-1 --vary model=mlp,lenet --trials 12", "twelve at random"),
        ("nabla sweep --data digits --vary lr=0.001,0.003,0.01 --output sweeps/a", "run again after a stop, it goes on"),
    ];

    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var (request, folder, asJson) = (options.Read(parse), parse.GetValue(output)!, parse.GetValue(json));
        var settings = Sweep.Settings(parse.GetValue(vary) ?? [], parse.GetValue(trials), request.Seed ?? 1);
        var sweep = new Sweep(request, folder, settings);
        using var notice = cancellation.Register(() => terminal.Problem("stopping after this step …"));
        if (!asJson) terminal.Line(Invariant($"[bold blue]∇[/] [bold]{settings.Count} trials[/] in {Markup.Escape(Path.GetFullPath(folder))}"));
        for (var i = 0; i < settings.Count; i++)
        {
            var trial = sweep.Run(i, cancellation);
            if (trial is null)
            {
                terminal.Problem($"stopped in trial {i + 1} of {settings.Count}; run the same command again to go on.");
                return ExitCodes.Cancelled;
            }
            if (!asJson) terminal.Line(Markup.Escape(Invariant($"  {i + 1,3} of {settings.Count}   {trial.Described}   {trial.Outcome}")));
        }
        var done = sweep.Trials;
        if (asJson) terminal.Json([.. done], SweepJson.Default.ListTrial);
        else Show(done);
        return done.Any(trial => trial.Validation is not null) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    /// <summary>The best first.</summary>
    void Show(IReadOnlyList<Trial> trials)
    {
        terminal.Line();
        string[] names = [.. trials[0].Settings.Keys];
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (var name in names) table.AddColumn(new TableColumn(new Spectre.Console.Text(name)));
        foreach (var name in (string[])["validation right", "loss", "epoch", "time", "run"]) table.AddColumn(new TableColumn(new Spectre.Console.Text(name)) { Alignment = name == "run" ? Justify.Left : Justify.Right });
        foreach (var trial in trials)
        {
            string[] cells =
            [
                .. names.Select(name => trial.Settings[name]), trial.Validation is null ? trial.Failure! : Invariant($"{trial.Validation["accuracy"]:0.00%}"),
                trial.Validation is null ? "" : Invariant($"{trial.Validation["loss"]:0.0000}"), Invariant($"{trial.Epoch}"), ImageRun.Time(TimeSpan.FromSeconds(trial.Seconds)), trial.Run,
            ];
            table.AddRow(cells.Select(cell => new Spectre.Console.Text(cell)).ToArray<Spectre.Console.Rendering.IRenderable>());
        }
        terminal.Out.Write(table);
        if (trials[0].Validation is not null)
            terminal.PlainLine($"  The best was chosen by the validation data; what it is worth says data it has not seen: nabla evaluate {trials[0].Run}");
    }
}
