namespace Nabla.Formats;

/// <summary>A Parquet file. Columns of lists are left out: a text or a label is a single value.</summary>
internal sealed class ParquetSource(string path) : RecordSource(path)
{
    private readonly string[] columns = ParquetFile.SingleColumns(path);

    public override IReadOnlyList<string> Columns => columns;

    public override IEnumerable<TableRecord> Records() => columns.Length == 0 ? [] : ParquetFile.Read(Path, columns).Select(row =>
        new TableRecord(row.Line, [.. Enumerable.Range(0, columns.Length)
            .Select(column => row.IsMissing(column) ? null : row.Text(column))]));
}
