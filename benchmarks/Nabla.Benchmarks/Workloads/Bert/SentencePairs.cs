namespace Nabla.Benchmarks.Workloads;

/// <summary>Pairs of sentences from all over a novel.</summary>
internal static class SentencePairs
{
    /// <summary>Sentences and those that follow them.</summary>
    public static (string Text, string? Pair)[] Neighbours(int count)
    {
        var sentences = Texts.MobyDickSentences();
        var step = (sentences.Length - 1) / count;
        return [.. Enumerable.Range(0, count).Select(i => (sentences[i * step], (string?)sentences[(i * step) + 1]))];
    }

    /// <summary>Of the same sentences, those of odd numbers with one from elsewhere: label 1, the others 0.</summary>
    public static ((string Text, string? Pair)[] Pairs, long[] Labels) NextOrNot(int count)
    {
        var (pairs, random) = (Neighbours(count), new Random(1));
        var labels = Enumerable.Range(0, count).Select(i => (long)i % 2).ToArray();
        return ([.. pairs.Select((pair, i) => (pair.Text, labels[i] == 0 ? pair.Pair : pairs[random.Next(count)].Pair))], labels);
    }
}
