using Nabla.Data;

namespace Nabla.Formats;

/// <summary>Recognises what separates the values of a text.</summary>
internal static class Separators
{
    private const int Rows = 200;
    private const double Most = 0.9;

    /// <summary>A first line that names the separator for Excel: <c>sep=;</c>.</summary>
    public static char? Said(string? line) =>
        line is not null && line.Trim().Trim('"') is { Length: 5 } text && text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            ? text[4] : null;

    /// <summary>
    /// A tab, where almost every row has one; else a comma or semicolon, where it cuts almost every row into as many fields, or where the
    /// file is called .csv. Null: a line is one value.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="extension">Of the file.</param>
    public static char? Recognise(string path, TextTableOptions options, string extension)
    {
        if (Counts(path, options, '\t') is { Count: > 0 } tabs && tabs.Count(count => count > 1) >= Most * tabs.Count) return '\t';
        // Lines of prose hold commas too.
        if (extension is not (".csv" or ".tsv" or ".tab") && options is { Labels: LabelKind.None, Text: null }) return null;
        var (comma, semicolon) = (Evenness(path, options, ','), Evenness(path, options, ';'));
        if (Math.Max(comma.Share, semicolon.Share) >= Most) return semicolon.CompareTo(comma) > 0 ? ';' : ',';
        var first = FirstLine(path, options);
        if (extension is ".tsv" or ".tab" && first.Contains('\t')) return '\t';
        return extension != ".csv" || !first.AsSpan().ContainsAny(',', ';') ? null : first.AsSpan().Count(';') > first.AsSpan().Count(',')
            ? ';' : ',';
    }

    /// <summary>The commonest number of fields, where it is above one, and the share of the rows that have it.</summary>
    private static (double Share, int Fields) Evenness(string path, TextTableOptions options, char separator)
    {
        var counts = Counts(path, options, separator);
        if (counts.Count == 0) return default;
        var commonest = counts.CountBy(count => count).MaxBy(pair => pair.Value);
        return commonest.Key < 2 ? default : ((double)commonest.Value / counts.Count, commonest.Key);
    }

    /// <summary>The numbers of fields of the first rows, up to one with unfit quotes.</summary>
    private static List<int> Counts(string path, TextTableOptions options, char separator)
    {
        var counts = new List<int>();
        using var reader = new SeparatedReader(TextFile.Open(path, options.Encoding), path, separator, options.Quotes ?? separator != '\t');
        while (counts.Count < Rows && Next(reader)) counts.Add(reader.Fields.Length);
        return counts;
    }

    private static bool Next(SeparatedReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (DataFileException)
        {
            // Said where the rows are read with the separator that was chosen.
            return false;
        }
    }

    private static string FirstLine(string path, TextTableOptions options)
    {
        using var text = TextFile.Open(path, options.Encoding);
        return text.ReadLine() ?? "";
    }
}
