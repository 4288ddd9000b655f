using System.Text.RegularExpressions;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>The parts of a published dataset.</summary>
/// <param name="Train">Examples to learn from.</param>
/// <param name="Validation">Examples held out for choices during training; null: there are none.</param>
/// <param name="Test">Examples held out for the final evaluation; null: there are none. Those of GLUE have no labels.</param>
public sealed record TextParts(TextTable Train, TextTable? Validation, TextTable? Test);

/// <summary>
/// Folders of labelled texts as they are published: a file for each part, called train, dev (or validation, trial) and test, as in GLUE,
/// SNLI, SICK and the STS benchmark; names may hold more (<c>SICK_train.txt</c>, <c>train-00000-of-00001.parquet</c>). Or a file for each
/// class, with a text on every line (<c>pos.txt</c>, <c>neg.txt</c>). Or a folder for each class, with a text in every file, of the whole
/// or of each part (<c>train/pos</c>, <c>train/neg</c>, <c>test/pos</c>, …).
/// </summary>
public static partial class TextFolder
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ""];

    /// <summary>Reads the parts. Columns and classes are those of the training part; a test part may be without labels.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How the files are read; null: everything is recognised.</param>
    /// <exception cref="DataFileException">There is no training file, several files could be one part, or a file cannot be
    /// read.</exception>
    public static TextParts Open(string folder, TextTableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder))
            throw new DataFileException(folder, null, $"there is no such folder; the current folder is {Directory.GetCurrentDirectory()}.");
        var chosen = options ?? new();
        string[] sources = [.. Directory.EnumerateFiles(folder).Where(file => Extensions.Contains(TableFormats.Extension(file)))
            .Concat(Directory.EnumerateDirectories(folder).Where(ClassFoldersSource.Fits))
            .Order(StringComparer.Ordinal)];
        if (Part(folder, sources, "training", Train()) is not { } train) return new(Classes(folder, sources, chosen), null, null);
        var (validation, test) = (Part(folder, sources, "validation", Validation()), Part(folder, sources, "test", Test()));
        var table = Read(train, chosen);
        var others = chosen with
        {
            Text = table.TextColumn, SecondText = table.SecondTextColumn, Label = table.LabelColumn,
            Labels = table.Labels, Classes = table.Labels == LabelKind.Classes ? table.Classes : null,
        };
        return new(table, validation is null ? null : Read(validation, others),
            test is null ? null : Read(test, others, needsLabel: false));
    }

    /// <summary>The only file or folder of a part; null: there is none.</summary>
    private static string? Part(string folder, string[] sources, string name, Regex pattern)
    {
        var found = Array.FindAll(sources, source => pattern.IsMatch(Path.GetFileNameWithoutExtension(source)));
        foreach (var preferred in (Predicate<string>[])[IsPreferred, source => TableFormats.Extension(source) is ".jsonl" or ".parquet"])
        {
            if (found.Length > 1 && Array.FindAll(found, preferred) is [var one]) found = [one];
        }
        return found.Length <= 1 ? found.FirstOrDefault()
            : throw new DataFileException(folder, null, $"several files could be the {name} part: {Names(found)}. "
            + "Keep one, or name a file.");
    }

    private static bool IsPreferred(string source) => Preferred().IsMatch(Path.GetFileName(source));

    private static TextTable Read(string source, TextTableOptions options, bool needsLabel = true) => Directory.Exists(source)
        ? TextTable.Open(new ClassFoldersSource(source, options.Encoding), options, [ClassFoldersSource.Said(source)], needsLabel)
        : TextTable.Open(source, options, needsLabel);

    /// <summary>Texts in files or folders of their classes, where there are no parts.</summary>
    private static TextTable Classes(string folder, string[] sources, TextTableOptions options)
    {
        if (ClassFoldersSource.Fits(folder)) return Read(folder, options);
        var files = Array.FindAll(sources, source => !NoTexts().IsMatch(Path.GetFileName(source)));
        if (files.Length >= 2 && Array.TrueForAll(files, file => TableFormats.Extension(file) == ".txt"))
            return TextTable.Open(new ClassFilesSource(folder, files, options.Encoding), options,
                [$"The files are called like their classes and hold a text on every line: {Names(files)}."]);
        throw new DataFileException(folder, null, "holds no training file: none is called train.tsv, train.csv, train.jsonl or the like. "
            + $"There are: {(sources.Length == 0 ? "no tables" : Names(sources))}. Name a file.");
    }

    private static string Names(string[] sources) => Phrase.List(Array.ConvertAll(sources, source => Path.GetFileName(source)));

    [GeneratedRegex(@"(?<![\p{L}])train(ing)?(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Train();

    [GeneratedRegex(@"(?<![\p{L}])(dev|val|valid|validation|trial)(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Validation();

    [GeneratedRegex(@"(?<![\p{L}])test(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Test();

    [GeneratedRegex("readme|licen[cs]e|copying", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoTexts();

    /// <summary>
    /// Of MNLI the part of the genres of the training part; of SICK the test part with labels; of CoLA the part of the same sources.
    /// </summary>
    [GeneratedRegex(@"(?<![\p{L}])(matched|annotated|in_domain)(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Preferred();
}
