using System.Text.RegularExpressions;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>The parts of a published dataset.</summary>
/// <param name="Train">Examples to learn from.</param>
/// <param name="Validation">Examples held out for choices during training; null: there is no such file.</param>
/// <param name="Test">Examples held out for the final evaluation; null: there is no such file. Those of GLUE have no labels.</param>
public sealed record TextParts(TextTable Train, TextTable? Validation, TextTable? Test);

/// <summary>
/// Folders of labelled texts as they are published: a file for each part, called train, dev (or validation, trial) and test, as in GLUE, SNLI, SICK and the STS benchmark; names may hold more
/// (<c>SICK_train.txt</c>, <c>train-00000-of-00001.parquet</c>). Or a file for each class, with a text on every line: <c>pos.txt</c> and <c>neg.txt</c>.
/// </summary>
public static partial class TextFolder
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ""];

    /// <summary>Reads the parts. Columns and classes are those of the training part; a test part may be without labels.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How the files are read; null: everything is recognised.</param>
    /// <exception cref="DataFileException">There is no training file, several files could be one part, or a file cannot be read.</exception>
    public static TextParts Open(string folder, TextTableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder)) throw new DataFileException(folder, null, $"there is no such folder; the current folder is {Directory.GetCurrentDirectory()}.");
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => Extensions.Contains(TableFormats.Extension(file))).Order(StringComparer.Ordinal)];
        var (train, validation, test) = (Part(folder, files, "training", Train()), Part(folder, files, "validation", Validation()), Part(folder, files, "test", Test()));
        if (train is null)
        {
            if (ClassFiles(files) is { } classFiles) return new(TextTable.Open(new ClassFilesSource(folder, classFiles, options?.Encoding), options ?? new(), [ClassFilesSaid(classFiles)]), null, null);
            throw new DataFileException(folder, null, "holds no training file: none is called train.tsv, train.csv, train.jsonl or the like. "
                + $"There are: {(files.Length == 0 ? "no tables" : Names(files))}. Name a file.");
        }
        var table = TextTable.Open(train, options);
        var others = (options ?? new()) with
        {
            Text = table.TextColumn, SecondText = table.SecondTextColumn, Label = table.LabelColumn,
            Labels = table.Labels, Classes = table.Labels == LabelKind.Classes ? table.Classes : null,
        };
        return new(table, validation is null ? null : TextTable.Open(validation, others), test is null ? null : TextTable.Open(test, others, needsLabel: false));
    }

    /// <summary>Texts in files of their classes, where there are no parts.</summary>
    private static string[]? ClassFiles(string[] files)
    {
        var texts = Array.FindAll(files, file => TableFormats.Extension(file) == ".txt" && !NoTexts().IsMatch(Path.GetFileNameWithoutExtension(file)));
        return texts.Length >= 2 && texts.Length == Array.FindAll(files, file => !NoTexts().IsMatch(Path.GetFileNameWithoutExtension(file))).Length ? texts : null;
    }

    private static string ClassFilesSaid(string[] files) => $"The files are called like their classes and hold a text on every line: {Names(files)}.";

    private static string? Part(string folder, string[] files, string name, Regex pattern)
    {
        var found = Array.FindAll(files, file => pattern.IsMatch(Path.GetFileNameWithoutExtension(file)));
        foreach (var preferred in (Predicate<string>[])[file => Preferred().IsMatch(Path.GetFileName(file)), file => TableFormats.Extension(file) is ".jsonl" or ".parquet"])
        {
            if (found.Length > 1 && Array.FindAll(found, preferred) is [var one]) found = [one];
        }
        return found.Length <= 1 ? found.FirstOrDefault()
            : throw new DataFileException(folder, null, $"several files could be the {name} part: {Names(found)}. Keep one, or name a file.");
    }

    private static string Names(string[] files) => Phrase.List(Array.ConvertAll(files, file => Path.GetFileName(file)));

    [GeneratedRegex(@"(?<![\p{L}])train(ing)?(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Train();

    [GeneratedRegex(@"(?<![\p{L}])(dev|val|valid|validation|trial)(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Validation();

    [GeneratedRegex(@"(?<![\p{L}])test(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Test();

    [GeneratedRegex("readme|licen[cs]e|copying", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoTexts();

    /// <summary>Of MNLI the part of the genres of the training part; of SICK the test part with labels; of CoLA the part of the same sources.</summary>
    [GeneratedRegex(@"(?<![\p{L}])(matched|annotated|in_domain)(?![\p{L}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Preferred();
}
