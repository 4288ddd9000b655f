using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Nabla.Benchmarks;

/// <summary>The results as a table: for the terminal, and for a page of Markdown.</summary>
internal static class Report
{
    static string[] Columns(string peer) =>
        ["workload", "goal", "", "ratio", "Nabla ms, min", "median", $"{Engines.Title(peer)} ms, min", "median", "of FMA peak", "peak MB, Nabla", Engines.Title(peer)];

    static string[] Cells(Result row) =>
    [
        row.Name, row.Goal!.ToString(), row.MeetsGoal ? "✓" : "✗", Invariant($"{row.Ratio:0.00}×"),
        Milliseconds(row.NablaMsMin), Milliseconds(row.NablaMsMedian), Milliseconds(row.PeerMsMin), Milliseconds(row.PeerMsMedian),
        row.PeakShare is { } share ? Invariant($"{100 * share:0}%") : "", Invariant($"{row.NablaPeakMb:0}"), Invariant($"{row.PeerPeakMb:0}"),
    ];

    public static void Print(string peer, IReadOnlyList<Result> results)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 200;
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in Columns(peer))
            table.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = true, Alignment = column is "workload" or "goal" ? Justify.Left : Justify.Right });
        foreach (var row in results)
            table.AddRow(Cells(row).Select((cell, column) => new Markup(Markup.Escape(cell), column is 2 or 3 ? (row.MeetsGoal ? Color.Green : Color.Red) : Style.Plain)));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{results.Count(row => row.MeetsGoal)} of {results.Count} rows reach their goal.");
    }

    /// <summary>Replaces the table of this number of threads, between its two marks, in a page.</summary>
    public static void UpdatePage(string path, string headline, int threads, IReadOnlyList<Result> results)
    {
        var (begin, end) = (Invariant($"<!-- begin: {results[0].Peer}, {threads} -->"), Invariant($"<!-- end: {results[0].Peer}, {threads} -->"));
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(begin, StringComparison.Ordinal), page.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from)
            throw new InvalidDataException($"{path} has no place for this table: it lacks the lines “{begin}” and “{end}”.");
        File.WriteAllText(path, page[..(from + begin.Length)] + "\n" + Markdown(headline, results) + page[to..]);
    }

    static string Markdown(string headline, IReadOnlyList<Result> results)
    {
        var text = new StringBuilder(headline).Append("\n\n");
        text.Append('|').AppendJoin("|", Columns(results[0].Peer).Select(column => $" {column} ")).Append("|\n");
        text.Append("|---|---|---").Insert(text.Length, "|--:", Columns(results[0].Peer).Length - 3).Append("|\n");
        foreach (var row in results)
            text.Append('|').AppendJoin("|", Cells(row).Select(cell => $" {cell} ")).Append("|\n");
        return text.ToString();
    }

    static string Milliseconds(double value) =>
        value.ToString(value < 0.01 ? "0.000000" : value < 1 ? "0.0000" : value < 100 ? "0.00" : "0", CultureInfo.InvariantCulture);

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
