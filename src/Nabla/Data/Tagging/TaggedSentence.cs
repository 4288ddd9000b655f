namespace Nabla.Data;

/// <summary>A sentence whose words have a tag each: named entities, parts of speech.</summary>
public sealed record TaggedSentence
{
    /// <summary>A sentence.</summary>
    /// <param name="words">Its words, at least one.</param>
    /// <param name="tags">A tag for each.</param>
    /// <exception cref="ArgumentException">There is not one tag for each word.</exception>
    public TaggedSentence(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(tags);
        if (words.Count != tags.Count)
            throw new ArgumentException($"TaggedSentence: {words.Count} words and {tags.Count} tags; there must be a tag for each word.",
                nameof(tags));
        (Words, Tags) = (words, tags);
    }

    /// <summary>The words.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The tag of each word.</summary>
    public IReadOnlyList<string> Tags { get; }
}
