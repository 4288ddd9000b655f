using Nabla.Data;

namespace Nabla.Cli.Tour;

/// <summary>What a head attends to on average.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Head">From 0.</param>
/// <param name="Shares">The fraction of its weight on each of <see cref="Kinds"/>; their sum is 1.</param>
sealed record HeadTargets(int Layer, int Head, IReadOnlyList<double> Shares)
{
    const int BatchSize = 8;

    /// <summary>The tokens that a token attends to.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["itself", "the one before", "the one behind", "[CLS]", "[SEP]", "its segment", "the other"];

    public const int Before = 1, Behind = 2, Sep = 4, Other = 6;

    public string Name => Invariant($"layer {Layer + 1}, head {Head + 1}");

    /// <summary>The means over all tokens of held-out pairs but [CLS] and [SEP], layer by layer.</summary>
    public static HeadTargets[] Of(MiniBert bert, IReadOnlyList<PretrainingExample> examples)
    {
        var sums = new double[bert.Sizes.HiddenLayers, bert.Sizes.AttentionHeads, Kinds.Count];
        foreach (var batch in examples.Chunk(BatchSize))
        {
            var trace = bert.Model.Bert.Trace(NextSentences.Input(batch));
            for (var layer = 0; layer < trace.Attentions.Count; layer++)
                for (var i = 0; i < batch.Length; i++) Add(bert, batch[i], trace.Attentions[layer][i], sums, layer);
        }
        var rows = examples.Sum(example => example.Tokens.Count(token => !MaskedTokens.IsSeparator(bert, token.Id)));
        return [.. Enumerable.Range(0, sums.GetLength(0)).SelectMany(layer => Enumerable.Range(0, sums.GetLength(1)).Select(head =>
            new HeadTargets(layer, head, [.. Enumerable.Range(0, Kinds.Count).Select(kind => sums[layer, head, kind] / rows)])))];
    }

    /// <summary>weights: [heads, tokens, tokens]</summary>
    static void Add(MiniBert bert, PretrainingExample example, Tensor weights, double[,,] sums, int layer)
    {
        var (values, time) = (weights.ToArray<float>(), example.Length);
        for (var i = 0; i < time; i++)
        {
            if (MaskedTokens.IsSeparator(bert, example.Tokens[i].Id)) continue;
            for (var j = 0; j < time; j++)
            {
                var kind = Kind(bert, example, i, j);
                for (var head = 0; head < sums.GetLength(1); head++) sums[layer, head, kind] += values[(((head * time) + i) * time) + j];
            }
        }
    }

    static int Kind(MiniBert bert, PretrainingExample example, int from, int to)
    {
        var id = example.Tokens[to].Id;
        if (id == bert.Pieces.Cls) return 3;
        if (id == bert.Pieces.Sep) return Sep;
        return (to - from) switch
        {
            0 => 0,
            -1 => Before,
            1 => Behind,
            _ => from < example.FirstLength == to < example.FirstLength ? 5 : Other,
        };
    }
}
