using Nabla.Layers;

namespace Nabla.Cli.Tour;

/// <summary>Every step of one head, [time, head width] or [time, time].</summary>
sealed record AttentionSteps(Tensor Queries, Tensor Keys, Tensor Values, Tensor Scores, Tensor Weights, Tensor Result)
{
    /// <summary>One head of causal self-attention, by the bare formula.</summary>
    /// <param name="attention">Whose weights.</param>
    /// <param name="x">[time, width]</param>
    /// <param name="head">From 0 on.</param>
    /// <param name="heads">How many there are.</param>
    public static AttentionSteps Of(MultiHeadAttention attention, Tensor x, int head, int heads)
    {
        var (time, width) = (x.Shape[0], x.Shape[1] / heads);
        Tensor Part(Linear all) => all.Forward(x)[.., (head * width)..((head + 1) * width)];
        var (q, k, v) = (Part(attention.Query), Part(attention.Key), Part(attention.Value));
        var scores = q.MatMul(k.Transpose()) / Math.Sqrt(width);
        var future = Tensor.Arange(time).Unsqueeze(1) < Tensor.Arange(time);
        var weights = Tensor.Where(future, Tensor.Scalar(double.NegativeInfinity, scores.DType), scores).Softmax();
        return new(q, k, v, scores, weights, weights.MatMul(v));
    }

    /// <summary>Of the softmax over scores of random queries and keys of a width: how large the largest of 16 weights is, and how much of a slope is left, Σ w (1 − w).</summary>
    public static (double Largest, double Slope) Softness(int width, bool scaled)
    {
        var random = new Generator(3);
        var (q, k) = (Tensor.Normal([400, 1, width], generator: random), Tensor.Normal([400, width, 16], generator: random));
        var weights = (q.MatMul(k) / (scaled ? Math.Sqrt(width) : 1)).Softmax();
        return (weights.Max(-1).Mean().Item(), (weights * (1 - weights)).Sum(-1).Mean().Item());
    }

    /// <summary>How a head shares its weights on average: on the character itself, the one before, the rest of its word so far, the gap before that, and all that is earlier.</summary>
    /// <param name="weights">[batch, time, time]</param>
    /// <param name="texts">One for each of the batch, of as many characters.</param>
    public static double[] Shares(Tensor weights, IReadOnlyList<string> texts)
    {
        var (values, time, shares) = (weights.ToArray<float>(), weights.Shape[^1], new double[5]);
        for (var n = 0; n < texts.Count; n++)
        {
            var gap = -1;
            for (var i = 0; i < time; i++)
            {
                // The last character before i and the one before it that is no letter.
                if (i >= 2 && !char.IsLetter(texts[n][i - 2])) gap = i - 2;
                for (var j = 0; j <= i; j++)
                {
                    var kind = j == i ? 0 : j == i - 1 ? 1 : j > gap ? 2 : j == gap ? 3 : 4;
                    shares[kind] += values[(((n * time) + i) * time) + j];
                }
            }
        }
        return Array.ConvertAll(shares, share => share / ((double)texts.Count * time));
    }
}
