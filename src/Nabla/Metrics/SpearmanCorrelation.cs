using System.Numerics;

namespace Nabla.Metrics;

/// <summary>
/// Spearman's ρ: Pearson's r of the ranks, equal numbers sharing the mean of theirs (Spearman 1904; SciPy's <c>spearmanr</c>): how far two orders agree.
/// Streaming, exact: it keeps all numbers, 16 bytes a pair.
/// </summary>
/// <param name="undefined">The value if targets or predictions are all the same.</param>
public sealed class SpearmanCorrelation(Undefined undefined = Undefined.Zero)
{
    private readonly List<double> targets = [];
    private readonly List<double> predictions = [];

    /// <summary>Number of pairs.</summary>
    public int Count => targets.Count;

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">Numbers of any shape.</param>
    /// <param name="predictions">Of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a number is NaN. Nothing is added.</exception>
    public void Update(Tensor targets, Tensor predictions)
    {
        Inputs.CheckShapes(targets, predictions, nameof(SpearmanCorrelation), nameof(predictions));
        Update<double>(Inputs.Values(targets, nameof(targets)), Inputs.Values(predictions, nameof(predictions)));
    }

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a number is NaN. Nothing is added.</exception>
    public void Update<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions) where T : IFloatingPoint<T>
    {
        Inputs.CheckLengths(targets.Length, predictions.Length, nameof(SpearmanCorrelation), nameof(predictions));
        var (truths, guesses) = (Inputs.Values(targets), Inputs.Values(predictions));
        Inputs.CheckNotNaN(truths, nameof(SpearmanCorrelation), nameof(targets));
        Inputs.CheckNotNaN(guesses, nameof(SpearmanCorrelation), nameof(predictions));
        this.targets.AddRange(truths);
        this.predictions.AddRange(guesses);
    }

    /// <summary>Adds the pairs of another.</summary>
    public void Merge(SpearmanCorrelation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        targets.AddRange(other.targets);
        predictions.AddRange(other.predictions);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        targets.Clear();
        predictions.Clear();
    }

    /// <summary>ρ, from −1 to 1.</summary>
    public double Value
    {
        get
        {
            var moments = new Comoments();
            foreach (var (x, y) in Ranks(targets).Zip(Ranks(predictions))) moments.Add(x, y);
            return moments.Correlation(undefined);
        }
    }

    /// <summary>1 for the lowest; equal numbers share the mean of the ranks they take up.</summary>
    private static double[] Ranks(List<double> values)
    {
        var (sorted, order, ranks) = (values.ToArray(), Enumerable.Range(0, values.Count).ToArray(), new double[values.Count]);
        Array.Sort(sorted, order);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start + 1; end < sorted.Length && sorted[end] == sorted[start];) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2.0;
        }
        return ranks;
    }
}
