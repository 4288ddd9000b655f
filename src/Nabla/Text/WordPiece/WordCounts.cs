using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>How often each word of texts occurs, as BERT's normalizer and pre-tokenizer cut them.</summary>
internal sealed class WordCounts(BertNormalizer normalizer)
{
    private readonly Dictionary<string, long> chunks = new(StringComparer.Ordinal);

    /// <summary>Adds the words of a text. What stands between spaces is counted as it is; it is normalised once, however often it occurs.</summary>
    public void Add(string text)
    {
        // These end a word whether the text is cleaned or not; other white space may not.
        var lookup = chunks.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var range in text.AsSpan().SplitAny(' ', '\n', '\t', '\r'))
            if (text.AsSpan(range) is { Length: > 0 } chunk) CollectionsMarshal.GetValueRefOrAddDefault(lookup, chunk, out _)++;
    }

    /// <summary>The words, in the order of their UTF-16 code.</summary>
    public KeyValuePair<string, long>[] Words()
    {
        var (counts, cutter) = (new Dictionary<string, long>(StringComparer.Ordinal), new BertPreTokenizer());
        foreach (var (chunk, count) in chunks)
            foreach (var word in cutter.Cut(normalizer.Apply(new(chunk, 0, chunk.Length)))) CollectionsMarshal.GetValueRefOrAddDefault(counts, word.Text, out _) += count;
        return [.. counts.OrderBy(word => word.Key, StringComparer.Ordinal)];
    }
}
