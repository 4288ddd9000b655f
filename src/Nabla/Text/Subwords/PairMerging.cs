using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>
/// Words with their counts, in which pairs of neighbours are joined. The counts of pairs are kept up to date: joining a pair looks at the words that have it and at no others. The queue may hold a
/// count that has changed since; such an entry goes back with its right count when its turn comes.
/// </summary>
internal sealed class PairMerging
{
    private readonly List<(List<int> Symbols, long Count)> words;
    private readonly Dictionary<(int Left, int Right), long> counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> places = [];
    private readonly PriorityQueue<((int Left, int Right) Pair, long Count), (long Less, int Left, int Right)> queue = new();

    public PairMerging(IEnumerable<(List<int> Symbols, long Count)> words)
    {
        this.words = [.. words];
        for (var word = 0; word < this.words.Count; word++)
            for (var i = 0; i + 1 < this.words[word].Symbols.Count; i++) Change((this.words[word].Symbols[i], this.words[word].Symbols[i + 1]), word, this.words[word].Count);
        foreach (var pair in counts.Keys) Enqueue(pair);
    }

    /// <summary>The pair that occurs most often, of several the one with the smallest numbers; null where none occurs so often.</summary>
    public (int Left, int Right)? Best(long least)
    {
        while (queue.TryDequeue(out var entry, out _))
        {
            var count = counts.GetValueOrDefault(entry.Pair);
            if (count == entry.Count) return count >= least ? entry.Pair : null;
            if (count > 0) Enqueue(entry.Pair);
        }
        return null;
    }

    /// <summary>Makes a symbol of a pair wherever it occurs, from the left.</summary>
    public void Join((int Left, int Right) pair, int id)
    {
        var changed = new HashSet<(int, int)>();
        foreach (var word in places[pair])
        {
            var (symbols, count) = words[word];
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if ((symbols[i], symbols[i + 1]) != pair) continue;
                if (i > 0)
                {
                    Change((symbols[i - 1], pair.Left), word, -count);
                    Change((symbols[i - 1], id), word, count);
                    changed.Add((symbols[i - 1], id));
                }
                if (i + 2 < symbols.Count)
                {
                    Change((pair.Right, symbols[i + 2]), word, -count);
                    Change((id, symbols[i + 2]), word, count);
                    changed.Add((id, symbols[i + 2]));
                }
                symbols[i] = id;
                symbols.RemoveAt(i + 1);
            }
        }
        counts.Remove(pair);
        places.Remove(pair);
        foreach (var other in changed) Enqueue(other);
    }

    private void Change((int Left, int Right) pair, int word, long by)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += by;
        if (by < 0) return;
        ref var where = ref CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _);
        (where ??= []).Add(word);
    }

    private void Enqueue((int Left, int Right) pair)
    {
        var count = counts.GetValueOrDefault(pair);
        if (count > 0) queue.Enqueue((pair, count), (-count, pair.Left, pair.Right));
    }
}
