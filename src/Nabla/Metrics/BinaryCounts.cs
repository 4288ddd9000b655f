using System.Numerics;

namespace Nabla.Metrics;

/// <summary>
/// The four counts of a decision between two classes, and the ratios made of them. Streaming: update it batch by batch; counts from several threads merge.
/// Positive is 1 or true. Definitions as in scikit-learn.
/// </summary>
/// <param name="undefined">The value of a ratio whose denominator is 0.</param>
public sealed class BinaryCounts(Undefined undefined = Undefined.Zero)
{
    internal BinaryCounts(Undefined undefined, long truePositives, long falsePositives, long trueNegatives, long falseNegatives) : this(undefined) =>
        (TruePositives, FalsePositives, TrueNegatives, FalseNegatives) = (truePositives, falsePositives, trueNegatives, falseNegatives);

    /// <summary>TP: positive and called so.</summary>
    public long TruePositives { get; private set; }

    /// <summary>FP: negative, but called positive; a false alarm.</summary>
    public long FalsePositives { get; private set; }

    /// <summary>TN: negative and called so.</summary>
    public long TrueNegatives { get; private set; }

    /// <summary>FN: positive, but called negative; a miss.</summary>
    public long FalseNegatives { get; private set; }

    /// <summary>All four together.</summary>
    public long Total => Positives + Negatives;

    /// <summary>TP + FN: how many samples are positive.</summary>
    public long Positives => TruePositives + FalseNegatives;

    /// <summary>TN + FP: how many samples are negative.</summary>
    public long Negatives => TrueNegatives + FalsePositives;

    /// <summary>TP + FP: how many samples were called positive.</summary>
    public long CalledPositive => TruePositives + FalsePositives;

    /// <summary>TN + FN: how many samples were called negative.</summary>
    public long CalledNegative => TrueNegatives + FalseNegatives;

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">0 and 1, or booleans, of any shape.</param>
    /// <param name="predictions">Of the same shape: the classes predicted, 0 and 1 or booleans.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a label is neither 0 nor 1. Nothing is counted.</exception>
    public void Update(Tensor targets, Tensor predictions)
    {
        Inputs.CheckShapes(targets, predictions, nameof(BinaryCounts), nameof(predictions));
        Update<long>(Inputs.Labels(targets, nameof(BinaryCounts), nameof(targets)), Inputs.Labels(predictions, nameof(BinaryCounts), nameof(predictions)));
    }

    /// <summary>Adds a batch, calling positive what scores at least <paramref name="threshold"/>.</summary>
    /// <param name="targets">0 and 1, or booleans, of any shape.</param>
    /// <param name="scores">Of the same shape: probabilities or logits.</param>
    /// <param name="threshold">0.5 suits probabilities, 0 suits logits.</param>
    /// <exception cref="ArgumentException">The shapes differ, a label is neither 0 nor 1, or a score is NaN. Nothing is counted.</exception>
    public void Update(Tensor targets, Tensor scores, double threshold)
    {
        Inputs.CheckShapes(targets, scores, nameof(BinaryCounts), nameof(scores));
        var labels = Inputs.Labels(targets, nameof(BinaryCounts), nameof(targets));
        Update<double>(Inputs.Truths(labels, nameof(BinaryCounts), nameof(targets)), Inputs.Values(scores, nameof(scores)), threshold);
    }

