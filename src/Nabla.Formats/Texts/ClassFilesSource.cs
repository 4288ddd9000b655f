using Nabla.Data;

namespace Nabla.Formats;

/// <summary>
/// Files that are called like their classes and hold a text on every line: pos.txt, neg.txt. The line of a row is its number over all
/// files.
/// </summary>
internal sealed class ClassFilesSource(string folder, string[] files, string? encoding) : RecordSource(folder)
{
    public override IReadOnlyList<string> Columns { get; } = ["text", "label"];

    public override IEnumerable<TableRecord> Records()
    {
        var row = 0L;
        foreach (var file in files)
        {
            var name = System.IO.Path.GetFileName(file);
            var label = name[..name.IndexOf('.', StringComparison.Ordinal)];
            using var text = TextFile.Open(file, encoding);
            while (text.ReadLine() is { } line)
            {
                if (line.Length > 0) yield return new(++row, [line, label]);
            }
        }
    }
}
