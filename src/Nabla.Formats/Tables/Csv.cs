using CsvHelper;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>How a text of separated values is written.</summary>
/// <param name="Separator">Between fields; null: a tab where the file's name says tsv or tab, else a comma.</param>
/// <param name="HasHeader">Whether the first line names the columns.</param>
/// <param name="Missing">Texts that mean that a value is missing, besides an empty field: <c>["NA", "?"]</c>.</param>
public sealed record CsvOptions(char? Separator = null, bool HasHeader = true, IReadOnlyList<string>? Missing = null);

/// <summary>Comma- or tab-separated values (RFC 4180), packed by gzip or not: fields may be quoted and hold separators, quotes and line breaks.</summary>
public static class Csv
{
    /// <summary>The rows one after another, read as they are wanted. Going on from a position passes over the rows before it.</summary>
    /// <param name="path">The file, in UTF-8 unless a byte order mark says otherwise.</param>
    /// <param name="options">How the text is written; null: as its name says, with a header.</param>
    /// <exception cref="DataFileException">At the line concerned: it has more or fewer fields than the header, its quotes do not match, or it is no UTF-8.</exception>
    public static Pipeline<TableRow> Read(string path, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Pipeline.From(start => Rows(path, options ?? new(), start));
    }

    private static IEnumerable<TableRow> Rows(string path, CsvOptions options, long start)
    {
        using var reader = CsvReader.Create(DataFile.OpenText(path), Settings(path, options));
        TableHead? head = null;
        while (Next(reader, path))
        {
            head ??= new(path, options.HasHeader ? reader.Headers : [.. Enumerable.Range(0, reader.FieldCount).Select(i => $"{i}")]);
            if (reader.FieldCount != head.Columns.Count) throw Ragged(reader, head);
            if (start-- > 0) continue;
            yield return new CsvRow(head, reader.LineNumber, reader.Current.ToArray(), options.Missing ?? []);
        }
    }

    private static CsvReaderOptions Settings(string path, CsvOptions options)
    {
        var name = Path.GetFileName(path);
        var tabs = name.Contains(".tsv", StringComparison.OrdinalIgnoreCase) || name.Contains(".tab", StringComparison.OrdinalIgnoreCase);
        return new() { Separator = options.Separator ?? (tabs ? '\t' : ','), HasHeader = options.HasHeader, TrackLineNumbers = true, MalformedData = CsvMalformedDataHandling.Throw };
    }

    private static bool Next(CsvReader reader, string path)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new DataFileException(path, error.LineNumber, $"{error.Message} A field with quotes in it is written in quotes, with each quote within doubled.", error);
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, null, $"cannot be unpacked: {error.Message} The file is damaged: fetch it again.", error);
        }
    }

    private static DataFileException Ragged(CsvReader reader, TableHead head) => new(head.File, reader.LineNumber,
        $"{reader.FieldCount} fields where {head.Columns.Count} are expected ({string.Join(", ", head.Columns.Take(8))}{(head.Columns.Count > 8 ? ", …" : "")}), separated by '{Separator(reader.Separator)}'. "
        + "Quote fields that hold separators, or name another separator.");

    private static string Separator(char separator) => separator == '\t' ? "\\t" : $"{separator}";

    private sealed class CsvRow(TableHead head, long line, string[] fields, IReadOnlyList<string> missing) : TableRow(head, line)
    {
        public override bool IsMissing(int column) => fields[column].Length == 0 || missing.Contains(fields[column]);

        public override string Text(int column) => missing.Contains(fields[column]) ? "" : fields[column];
    }
}
