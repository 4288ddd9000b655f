using System.Globalization;

namespace Nabla.Data;

/// <summary>A word on every line, with its tags in columns; blank lines between sentences.</summary>
internal sealed class TaggedColumns
{
    private static readonly string[] UniversalNames = ["id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"];

    private readonly string path;
    private readonly TaggedTextOptions options;
    private readonly bool isUniversal, hasTabs;
    private readonly int width;

    private TaggedColumns(string path, TaggedTextOptions options)
    {
        (this.path, this.options) = (path, options);
        var sample = Lines().Where(line => line.Text.Length > 0).Take(200).ToList();
        var rows = sample.ConvertAll(line => line.Text.Split('\t'));
        isUniversal = rows.Exists(IsUniversal) && rows.TrueForAll(row => IsUniversal(row) || row[0].StartsWith('#'));
        hasTabs = rows.Count > 0 && rows.TrueForAll(row => row.Length > 1 || IsDocument(row[0]));
        width = isUniversal ? UniversalNames.Length : rows.Select(row => Columns(string.Join('\t', row)))
            .FirstOrDefault(row => !IsDocument(row[0]))?.Length ?? 0;
    }

    public static IEnumerable<TaggedSentence> Read(string path, TaggedTextOptions options, List<string> assumptions)
    {
        var columns = new TaggedColumns(path, options);
        var (word, tag) = (columns.Find(options.Word, columns.isUniversal ? 1 : 0, nameof(options.Word)),
            columns.Find(options.Tag, columns.isUniversal ? 3 : columns.width - 1, nameof(options.Tag)));
        if (columns.width == 1)
            throw new DataFileException(path, 1, "has one column; every line must hold a word and its tag, separated by a tab or spaces.");
        assumptions.Add(columns.isUniversal ? $"The format is CoNLL-U: words in {UniversalNames[word]}, tags in {UniversalNames[tag]}."
            : $"Columns are separated by {(columns.hasTabs ? "tabs" : "spaces")}: "
            + $"the word in column {word + 1}, the tag in column {tag + 1} of {columns.width}.");
        return columns.Sentences(word, tag);
    }

    private IEnumerable<TaggedSentence> Sentences(int word, int tag)
    {
        var (words, tags) = (new List<string>(), new List<string>());
        foreach (var (number, text) in Lines())
        {
            var isBetween = text.Length == 0 || IsDocument(text);
            if (isBetween && words.Count > 0)
            {
                yield return new(words, tags);
                (words, tags) = ([], []);
            }
            if (isBetween || (isUniversal && IsNoWord(text))) continue;
            var row = Columns(text);
            if (row.Length != width) throw Ragged(number, row);
            if (row[word].Length == 0 || row[tag].Length == 0)
                throw new DataFileException(path, number, $"column {(row[word].Length == 0 ? word : tag) + 1} is empty. "
                + "Every word needs a tag; O is outside of entities.");
            words.Add(row[word]);
            tags.Add(row[tag]);
        }
        if (words.Count > 0) yield return new(words, tags);
    }

    private IEnumerable<(long Number, string Text)> Lines()
    {
        using var text = TextFile.Open(path, options.Encoding);
        // Ideographic spaces and the like may be words.
        for (var number = 1L; text.ReadLine() is { } line; number++) yield return (number, line.Trim(' ', '\t').Length == 0 ? "" : line);
    }

    private string[] Columns(string line) =>
        hasTabs ? line.TrimEnd(' ').Split('\t') : line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private int Find(string? wanted, int usual, string option)
    {
        if (wanted is null) return usual;
        var named = isUniversal ? Array.IndexOf(UniversalNames, wanted.ToLowerInvariant()) : -1;
        return named >= 0 ? named : int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            && number <= width ? number - 1
            : throw new DataFileException(path, null, $"there is no column \"{wanted}\" ({option}); "
            + $"there are {width}, counted from 1{(isUniversal ? $": {string.Join(", ", UniversalNames)}" : "")}.");
    }

    private DataFileException Ragged(long number, string[] row) =>
        new(path, number, $"{row.Length} columns where {width} are expected, separated by {(hasTabs ? "tabs" : "spaces")}: "
        + $"\"{string.Join(" | ", row.Take(12))}\". Every line must hold a word and its tags; a blank line ends a sentence.");

    private static bool IsDocument(string line) => line.StartsWith("-DOCSTART-", StringComparison.Ordinal);

    /// <summary>Ten columns, the first of which counts words.</summary>
    private static bool IsUniversal(string[] row) =>
        row.Length == UniversalNames.Length && row[0].Length > 0 && char.IsAsciiDigit(row[0][0])
            && row[0].All(c => char.IsAsciiDigit(c) || c is '-' or '.');

    /// <summary>A comment, the range of a contraction (1-2) or a word that is not written (1.1).</summary>
    private static bool IsNoWord(string line) =>
        line.StartsWith('#') || line[..(line.IndexOf('\t') is > 0 and var end ? end : line.Length)].AsSpan().ContainsAny('-', '.');
}
