using Nabla.Data;

namespace Nabla.Formats;

/// <summary>A row of a table of any format.</summary>
/// <param name="Line">The line it begins on, or its number; counted from 1.</param>
/// <param name="Fields">A value for each column of the source; null: none.</param>
internal readonly record struct TableRecord(long Line, IReadOnlyList<string?> Fields);

/// <summary>A table that can be read from its beginning as often as wanted.</summary>
internal abstract class RecordSource(string path)
{
    public string Path => path;

    /// <summary>What the columns are called.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    public abstract IEnumerable<TableRecord> Records();

    /// <summary>Opens a table by its format: what the file's name says, else what its content says.</summary>
    public static RecordSource Open(string path, TextTableOptions options, ICollection<string> assumptions)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new DataFileException(path, null, "is a folder. Open it by TextFolder.Open, or name a file in it.");
        return TableFormats.Recognise(path, options.Encoding) switch
        {
            TableFormat.Parquet => new ParquetSource(path),
            TableFormat.Json => new JsonSource(path, options.Encoding),
            TableFormat.JsonLines => new JsonLinesSource(path, options.Encoding),
            _ => new SeparatedSource(path, options, assumptions),
        };
    }
}
