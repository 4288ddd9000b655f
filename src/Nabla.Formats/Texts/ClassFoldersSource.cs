using Nabla.Data;

namespace Nabla.Formats;

/// <summary>
/// Folders that are called like their classes, with a text in each file: pos/0_9.txt, neg/0_3.txt. The line of a row is its number over all
/// files.
/// </summary>
internal sealed class ClassFoldersSource(string folder, string? encoding) : RecordSource(folder)
{
    /// <summary>The texts without a label in the folder of the IMDB reviews.</summary>
    private const string Unlabelled = "unsup";

    public override IReadOnlyList<string> Columns { get; } = ["text", "label"];

    /// <summary>Whether a folder has at least two folders of texts.</summary>
    public static bool Fits(string folder) => Classes(folder).Take(2).Count() == 2;

    /// <summary>What is assumed of a folder that fits.</summary>
    public static string Said(string folder)
    {
        var left = Directory.Exists(System.IO.Path.Combine(folder, Unlabelled)) ? $" (not {Unlabelled}, whose texts have no label)" : "";
        return "The folders are called like their classes and hold a text in each file: "
            + $"{Phrase.List([.. Classes(folder).Select(Name)])}{left}.";
    }

    public override IEnumerable<TableRecord> Records()
    {
        var row = 0L;
        foreach (var subfolder in Classes(Path))
        foreach (var file in Texts(subfolder).Order(StringComparer.Ordinal))
        {
            using var text = TextFile.Open(file, encoding);
            yield return new(++row, [text.ReadToEnd(), Name(subfolder)]);
        }
    }

    private static IEnumerable<string> Classes(string folder) =>
        Directory.EnumerateDirectories(folder).Where(subfolder => Name(subfolder) != Unlabelled && Texts(subfolder).Any())
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Texts(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => System.IO.Path.GetExtension(file) is ".txt" or "");

    private static string Name(string folder) => System.IO.Path.GetFileName(folder);
}
