using System.Globalization;
using CsvHelper;

namespace Nabla.Cli.Datasets;

/// <summary>Reads comma-separated numbers.</summary>
static class NumberTable
{
    /// <summary>The rows, and the words of the first line where it is a header, which may have fewer fields.</summary>
    public static (string[] Header, float[][] Rows) Read(Stream stream, bool hasHeader)
    {
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false });
        string[] header = hasHeader && csv.Read() ? csv.Current.ToArray() : [];
        var rows = new List<float[]>();
        while (csv.Read()) rows.Add(Array.ConvertAll(csv.Current.ToArray(), field => float.Parse(field, CultureInfo.InvariantCulture)));
        return (header, [.. rows]);
    }
}
