using System.Numerics;

namespace Nabla.Metrics;

/// <summary>
/// The share of samples whose target is among the k classes that score highest; k = 1 is the accuracy. Streaming. Of classes that score the same, the higher
/// index ranks higher, as in scikit-learn's <c>top_k_accuracy_score</c>: equal scores for all classes do not make every sample right.
/// </summary>
/// <param name="k">1 or more.</param>
/// <param name="undefined">The value when there are no samples.</param>
/// <param name="ignored">Samples with this target are passed over, such as −100 at padding.</param>
public sealed class TopKAccuracy(int k, Undefined undefined = Undefined.Zero, long? ignored = null)
{
    /// <summary>How many classes may hold the target.</summary>
    public int K { get; } = k >= 1 ? k : throw new ArgumentOutOfRangeException(nameof(k), $"TopKAccuracy: k is {k}, 1 or more is needed.");

    /// <summary>How many samples were right.</summary>
    public long Hits { get; private set; }

    /// <summary>How many samples there were.</summary>
    public long Total { get; private set; }

    /// <summary>Hits / total.</summary>
    public double Value => Ratio.Of(Hits, Total, undefined);

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">Integer labels: [...].</param>
    /// <param name="scores">Logits or probabilities: [..., classes].</param>
    /// <exception cref="ArgumentException">The shapes do not fit, a label is no class, or a score is NaN. Nothing is counted.</exception>
    public void Update(Tensor targets, Tensor scores)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Rank == 0 || scores.Shape[..^1] != targets.Shape)
            throw new ArgumentException($"TopKAccuracy: scores {scores.Shape} do not fit targets {targets.Shape}: they need its shape and one axis more, for the classes.", nameof(scores));
        Update<long, double>(Inputs.Labels(targets, nameof(TopKAccuracy), nameof(targets)), Inputs.Values(scores, nameof(scores)), scores.Shape[^1]);
    }

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">Labels from 0 to classes − 1.</param>
    /// <param name="scores">For each target, the scores of all classes, one after another.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a label is no class, or a score is NaN. Nothing is counted.</exception>
    public void Update<T, S>(ReadOnlySpan<T> targets, ReadOnlySpan<S> scores, int classes) where T : IBinaryInteger<T> where S : IFloatingPoint<S>
    {
        if (scores.Length != (long)targets.Length * classes)
            throw new ArgumentException($"TopKAccuracy: {targets.Length} targets of {classes} classes need {(long)targets.Length * classes} scores, not {scores.Length}.", nameof(scores));
        var values = Inputs.Values(scores);
        Inputs.CheckNotNaN(values, nameof(TopKAccuracy), nameof(scores));
        var (hits, total) = (0L, 0L);
        for (var i = 0; i < targets.Length; i++)
        {
            var target = long.CreateChecked(targets[i]);
            if (target == ignored) continue;
            if (target < 0 || target >= classes)
                throw new ArgumentOutOfRangeException(nameof(targets), $"TopKAccuracy: target {target} at {i}: the {classes} classes are 0 … {classes - 1}. Give a label to pass over as ignored.");
            total++;
            if (Rank(values.AsSpan(i * classes, classes), (int)target) < K) hits++;
        }
        (Hits, Total) = (Hits + hits, Total + total);
    }

    /// <summary>How many classes rank above the target.</summary>
    private static int Rank(ReadOnlySpan<double> scores, int target)
    {
        var above = 0;
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] > scores[target] || (scores[i] == scores[target] && i > target)) above++;
        return above;
    }

    /// <summary>Adds the counts of another.</summary>
    public void Merge(TopKAccuracy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.K != K) throw new ArgumentException($"TopKAccuracy: k = {other.K} does not merge into k = {K}.", nameof(other));
        (Hits, Total) = (Hits + other.Hits, Total + other.Total);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (Hits, Total) = (0, 0);
}