    /// <summary>Adds a batch of labels 0 and 1.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a label is neither 0 nor 1. Nothing is counted.</exception>
    public void Update<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions) where T : IBinaryInteger<T> => Update(
        Inputs.Truths(Inputs.Labels(targets), nameof(BinaryCounts), nameof(targets)), Inputs.Truths(Inputs.Labels(predictions), nameof(BinaryCounts), nameof(predictions)));

    /// <summary>Adds a batch, calling positive what scores at least <paramref name="threshold"/>.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN. Nothing is counted.</exception>
    public void Update<T>(ReadOnlySpan<bool> targets, ReadOnlySpan<T> scores, double threshold) where T : IFloatingPoint<T>
    {
        var values = Inputs.Values(scores);
        Inputs.CheckNotNaN(values, nameof(BinaryCounts), nameof(scores));
        Inputs.CheckLengths(targets.Length, scores.Length, nameof(BinaryCounts), nameof(scores));
        Update(targets, Array.ConvertAll(values, value => value >= threshold));
    }

    /// <summary>Adds a batch of truths.</summary>
    /// <exception cref="ArgumentException">The lengths differ. Nothing is counted.</exception>
    public void Update(ReadOnlySpan<bool> targets, ReadOnlySpan<bool> predictions)
    {
        Inputs.CheckLengths(targets.Length, predictions.Length, nameof(BinaryCounts), nameof(predictions));
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i]) (TruePositives, FalseNegatives) = predictions[i] ? (TruePositives + 1, FalseNegatives) : (TruePositives, FalseNegatives + 1);
            else (FalsePositives, TrueNegatives) = predictions[i] ? (FalsePositives + 1, TrueNegatives) : (FalsePositives, TrueNegatives + 1);
        }
    }

    /// <summary>Adds the counts of another.</summary>
    public void Merge(BinaryCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (TruePositives, FalsePositives) = (TruePositives + other.TruePositives, FalsePositives + other.FalsePositives);
        (TrueNegatives, FalseNegatives) = (TrueNegatives + other.TrueNegatives, FalseNegatives + other.FalseNegatives);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (TruePositives, FalsePositives, TrueNegatives, FalseNegatives) = (0, 0, 0, 0);

    /// <summary>(TP + TN) / (TP + FP + TN + FN): the share of right decisions.</summary>
    public double Accuracy => Divide(TruePositives + TrueNegatives, Total);

    /// <summary>TP / (TP + FP): how much of what was called positive is. Undefined if nothing was.</summary>
    public double Precision => Divide(TruePositives, CalledPositive);

    /// <summary>TP / (TP + FN), also sensitivity or true positive rate: how much of what is positive was found. Undefined if nothing is.</summary>
    public double Recall => Divide(TruePositives, Positives);

    /// <summary>TN / (TN + FP), also true negative rate: how much of what is negative was let pass. Undefined if nothing is.</summary>
    public double Specificity => Divide(TrueNegatives, Negatives);

    /// <summary>FP / (FP + TN) = 1 − specificity. Undefined if nothing is negative.</summary>
    public double FalsePositiveRate => Divide(FalsePositives, Negatives);

    /// <summary>TN / (TN + FN): how much of what was called negative is. Undefined if nothing was.</summary>
    public double NegativePredictiveValue => Divide(TrueNegatives, CalledNegative);

    /// <summary>2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall (van Rijsbergen 1979, chapter 7). Undefined if all three are 0.</summary>
    public double F1 => FBeta(1);

    /// <summary>
    /// (1 + β²) TP / ((1 + β²) TP + FP + β² FN) (van Rijsbergen 1979, chapter 7): recall counts β times as much as precision. Undefined if all three are 0.
    /// </summary>
    /// <param name="beta">0 (precision alone) or more.</param>
    public double FBeta(double beta)
    {
        if (!(beta >= 0 && double.IsFinite(beta))) throw new ArgumentOutOfRangeException(nameof(beta), $"FBeta: beta {beta} must be a number of 0 or more.");
        var square = beta * beta;
        return Divide((1 + square) * TruePositives, ((1 + square) * TruePositives) + FalsePositives + (square * FalseNegatives));
    }

    /// <summary>(recall + specificity) / 2 (Brodersen et al. 2010), or the one of them that is defined if one class is absent.</summary>
    public double BalancedAccuracy => (Positives, Negatives) switch
    {
        (0, _) => Specificity,
        (_, 0) => Recall,
        _ => (Recall + Specificity) / 2,
    };

    /// <summary>
    /// (TP·TN − FP·FN) / √((TP + FP)(TP + FN)(TN + FP)(TN + FN)), from −1 to 1 (Matthews 1975): the correlation of truth and decision. Undefined if one of the sums is 0.
    /// </summary>
    public double Matthews => Divide(
        (double)(((Int128)TruePositives * TrueNegatives) - ((Int128)FalsePositives * FalseNegatives)),
        Math.Sqrt((double)CalledPositive * Positives * CalledNegative * Negatives));

    /// <summary>
    /// (p₀ − pₑ) / (1 − pₑ) with the observed agreement p₀ and the agreement pₑ that independent decisions at the same rates would have (Cohen 1960).
    /// Undefined if pₑ = 1: truth and decision are one and the same class throughout.
    /// </summary>
    public double CohenKappa
    {
        get
        {
            var chance = ((Int128)CalledPositive * Positives) + ((Int128)CalledNegative * Negatives);
            return Divide((double)(((Int128)(TruePositives + TrueNegatives) * Total) - chance), (double)(((Int128)Total * Total) - chance));
        }
    }

    /// <summary>The four counts.</summary>
    public override string ToString() => $"TP {TruePositives}, FP {FalsePositives}, TN {TrueNegatives}, FN {FalseNegatives}";

    private double Divide(double numerator, double denominator) => Ratio.Of(numerator, denominator, undefined);
}
