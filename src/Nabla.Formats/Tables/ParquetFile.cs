using Nabla.Data;
using Parquet;
using Parquet.Schema;

namespace Nabla.Formats;

/// <summary>Parquet files (parquet.apache.org), whatever their compression: tables that are stored column by column.</summary>
public static class ParquetFile
{
    /// <summary>The rows one after another, a row group in memory at a time. Going on from a position reads nothing of the groups before it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Which columns to read; none: all. The others are not touched.</param>
    /// <exception cref="DataFileException">There is no such file, it is not Parquet, there is no such column, or a column holds lists.</exception>
    public static Pipeline<TableRow> Read(string path, params ReadOnlySpan<string> columns)
    {
        ArgumentNullException.ThrowIfNull(path);
        var wanted = columns.ToArray();
        using var opened = new OpenFile(path, wanted);
        return Pipeline.From(start => Rows(path, wanted, start), opened.Count);
    }

    /// <summary>The columns that hold single values, which <see cref="Read"/> can read.</summary>
    internal static string[] SingleColumns(string path)
    {
        using var opened = new OpenFile(path);
        return opened.SingleColumns;
    }

    private static IEnumerable<TableRow> Rows(string path, string[] columns, long start)
    {
        using var file = new OpenFile(path, columns);
        var before = 0L;
        for (var group = 0; group < file.Groups; group++)
        {
            var count = file.RowsOf(group);
            if (start < before + count)
            {
                var values = file.Read(group);
                for (var row = (int)Math.Max(start - before, 0); row < count; row++) yield return new ParquetRow(file.Head, before + row + 1, values, row);
            }
            before += count;
        }
    }

    private sealed class OpenFile : IDisposable
    {
        private readonly string path;
        private readonly ParquetReader reader;
        private readonly DataField[] fields = [];

        public OpenFile(string path)
        {
            this.path = path;
            reader = Guarded(() => ParquetReader.CreateAsync(path));
            Head = new(path, []);
        }

        public OpenFile(string path, string[] columns) : this(path)
        {
            var all = reader.Schema.GetDataFields();
            fields = columns.Length == 0 ? all : Array.ConvertAll(columns, name => Array.Find(all, field => Name(field) == name)
                ?? throw new DataFileException(path, null, $"there is no column \"{name}\". There are: {string.Join(", ", all.Select(Name))}."));
            if (Array.Find(fields, field => field.IsArray || field.MaxRepetitionLevel > 0) is { } list)
                throw new DataFileException(path, null, $"column \"{Name(list)}\" holds lists, a table's rows hold single values. Name the columns to read, without it: {string.Join(", ", all.Where(field => field.MaxRepetitionLevel == 0).Select(Name))}.");
            Head = new(path, Array.ConvertAll(fields, Name));
        }

        public TableHead Head { get; }

        public string[] SingleColumns =>
            [.. reader.Schema.GetDataFields().Where(column => ParquetColumn.CanRead(column) && !column.IsArray
                && column.MaxRepetitionLevel == 0).Select(Name)];

        public int Groups => reader.RowGroupCount;

        public long Count => Enumerable.Range(0, Groups).Sum(RowsOf);

        public long RowsOf(int group) => reader.RowGroups[group].RowCount;

        public ParquetColumn[] Read(int group)
        {
            using var rows = reader.OpenRowGroupReader(group);
            return Array.ConvertAll(fields, field => Guarded(() => ParquetColumn.ReadAsync(rows, field, path)));
        }

        public void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

        private static string Name(DataField field) => field.Path.ToString().Replace('/', '.');

        private T Guarded<T>(Func<Task<T>> read)
        {
            try
            {
                return read().GetAwaiter().GetResult();
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new DataFileException(path, null, $"there is no such file; the current folder is {Directory.GetCurrentDirectory()}.", error);
            }
            catch (Exception error) when (error is not (DataFileException or OutOfMemoryException))
            {
                throw new DataFileException(path, null, $"cannot be read as Parquet: {error.Message} It is damaged, cut off or of another format.", error);
            }
        }
    }

    private sealed class ParquetRow(TableHead head, long line, ParquetColumn[] columns, int row) : TableRow(head, line)
    {
        public override bool IsMissing(int column) => columns[column].IsMissing(row);

        public override string Text(int column) => columns[column].Text(row);

        public override double Number(int column) => IsMissing(column) ? throw Missing(column, "a number") : columns[column].Number(row) ?? base.Number(column);

        public override long Whole(int column) => IsMissing(column) ? throw Missing(column, "a whole number") : columns[column].Whole(row) ?? base.Whole(column);
    }
}
