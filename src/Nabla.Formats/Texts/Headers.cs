using System.Globalization;

namespace Nabla.Formats;

/// <summary>Recognises whether the first row names the columns.</summary>
internal static class Headers
{
    private const int LongestName = 40;

    /// <summary>Whether the first of some rows is a header.</summary>
    public static bool Recognise(List<string[]> rows)
    {
        var (first, rest) = (rows[0], rows[1..]);
        var usual = first.Count(UsualNames.Contains);
        if (usual >= 2) return true;
        if (Array.Exists(first, name => name.Trim().Length > LongestName) || rest.Count == 0) return usual > 0 && first.Length > 1;
        // A label of the first row is a label of others.
        if (Columns(first.Length, rest).Any(column => IsRepeated(first[column], rest, column))) return false;
        return usual > 0 || Columns(first.Length, rest).Any(column => IsNumbersBelowName(first[column], rest, column))
            || AreNames(first, rest);
    }

    private static IEnumerable<int> Columns(int width, List<string[]> rest) =>
        Enumerable.Range(0, Math.Min(width, rest.Min(row => row.Length)));

    private static bool IsRepeated(string value, List<string[]> rest, int column) =>
        value.Trim().Length > 0 && rest.Exists(row => row[column].Trim() == value.Trim());

    private static bool IsNumbersBelowName(string name, List<string[]> rest, int column) =>
        name.Trim().Length > 0 && !IsNumber(name) && rest.TrueForAll(row => row[column].Trim().Length == 0 || IsNumber(row[column]))
            && rest.Exists(row => IsNumber(row[column]));

    /// <summary>All cells are different identifiers, and the texts below one of them are far longer.</summary>
    private static bool AreNames(string[] first, List<string[]> rest) =>
        first.Length > 1 && first.Distinct().Count() == first.Length && Array.TrueForAll(first, IsIdentifier)
        && Columns(first.Length, rest).Any(column => rest.Average(row => row[column].Length) > 2 * Math.Max(8, first[column].Length));

    private static bool IsIdentifier(string name) =>
        name.Trim() is { Length: > 0 } trimmed && char.IsLetter(trimmed[0])
            && trimmed.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '#') && !IsNumber(trimmed);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
