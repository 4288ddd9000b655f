using System.Globalization;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>Makes classes or numbers of the labels of a table.</summary>
/// <param name="path">The file, for errors.</param>
/// <param name="column">What the column is called.</param>
/// <param name="options">What is given.</param>
internal sealed class LabelValues(string path, string column, TextTableOptions options)
{
    /// <summary>Whole numbers with more different values are measured, not chosen.</summary>
    private const int MostWholeNumbers = 50;

    private const NumberStyles Style = NumberStyles.Float;

    /// <summary>Which of the values that occur mean that there is no label.</summary>
    public IReadOnlyList<string> Missing(IReadOnlySet<string> values) =>
        options.MissingLabels is { } given ? [.. given.Where(values.Contains)]
        : values.SetEquals(["-1"]) ? ["-1"]
        : values.Contains("-") && !values.Contains("+") && options.Classes?.Contains("-") != true ? ["-"] : [];

    /// <summary>What the labels are, by their values.</summary>
    /// <param name="values">All different ones.</param>
    /// <param name="rows">How many rows have one.</param>
    public LabelKind Kind(IReadOnlyCollection<string> values, long rows)
    {
        if (options.Labels is { } given) return given;
        if (options.Classes is not null) return LabelKind.Classes;
        var commas = HasDecimalCommas(values);
        var numbers = values.Select(value => Parse(value, commas)).ToArray();
        if (Array.TrueForAll(numbers, number => number is not null))
            return numbers.Length > MostWholeNumbers || Array.Exists(numbers, number => number != Math.Floor(number!.Value))
                ? LabelKind.Numbers : LabelKind.Classes;
        if (options.Label is null && values.Count > MostWholeNumbers && values.Count * 2L > rows)
        {
            throw new DataFileException(path, null, $"the label was taken from column \"{column}\", but it has "
                + $"{Phrase.Count(values.Count, "different value")} in {Phrase.Count(rows, "row")}: "
                + "it does not name classes. Set Label to another column.");
        }
        return LabelKind.Classes;
    }

    /// <summary>The classes that occur: numbers in order of value, then others in ordinal order.</summary>
    public static string[] Classes(IEnumerable<string> values) =>
        [.. values.OrderBy(value => double.TryParse(value, Style, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue)
            .ThenBy(value => value, StringComparer.Ordinal)];

    public DataFileException UnknownClass(long line, string value, IReadOnlyList<string> classes) => new(path, line,
        $"column \"{column}\": \"{Phrase.Shorten(value)}\" is none of the classes {Phrase.List(classes)}. "
            + "Correct it, add the class, or name it as a missing label (MissingLabels).");

    public double Number(long line, string value, bool hasCommas) => Parse(value, hasCommas)
        ?? throw new DataFileException(path, line, $"column \"{column}\": \"{Phrase.Shorten(value)}\" is not a number. "
        + "Correct it, name it as a missing label (MissingLabels), or set Labels = Classes.");

    /// <summary>Whether decimals are written after a comma.</summary>
    public static bool HasDecimalCommas(IReadOnlyCollection<string> values) =>
        values.Any(value => value.Contains(',')) && values.All(value => !value.Contains('.') && value.Count(c => c == ',') <= 1
            && Parse(value, hasCommas: true) is not null);

    private static double? Parse(string value, bool hasCommas) =>
        double.TryParse(hasCommas ? value.Replace(',', '.') : value, Style, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : null;
}
