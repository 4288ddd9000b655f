using System.Text.Json;

namespace Nabla.Data;

/// <summary>
/// Sentences of tagged words, for token classification: columns as in CoNLL-2003 (a word on every line, its tag in the last column,
/// sentences separated by blank lines), CoNLL-U, or JSON lines with the fields <c>tokens</c> and <c>tags</c> or <c>ner_tags</c>; compressed
/// by gzip or not. Tags of entities are converted to BIO.
/// </summary>
public sealed class TaggedText
{
    private TaggedText(string path, IReadOnlyList<TaggedSentence> sentences, TagScheme scheme, IReadOnlyList<string> assumptions)
    {
        (Path, Scheme, Assumptions) = (path, scheme, assumptions);
        Sentences = scheme is TagScheme.None or TagScheme.Bio ? sentences
            : [.. sentences.Select(sentence => new TaggedSentence(sentence.Words, TagSchemes.ToBio(sentence.Tags, scheme)))];
        Tags = TagSet(Sentences.SelectMany(sentence => sentence.Tags).ToHashSet(), scheme);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The sentences in their order, their tags in BIO.</summary>
    public IReadOnlyList<TaggedSentence> Sentences { get; }

    /// <summary>
    /// All tags: <c>O</c>, then <c>B-</c> and <c>I-</c> of each type in ordinal order, also if one does not occur; without entities the
    /// tags that occur.
    /// </summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The scheme that the file is written in.</summary>
    public TagScheme Scheme { get; }

    /// <summary>What was recognised, not given. A sentence each.</summary>
    public IReadOnlyList<string> Assumptions { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read; null: everything is recognised.</param>
    /// <exception cref="DataFileException">The file cannot be read; at the line concerned: too few columns, other numbers of words and
    /// tags, a tag without a name.</exception>
    public static TaggedText Open(string path, TaggedTextOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var (chosen, assumptions) = (options ?? new(), new List<string>());
        var sentences = (IsJson(path, chosen.Encoding) ? TaggedJson.Read(path, chosen, assumptions)
            : TaggedColumns.Read(path, chosen, assumptions)).ToList();
        if (sentences.Count == 0) throw new DataFileException(path, null, "holds no sentence.");
        var scheme = chosen.Scheme ?? TagSchemes.Recognise(sentences.Select(sentence => sentence.Tags));
        if (chosen.Scheme is null) assumptions.Add(Said(scheme));
        if (scheme != TagScheme.None) CheckTags(path, sentences);
        return new(path, sentences, scheme, assumptions);
    }

    private static void CheckTags(string path, List<TaggedSentence> sentences)
    {
        foreach (var (i, sentence) in sentences.Index())
        for (var word = 0; word < sentence.Words.Count; word++)
        {
            if (!TagSchemes.Has(sentence.Tags[word]))
                throw new DataFileException(path, null, $"sentence {i + 1}, word {word + 1} (\"{sentence.Words[word]}\"): "
                    + $"the tag \"{sentence.Tags[word]}\" is neither O nor begins with B-, I- or the like, as others do. "
                    + "Correct it, or set Scheme = None to take tags as they are.");
        }
    }

    private static string Said(TagScheme scheme) => scheme switch
    {
        TagScheme.None => "Tags stand alone: none begins with B- or I-.",
        TagScheme.Bio => "Tags are BIO.",
        TagScheme.Iob1 => "Entities begin with I- (IOB1): converted to BIO.",
        TagScheme.Iobes => "Tags are IOBES: converted to BIO.",
        _ => "Tags are BILOU: converted to BIO.",
    };

    private static string[] TagSet(HashSet<string> tags, TagScheme scheme) =>
        scheme == TagScheme.None ? [.. tags.Order(StringComparer.Ordinal)]
            : ["O", .. Types(tags).SelectMany(type => (string[])[$"B-{type}", $"I-{type}"])];

    private static IEnumerable<string> Types(HashSet<string> tags) =>
        tags.Where(tag => tag != "O").Select(tag => tag[2..]).Distinct().Order(StringComparer.Ordinal);

    private static bool IsJson(string path, string? encoding)
    {
        using var text = TextFile.Open(path, encoding);
        string? line;
        while ((line = text.ReadLine()) is not null && string.IsNullOrWhiteSpace(line)) { }
        if (line is null || !line.TrimStart().StartsWith('{')) return false;
        try
        {
            using var parsed = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
            return name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        }
    }
}
