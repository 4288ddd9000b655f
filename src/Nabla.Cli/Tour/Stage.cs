using Nabla.Reports;
using Spectre.Console;

namespace Nabla.Cli.Tour;

/// <summary>What a chapter has at hand: the terminal, its page of the report, and a place for its results.</summary>
/// <param name="terminal">Null when nothing is to be said, as when only JSON is wanted.</param>
sealed class Stage(Terminal? terminal, ChapterPage page, CancellationToken cancellation)
{
    readonly List<(string Claim, bool Holds)> checks = [];
    readonly Dictionary<string, double> results = [];

    /// <summary>The chapter's page of the report.</summary>
    public ChapterPage Page => page;

    /// <summary>What the chapter claims, and whether it holds.</summary>
    public IReadOnlyList<(string Claim, bool Holds)> Checks => checks;

    /// <summary>The chapter's main numbers by name.</summary>
    public IReadOnlyDictionary<string, double> Results => results;

    /// <summary>Tells the reader of the terminal what happens. Markup: <c>[bold]…[/]</c>.</summary>
    public void Say(string markup)
    {
        // A line too long for the window goes on below its beginning.
        if (terminal is { IsRich: true }) terminal.Out.Write(new Padder(new Markup(markup), new Padding(2, 0, 0, 0)));
        else terminal?.Line($"  {markup}");
    }

    /// <summary>Shows numbers in the terminal as a small table.</summary>
    public void Show(string[] columns, IEnumerable<string[]> rows)
    {
        if (terminal is null) return;
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        for (var i = 0; i < columns.Length; i++) table.AddColumn(new TableColumn(new Spectre.Console.Text(columns[i])) { Alignment = i == 0 ? Justify.Left : Justify.Right });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Spectre.Console.Text(cell)).ToArray<Spectre.Console.Rendering.IRenderable>());
        terminal.Out.Write(new Padder(table, new Padding(1, 0, 0, 0)));
    }

    /// <summary>Records a claim and whether it holds.</summary>
    public void Check(string claim, bool holds) => checks.Add((claim, holds));

    /// <summary>Records one of the chapter's main numbers.</summary>
    public void Result(string name, double value) => results[name] = value;

    /// <summary>Stops here if the user asked for it. Call it in every loop that takes a while.</summary>
    public void Breathe() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Repeats a step, with a progress bar where a person watches. A step gets its number from 0 and returns what to say about it, or nothing.</summary>
    public void Repeat(string what, int steps, Func<int, string?> step)
    {
        void All(Action<string?> done)
        {
            for (var i = 0; i < steps; i++)
            {
                Breathe();
                done(step(i));
            }
        }
        if (terminal is not { IsRich: true })
        {
            All(said =>
            {
                if (said is not null) Say(said);
            });
            return;
        }
        terminal.Out.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).Start(progress =>
        {
            var task = progress.AddTask(what, maxValue: steps);
            All(said =>
            {
                if (said is not null) Say(said);
                task.Increment(1);
            });
        });
    }
}
