using Sylvan.Data.Csv;

namespace Nabla.Cli.Datasets;

/// <summary>Reads comma-separated numbers, every row as long as the first.</summary>
static class NumberTable
{
    /// <summary>The rows, and the words of the first line where it is a header.</summary>
    public static (string[] Header, float[][] Rows) Read(Stream stream, bool hasHeader)
    {
        using var text = new StreamReader(stream);
        var header = hasHeader ? text.ReadLine()!.Split(',') : [];
        using var csv = CsvDataReader.Create(text, new CsvDataReaderOptions { HasHeaders = false });
        var rows = new List<float[]>();
        while (csv.Read())
        {
            var row = new float[csv.FieldCount];
            for (var column = 0; column < row.Length; column++) row[column] = csv.GetFloat(column);
            rows.Add(row);
        }
        return (header, [.. rows]);
    }
}
