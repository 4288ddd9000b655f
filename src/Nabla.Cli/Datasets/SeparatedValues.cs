using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Datasets;

/// <summary>Tables as spreadsheets write them: where the comma is for decimals, the separator is a semicolon.</summary>
static class SeparatedValues
{
    /// <summary>The rows of a table whose first line names the columns.</summary>
    public static IEnumerable<TableRow> Read(string file) => Csv.Read(file, new(Separator: Separator(file)));

    /// <summary>The semicolon, if the first line has some and neither of the usual separators; null: as the file's name says.</summary>
    static char? Separator(string file)
    {
        using var reader = new StreamReader(DataFile.OpenText(file));
        try
        {
            return reader.ReadLine() is { } first && first.Contains(';') && !first.AsSpan().ContainsAny(',', '\t') ? ';' : null;
        }
        catch (InvalidDataException)
        {
            // What is wrong with it is said where it is read.
            return null;
        }
    }
}
