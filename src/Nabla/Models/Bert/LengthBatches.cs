namespace Nabla.Models;

/// <summary>Batches of sequences of similar lengths, so that each takes about the same time and memory.</summary>
internal static class LengthBatches
{
    /// <summary>
    /// The indices of sequences, longest first, in batches of at most so many tokens; a longer sequence is a batch of its own.
    /// </summary>
    public static IEnumerable<int[]> Of(int[] lengths, int tokens)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Length).OrderByDescending(i => lengths[i])];
        for (int start = 0, end = 0; start < order.Length; start = end)
        {
            for (var total = 0; end < order.Length && (end == start
                || total + lengths[order[end]] <= tokens); end++) total += lengths[order[end]];
            yield return order[start..end];
        }
    }
}
