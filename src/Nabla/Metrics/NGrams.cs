using System.Runtime.InteropServices;

namespace Nabla.Metrics;

/// <summary>Counts the n-grams of sequences. Each n-gram has a number, the same in every sequence that is counted here: it is that of its first n − 1 symbols and its last symbol.</summary>
internal sealed class NGrams<T> where T : notnull
{
    private const int Nothing = -1;

    private readonly Dictionary<(int Prefix, T Last), int> names = [];

    /// <summary>How often each n-gram occurs, for n = 1 … order.</summary>
    public Dictionary<int, int>[] Count(IReadOnlyList<T> symbols, int order)
    {
        var counts = new Dictionary<int, int>[order];
        var prefixes = new int[symbols.Count];
        Array.Fill(prefixes, Nothing);
        for (var n = 0; n < order; n++)
        {
            counts[n] = [];
            for (var i = 0; i + n < symbols.Count; i++)
            {
                ref var name = ref CollectionsMarshal.GetValueRefOrAddDefault(names, (prefixes[i], symbols[i + n]), out var known);
                if (!known) name = names.Count;
                prefixes[i] = name;
                CollectionsMarshal.GetValueRefOrAddDefault(counts[n], name, out _)++;
            }
        }
        return counts;
    }

    /// <summary>How many n-grams two sequences have in common, each as often as in the one that has it less often.</summary>
    public static int Common(Dictionary<int, int> a, Dictionary<int, int> b) => a.Sum(entry => Math.Min(entry.Value, b.GetValueOrDefault(entry.Key)));
}
