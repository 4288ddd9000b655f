using System.Numerics;

namespace Nabla.Metrics;

/// <summary>A point of the ROC curve: the rates when all scores of at least the threshold are called positive.</summary>
/// <param name="Threshold">The score; +∞ at the first point, where nothing is called positive.</param>
/// <param name="FalsePositiveRate">FP / (FP + TN).</param>
/// <param name="TruePositiveRate">TP / (TP + FN), the recall.</param>
public readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);

/// <summary>A point of the precision-recall curve, when all scores of at least the threshold are called positive.</summary>
/// <param name="Threshold">The score; +∞ at the first point, where nothing is called positive.</param>
/// <param name="Recall">TP / (TP + FN).</param>
/// <param name="Precision">TP / (TP + FP); 1 at the first point, by convention.</param>
public readonly record struct PrecisionRecallPoint(double Threshold, double Recall, double Precision);

/// <summary>
/// The scores of a decision between two classes, and how well they separate them at every threshold. Streaming, exact: it keeps all scores, 9 bytes each.
/// Equal scores are one point of a curve, so that the results do not depend on their order. Definitions as in scikit-learn.
/// </summary>
/// <param name="undefined">The value of a ratio whose denominator is 0: there are no positives, or no negatives.</param>
public sealed class BinaryScores(Undefined undefined = Undefined.Zero)
{
    private readonly List<double> scores = [];
    private readonly List<bool> truths = [];

    /// <summary>Number of samples.</summary>
    public int Count => scores.Count;

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">0 and 1, or booleans, of any shape.</param>
    /// <param name="scores">Of the same shape: probabilities, logits or anything that is higher for positives.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is neither 0 nor 1, or a score is NaN. Nothing is added.</exception>
    public void Update(Tensor targets, Tensor scores)
    {
        Inputs.CheckShapes(targets, scores, nameof(BinaryScores), nameof(scores));
        var labels = Inputs.Labels(targets, nameof(BinaryScores), nameof(targets));
        Update<double>(Inputs.Truths(labels, nameof(BinaryScores), nameof(targets)), Inputs.Values(scores, nameof(scores)));
    }

    /// <summary>Adds a batch of labels 0 and 1.</summary>
    /// <exception cref="ArgumentException">The lengths differ, a label is neither 0 nor 1, or a score is NaN. Nothing is added.</exception>
    public void Update<T, S>(ReadOnlySpan<T> targets, ReadOnlySpan<S> scores) where T : IBinaryInteger<T> where S : IFloatingPoint<S> =>
        Update(Inputs.Truths(Inputs.Labels(targets), nameof(BinaryScores), nameof(targets)), scores);

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN. Nothing is added.</exception>
    public void Update<S>(ReadOnlySpan<bool> targets, ReadOnlySpan<S> scores) where S : IFloatingPoint<S>
    {
        Inputs.CheckLengths(targets.Length, scores.Length, nameof(BinaryScores), nameof(scores));
        var values = Inputs.Values(scores);
        Inputs.CheckNotNaN(values, nameof(BinaryScores), nameof(scores));
        this.scores.AddRange(values);
        truths.AddRange(targets);
    }

    /// <summary>Adds the scores of another.</summary>
    public void Merge(BinaryScores other)
    {
        ArgumentNullException.ThrowIfNull(other);
        scores.AddRange(other.scores);
        truths.AddRange(other.truths);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        scores.Clear();
        truths.Clear();
    }

    /// <summary>The counts when all scores of at least the threshold are called positive.</summary>
    public BinaryCounts At(double threshold)
    {
        var counts = new BinaryCounts(undefined);
        counts.Update<double>(truths.ToArray(), scores.ToArray(), threshold);
        return counts;
    }

    /// <summary>
    /// The receiver operating characteristic: false against true positive rate at every distinct score, from (0, 0) with threshold +∞ to (1, 1) (Fawcett 2006, algorithm 1).
    /// </summary>
    public IReadOnlyList<RocPoint> RocCurve()
    {
        var (steps, positives, negatives) = Steps();
        return [.. steps.Select(s => new RocPoint(s.Threshold, Ratio.Of(s.FalsePositives, negatives, undefined), Ratio.Of(s.TruePositives, positives, undefined)))];
    }

    /// <summary>
    /// The area under the ROC curve by trapezoids: the probability that a positive scores higher than a negative, a tie counting half (Hanley and McNeil 1982).
    /// Undefined if there are no positives or no negatives.
    /// </summary>
    public double RocAuc
    {
        get
        {
            var (steps, positives, negatives) = Steps();
            var twice = Int128.Zero;
            for (var i = 1; i < steps.Count; i++) twice += (Int128)(steps[i].FalsePositives - steps[i - 1].FalsePositives) * (steps[i].TruePositives + steps[i - 1].TruePositives);
            return Ratio.Of((double)twice, 2.0 * positives * negatives, undefined);
        }
    }

    /// <summary>Recall against precision at every distinct score, from recall 0 and precision 1 with threshold +∞ to recall 1 (scikit-learn's curve, read backwards).</summary>
    public IReadOnlyList<PrecisionRecallPoint> PrecisionRecallCurve()
    {
        var (steps, positives, _) = Steps();
        return [.. steps.Select((s, i) => new PrecisionRecallPoint(s.Threshold, i == 0 ? 0 : Ratio.Of(s.TruePositives, positives, undefined),
            i == 0 ? 1 : (double)s.TruePositives / (s.TruePositives + s.FalsePositives)))];
    }

    /// <summary>
    /// Σᵢ (Rᵢ − Rᵢ₋₁) Pᵢ over the points of the precision-recall curve, without interpolation (scikit-learn's <c>average_precision_score</c>). Undefined if there are no positives.
    /// </summary>
    public double AveragePrecision
    {
        get
        {
            var (steps, positives, _) = Steps();
            var sum = 0.0;
            for (var i = 1; i < steps.Count; i++)
                sum += (steps[i].TruePositives - steps[i - 1].TruePositives) * (double)steps[i].TruePositives / (steps[i].TruePositives + steps[i].FalsePositives);
            return Ratio.Of(sum, positives, undefined);
        }
    }

    /// <summary>From the highest score down, what has been called positive once each distinct score is reached.</summary>
    private (List<(double Threshold, long TruePositives, long FalsePositives)> Steps, long Positives, long Negatives) Steps()
    {
        var (keys, labels) = (scores.ToArray(), truths.ToArray());
        Array.Sort(keys, labels);
        var steps = new List<(double, long, long)> { (double.PositiveInfinity, 0, 0) };
        var (positives, negatives) = (0L, 0L);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            (positives, negatives) = labels[i] ? (positives + 1, negatives) : (positives, negatives + 1);
            if (i == 0 || keys[i - 1] != keys[i]) steps.Add((keys[i], positives, negatives));
        }
        return (steps, positives, negatives);
    }
}
