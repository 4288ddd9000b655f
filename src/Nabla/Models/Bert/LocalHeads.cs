using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// Initial values by which a BERT that is pretrained from nothing attends to neighbours from its first step. A small BERT with random ones
/// stays for thousands of steps at predicting frequent tokens: it first has to find out which positions are next to each other. Heads that
/// attend to fixed distances are what trained models have (Voita et al. 2019, §5.2), and to begin with what trained models have saves the
/// search (Trockman and Kolter 2023).
/// </summary>
public static class LocalHeads
{
    /// <summary>
    /// By what values and outputs of the first layer are larger than other weights, so that what is attended to counts from the start.
    /// </summary>
    private const double ValueGain = 3;

    /// <summary>
    /// Positions become the sines and cosines of Vaswani et al. 2017, §3.5, scaled to the deviation of the token embeddings. In the first
    /// layer queries are turned against keys, so that head 0 attends around the token before (distance −1), head 1 around the one behind
    /// (+1), head 2 around −2, head 3 around +2, and so on: with q = R(s) p and k = p of the sines and cosines of a position, q · k =
    /// Σ cos(ω (i + s − j)) is largest at j = i + s. All of it is trained like any other value.
    /// </summary>
    /// <param name="bert">A model whose parameters have their initial values.</param>
    public static void Initialize(Bert bert)
    {
        ArgumentNullException.ThrowIfNull(bert);
        var (sizes, attention) = (bert.Configuration, bert.Layers[0].Attention);
        // Sines and cosines have a mean square of ½.
        bert.Embeddings.Position.Weight.Set(SinusoidalPositions.Of(sizes.MaxPositions, sizes.HiddenSize) * (sizes.InitializerRange
            * Math.Sqrt(2)));
        var distances = Enumerable.Range(0, sizes.AttentionHeads).Select(head => head % 2 == 0 ? -((head / 2) + 1)
            : (head / 2) + 1).ToArray();
        Add(attention.Query, Rotations(sizes, distances));
        Add(attention.Key, Rotations(sizes, new int[distances.Length]));
        attention.Value.Weight.Set(attention.Value.Weight.Value * ValueGain);
        bert.Layers[0].AttentionOutput.Weight.Set(bert.Layers[0].AttentionOutput.Weight.Value * ValueGain);
    }

    private static void Add(Linear layer, float[,] values) => layer.Weight.Set(layer.Weight.Value + Tensor.From(values));

    /// <summary>
    /// For each head the matrix that takes the quickest sines and cosines of position i to those of position i + distance: [hidden,
    /// hidden].
    /// </summary>
    private static float[,] Rotations(BertConfiguration sizes, int[] distances)
    {
        var (width, turns) = (sizes.HiddenSize / sizes.AttentionHeads, new float[sizes.HiddenSize, sizes.HiddenSize]);
        for (var head = 0; head < distances.Length; head++)
        {
            for (var i = 0; i + 1 < width; i += 2)
            {
                var (sine, cosine) = Math.SinCos(distances[head] / SinusoidalPositions.Period(i, sizes.HiddenSize));
                var row = (head * width) + i;
                (turns[row, i], turns[row, i + 1]) = ((float)cosine, (float)sine);
                (turns[row + 1, i], turns[row + 1, i + 1]) = (-(float)sine, (float)cosine);
            }
        }
        return turns;
    }
}
