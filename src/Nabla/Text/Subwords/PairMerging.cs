using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>
/// Words with their counts, in which pairs of neighbours are joined, by the rules of Hugging Face's trainer to the letter. The counts of pairs are kept up to date: joining a pair looks at the words that
/// have it and at no others. The queue may hold a count that has changed since; such an entry goes back with its right count when its turn comes. An entry knows the words that had the pair when it was
/// made; where a pair arises again, because two merges make the same symbol, it has a further entry.
/// </summary>
internal sealed class PairMerging
{
    private readonly int[] symbols, starts, lengths;
    private readonly long[] counts;
    private readonly Dictionary<ulong, long> pairs = [];
    private readonly Dictionary<ulong, List<int>> fresh = [];
    private readonly PriorityQueue<List<int>, Rank> queue = new();

    /// <param name="words">Their symbols.</param>
    /// <param name="counts">How often each occurs.</param>
    public PairMerging(IReadOnlyList<int[]> words, long[] counts)
    {
        (this.counts, starts, lengths, symbols) = (counts, new int[words.Count], new int[words.Count], new int[words.Sum(word => word.Length)]);
        for (int word = 0, at = 0; word < words.Count; at += words[word++].Length)
        {
            (starts[word], lengths[word]) = (at, words[word].Length);
            words[word].CopyTo(symbols, at);
            for (var i = 0; i + 1 < lengths[word]; i++) Change(words[word][i], words[word][i + 1], word, counts[word]);
        }
        Enqueue();
    }

    /// <summary>The pair that occurs most often, of several the one with the smallest numbers; null where none occurs so often.</summary>
    public (int Left, int Right, IReadOnlyList<int> Words)? Best(long least)
    {
        while (queue.TryDequeue(out var words, out var rank))
        {
            var count = pairs[rank.Pair];
            if (count == rank.Count) return count >= Math.Max(1, least) ? ((int)(rank.Pair >> 32), (int)rank.Pair, words) : null;
            queue.Enqueue(words, rank with { Count = count });
        }
        return null;
    }

    /// <summary>Makes a symbol of a pair, in its words, from the left.</summary>
    public void Join((int Left, int Right, IReadOnlyList<int> Words) pair, int id)
    {
        foreach (var word in pair.Words) Join(pair.Left, pair.Right, id, word);
        Enqueue();
    }

    private void Join(int left, int right, int id, int word)
    {
        var row = symbols.AsSpan(starts[word], lengths[word]);
        var (count, kept) = (counts[word], 0);
        for (var i = 0; i < row.Length; i++, kept++)
        {
            if (row[i] != left || i + 1 == row.Length || row[i + 1] != right)
            {
                row[kept] = row[i];
                continue;
            }
            if (kept > 0)
            {
                Change(row[kept - 1], left, word, -count);
                Change(row[kept - 1], id, word, count);
            }
            if (i + 2 < row.Length)
            {
                Change(right, row[i + 2], word, -count);
                Change(id, row[i + 2], word, count);
            }
            row[kept] = id;
            i++;
        }
        lengths[word] = kept;
    }

    private void Change(int left, int right, int word, long by)
    {
        var pair = ((ulong)(uint)left << 32) | (uint)right;
        CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _) += by;
        if (by < 0) return;
        ref var words = ref CollectionsMarshal.GetValueRefOrAddDefault(fresh, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word) words.Add(word);
    }

    private void Enqueue()
    {
        foreach (var (pair, words) in fresh)
            if (pairs[pair] is > 0 and var count) queue.Enqueue(words, new(count, pair));
        fresh.Clear();
    }

    /// <summary>The larger count first, then the smaller numbers.</summary>
    private readonly record struct Rank(long Count, ulong Pair) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Count != other.Count ? other.Count.CompareTo(Count) : Pair.CompareTo(other.Pair);
    }
}
