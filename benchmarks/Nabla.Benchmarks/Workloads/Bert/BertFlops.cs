using Nabla.Models;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Multiplications and additions of BERT's products, forward.</summary>
internal static class BertFlops
{
    /// <summary>Of sequences.</summary>
    public static double Encoder(BertConfiguration sizes, BertBatch batch) => batch.Ids.Sum(ids => Encoder(sizes, ids.Length));

    /// <summary>
    /// Of one sequence: four products of the hidden size, two of the feed-forward network, scores and their weighted sums, and the pooler.
    /// </summary>
    public static double Encoder(BertConfiguration sizes, int time)
    {
        var (hidden, inner) = ((double)sizes.HiddenSize, (double)sizes.IntermediateSize);
        return (sizes.HiddenLayers * time * ((8 * hidden * hidden) + (4 * hidden * inner) + (4 * time * hidden))) + (2 * hidden * hidden);
    }

    /// <summary>Of logits for a number of masked tokens.</summary>
    public static double MaskedLanguageHead(BertConfiguration sizes, int masked) =>
        2.0 * masked * sizes.HiddenSize * (sizes.HiddenSize + sizes.VocabularySize);
}
