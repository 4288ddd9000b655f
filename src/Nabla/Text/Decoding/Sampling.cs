namespace Nabla.Text;

/// <summary>
/// What follows is drawn by its probability: softmax(logits / temperature), of the likeliest tokens alone where that is wanted. Each sequence draws numbers of its own, a function of the seed and its
/// place in the batch.
/// </summary>
/// <param name="Start">The token that each sequence begins with.</param>
/// <param name="End">The token that ends one.</param>
/// <param name="MaximumLength">How many tokens a sequence may have, the end counted.</param>
/// <param name="Seed">Chooses what is drawn.</param>
public sealed record Sampling(int Start, int End, int MaximumLength, ulong Seed) : StepwiseSearch(Start, End, MaximumLength)
{
    /// <summary>Below 1 the likely become likelier, above 1 all become more alike. Above 0.</summary>
    public double Temperature
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Sampling: a temperature above 0 is needed; what comes near 0 is GreedySearch.");
    } = 1;

    /// <summary>Draws among so many of the likeliest tokens, at least 1 (Fan et al. 2018); null: among all.</summary>
    public int? TopK { get; init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Sampling: a top k of at least 1 is needed."); }

    /// <summary>
    /// Draws among the fewest of the likeliest tokens that hold this much of the probability together, 0 &lt; p ≤ 1: nucleus sampling (Holtzman et al. 2020, §3.1). With <see cref="TopK"/>, of what that has left.
    /// </summary>
    public double TopP { get; init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Sampling: 0 < top p ≤ 1 is needed."); } = 1;

    private protected override Choose Chooser(int sequences)
    {
        var generators = Enumerable.Range(0, sequences).Select(i => Generator.For(Seed, $"sequence {i}")).ToArray();
        return (sequence, logits, _) => Draw(logits, generators[sequence]);
    }

    private int Draw(ReadOnlySpan<float> logits, Generator generator)
    {
        var largest = logits[0];
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var (weights, total) = (new double[logits.Length], 0.0);
        for (var i = 0; i < weights.Length; i++) total += weights[i] = Math.Exp((logits[i] - largest) / Temperature);
        if (TopK is null && TopP == 1) return Draw(weights, null, total, generator);
        var kept = Likeliest(weights, total);
        if (TopK < kept.Length) kept = kept[..TopK.Value];
        total = kept.Sum(i => weights[i]);
        var (nucleus, sum) = (0, 0.0);
        while (nucleus < kept.Length && sum < TopP * total) sum += weights[kept[nucleus++]];
        return Draw(weights, kept[..nucleus], sum, generator);
    }

    /// <summary>The tokens that may be among those wanted, the likeliest first, equal ones in their order.</summary>
    private int[] Likeliest(double[] weights, double total)
    {
        // All that are rarer than this hold less than 1 − p together, so the nucleus does without them. Not so after a top k, whose share grows.
        var least = TopK is null ? (1 - TopP) * total / weights.Length : 0;
        var tokens = Enumerable.Range(0, weights.Length).Where(i => weights[i] >= least).ToArray();
        return [.. tokens.OrderByDescending(i => weights[i])];
    }

    private static int Draw(double[] weights, int[]? among, double total, Generator generator)
    {
        var (drawn, last) = (generator.NextDouble() * total, 0);
        for (var i = 0; i < (among?.Length ?? weights.Length); i++)
        {
            last = among?[i] ?? i;
            if ((drawn -= weights[last]) < 0) return last;
        }
        return last;
    }
}
