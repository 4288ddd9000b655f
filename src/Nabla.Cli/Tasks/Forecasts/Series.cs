using System.Globalization;
using Nabla.Cli.Datasets;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Forecasts;

/// <summary>Values at even intervals.</summary>
/// <param name="Name">What the series is called, fit for a folder's name.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Values">In the order of time.</param>
/// <param name="Season">After how many steps it resembles itself; null where that is not known.</param>
sealed record Series(string Name, string Description, double[] Values, int? Season)
{
    /// <summary>What <c>--data</c> may be, in words.</summary>
    public const string Kinds = "sunspots, stocks, or a table (.csv or .tsv, packed by gzip or not)";

    /// <summary>Those of the stocks.</summary>
    public static readonly string[] Companies = ["MSFT", "AMZN", "IBM", "GOOG", "AAPL"];

    /// <summary>What <c>--data</c> and <c>--column</c> name.</summary>
    public static Series Open(string data, string? column)
    {
        if (data == "sunspots") return new(data, "the yearly mean of the sunspot number, 1700–2008, which travels with nabla",
            [.. Lines("sunspots.csv").Select(line => Number(line.Split(',')[1]))], 11);
        if (data == "stocks") return Stocks(column ?? "MSFT");
        if (!File.Exists(data)) throw new UserException($"--data {data}: there is no such series or file. Name {Kinds}.");
        var rows = SeparatedValues.Read(data).ToArray();
        if (rows.Length == 0) throw new UserException($"{data} has no rows.");
        if (column is null && rows[0].Columns.Count > 1)
            throw new UserException($"--column is missing: {data} has {string.Join(", ", rows[0].Columns)}.");
        column ??= rows[0].Columns[0];
        if (!rows[0].Columns.Contains(column))
            throw new UserException($"--column {column}: {data} has {string.Join(", ", rows[0].Columns)}.");
        if (Array.Find(rows, row => row.IsMissing(column)) is { } gap) throw new UserException(
            $"{data}, line {gap.Line}: {column} is missing. A series needs a value at each step: fill the gap first.");
        if (rows[0].Columns.Count == 1 && double.TryParse(column, CultureInfo.InvariantCulture, out _))
            throw new UserException($"{data}: the first line, which is to name the column, is the number {column}. Put a name before " +
                "it, or the first value would be lost.");
        if (Array.Find(rows, row => !double.IsFinite(row.Number(column))) is { } strange)
            throw new UserException($"{data}, line {strange.Line}: {column} is {strange.Text(column)}. A series needs a number at " +
                "each step: fill the gap first.");
        return new(Path.GetFileName(data).Split('.')[0], $"{column} of {Path.GetFullPath(data)}",
            [.. rows.Select(row => row.Number(column))], null);
    }

    static Series Stocks(string company)
    {
        if (!Companies.Contains(company)) throw new UserException($"--column {company}: stocks has {string.Join(", ", Companies)}.");
        return new($"stocks-{company}", $"the monthly price of {company}'s shares, 2000–2010, which travels with nabla",
            [.. Lines("stocks.csv").Select(line => line.Split(',')).Where(fields => fields[0] == company)
                .Select(fields => Number(fields[2]))], 12);
    }

    static IEnumerable<string> Lines(string name)
    {
        using var reader = new StreamReader(Embedded.Open(name));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1)];
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
