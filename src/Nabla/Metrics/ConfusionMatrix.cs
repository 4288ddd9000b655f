using System.Numerics;
using System.Text;

namespace Nabla.Metrics;

/// <summary>How the values of the classes become one.</summary>
public enum Average
{
    /// <summary>Their mean: every class counts the same.</summary>
    Macro,
    /// <summary>The ratio of the counts of all classes added up: every sample counts the same.</summary>
    Micro,
    /// <summary>Their mean, weighted by how often each class occurs among the targets.</summary>
    Weighted,
}

/// <summary>
/// How often each class was taken for each: row = target, column = prediction; and the metrics of classification that follow from it. Streaming: update it batch by
/// batch; matrices from several threads merge. Definitions as in scikit-learn with <c>labels=range(classes)</c>: a class that never occurs has its place
/// in the averages, with the value of <see cref="Undefined"/>.
/// </summary>
public sealed class ConfusionMatrix
{
    private const int MostClasses = 1 << 14;

    private readonly long[] counts;
    private readonly Undefined undefined;
    private readonly long? ignored;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">Labels are 0 … classes − 1.</param>
    /// <param name="undefined">The value of a ratio whose denominator is 0.</param>
    /// <param name="ignored">Samples with this target are passed over, such as −100 at padding.</param>
    public ConfusionMatrix(int classes, Undefined undefined = Undefined.Zero, long? ignored = null)
    {
        if (classes is < 1 or > MostClasses)
            throw new ArgumentOutOfRangeException(nameof(classes), $"ConfusionMatrix: {classes} classes; 1 to {MostClasses} are possible. For accuracy alone, TopKAccuracy(1) takes any number.");
        (Classes, this.undefined, this.ignored) = (classes, undefined, ignored);
        counts = new long[classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of samples.</summary>
    public long Total => counts.Sum();

    /// <summary>How many samples of class <paramref name="target"/> were taken for class <paramref name="prediction"/>.</summary>
    public long this[int target, int prediction] => counts[(Class(target, nameof(target)) * Classes) + Class(prediction, nameof(prediction))];

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">Integer labels of any shape.</param>
    /// <param name="predictions">The classes predicted, of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a label is no class. Nothing is counted.</exception>
    public void Update(Tensor targets, Tensor predictions)
    {
        Inputs.CheckShapes(targets, predictions, nameof(ConfusionMatrix), nameof(predictions));
        Update<long>(Inputs.Labels(targets, nameof(ConfusionMatrix), nameof(targets)), Inputs.Labels(predictions, nameof(ConfusionMatrix), nameof(predictions)));
    }

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a label is no class. Nothing is counted.</exception>
    public void Update<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions) where T : IBinaryInteger<T>
    {
        Inputs.CheckLengths(targets.Length, predictions.Length, nameof(ConfusionMatrix), nameof(predictions));
        var cells = new List<int>(targets.Length);
        for (var i = 0; i < targets.Length; i++)
        {
            var target = long.CreateChecked(targets[i]);
            if (target == ignored) continue;
            cells.Add((Label(target, i, nameof(targets)) * Classes) + Label(long.CreateChecked(predictions[i]), i, nameof(predictions)));
        }
        foreach (var cell in cells) counts[cell]++;
    }

    private int Label(long label, int at, string what) => label >= 0 && label < Classes ? (int)label
        : throw new ArgumentOutOfRangeException(what, $"ConfusionMatrix: {what} {label} at {at}: the {Classes} classes are 0 … {Classes - 1}. Give a label to pass over as ignored.");

    private int Class(int index, string what) => (uint)index < (uint)Classes ? index
        : throw new ArgumentOutOfRangeException(what, $"ConfusionMatrix: class {index}: the {Classes} classes are 0 … {Classes - 1}.");

    /// <summary>Adds the counts of another of as many classes.</summary>
    public void Merge(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Classes != Classes) throw new ArgumentException($"ConfusionMatrix: {other.Classes} classes do not merge into {Classes}.", nameof(other));
        for (var i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => Array.Clear(counts);

    /// <summary>How many samples are of the class: the sum of its row.</summary>
    public long Support(int index) => Versus(index).Positives;

    /// <summary>How many samples were taken for the class: the sum of its column.</summary>
    public long Predicted(int index) => Versus(index).CalledPositive;

    /// <summary>The counts of one class against all others together.</summary>
    public BinaryCounts Versus(int index) => EachVersus()[Class(index, nameof(index))];

    /// <summary>For every class, its counts against all others together.</summary>
    public IReadOnlyList<BinaryCounts> EachVersus()
    {
        var (supports, predicted, total) = (new long[Classes], new long[Classes], Total);
        for (var i = 0; i < counts.Length; i++)
        {
            supports[i / Classes] += counts[i];
            predicted[i % Classes] += counts[i];
        }
        return [.. Enumerable.Range(0, Classes).Select(k => (k, Hits: counts[(k * Classes) + k])).Select(at => new BinaryCounts(
            undefined, at.Hits, predicted[at.k] - at.Hits, total - supports[at.k] - predicted[at.k] + at.Hits, supports[at.k] - at.Hits))];
    }

    /// <summary>The share of right predictions: Σ C[k, k] / Σ C. The same as any micro average of precision, recall or F.</summary>
    public double Accuracy => Ratio.Of(Hits, Total, undefined);

    private long Hits => Enumerable.Range(0, Classes).Sum(k => this[k, k]);

    /// <summary>TP / (TP + FP) of one class. See <see cref="BinaryCounts.Precision"/>.</summary>
    public double Precision(int index) => Versus(index).Precision;

    /// <summary>TP / (TP + FP) averaged over the classes.</summary>
    public double Precision(Average average) => Over(average, c => c.Precision);

    /// <summary>TP / (TP + FN) of one class. See <see cref="BinaryCounts.Recall"/>.</summary>
    public double Recall(int index) => Versus(index).Recall;

    /// <summary>TP / (TP + FN) averaged over the classes.</summary>
    public double Recall(Average average) => Over(average, c => c.Recall);

    /// <summary>TN / (TN + FP) of one class. See <see cref="BinaryCounts.Specificity"/>.</summary>
    public double Specificity(int index) => Versus(index).Specificity;

    /// <summary>TN / (TN + FP) averaged over the classes.</summary>
    public double Specificity(Average average) => Over(average, c => c.Specificity);

    /// <summary>2 TP / (2 TP + FP + FN) of one class. See <see cref="BinaryCounts.F1"/>.</summary>
    public double F1(int index) => Versus(index).F1;

    /// <summary>2 TP / (2 TP + FP + FN) averaged over the classes.</summary>
    public double F1(Average average) => Over(average, c => c.F1);

    /// <summary>(1 + β²) TP / ((1 + β²) TP + FP + β² FN) of one class. See <see cref="BinaryCounts.FBeta"/>.</summary>
    public double FBeta(double beta, int index) => Versus(index).FBeta(beta);

    /// <summary>(1 + β²) TP / ((1 + β²) TP + FP + β² FN) averaged over the classes.</summary>
    public double FBeta(double beta, Average average) => Over(average, c => c.FBeta(beta));

    /// <summary>The mean recall of the classes that occur among the targets (Brodersen et al. 2010; scikit-learn's definition for several classes). Undefined if none does.</summary>
    public double BalancedAccuracy
    {
        get
        {
            var present = EachVersus().Where(counts => counts.Positives > 0).Select(counts => counts.Recall).ToArray();
            return Ratio.Of(present.Sum(), present.Length, undefined);
        }
    }

    /// <summary>
    /// Matthews' correlation for several classes, R_K (Gorodkin 2004, equation 8): with s samples, c of them right, t_k of class k and p_k taken for it,
    /// (c·s − Σ p_k t_k) / √((s² − Σ p_k²)(s² − Σ t_k²)). Undefined if all targets or all predictions are one class.
    /// </summary>
    public double Matthews
    {
        get
        {
            var (total, chance, targets, predictions) = Agreement();
            return Ratio.Of((double)(((Int128)Hits * total) - chance), Math.Sqrt((double)(((Int128)total * total) - predictions) * (double)(((Int128)total * total) - targets)), undefined);
        }
    }

    /// <summary>
    /// (p₀ − pₑ) / (1 − pₑ) with p₀ = c / s and pₑ = Σ p_k t_k / s² (Cohen 1960): the agreement beyond that of independent decisions at the same rates.
    /// Undefined if targets and predictions are one and the same class throughout.
    /// </summary>
    public double CohenKappa
    {
        get
        {
            var (total, chance, _, _) = Agreement();
            return Ratio.Of((double)(((Int128)Hits * total) - chance), (double)(((Int128)total * total) - chance), undefined);
        }
    }

    /// <summary>s, Σ p_k t_k, Σ t_k², Σ p_k²: whole numbers, so that nothing is lost in their differences.</summary>
    private (long Total, Int128 Chance, Int128 Targets, Int128 Predictions) Agreement()
    {
        var (chance, targets, predictions) = (Int128.Zero, Int128.Zero, Int128.Zero);
        foreach (var counts in EachVersus())
        {
            var (t, p) = ((Int128)counts.Positives, (Int128)counts.CalledPositive);
            (chance, targets, predictions) = (chance + (t * p), targets + (t * t), predictions + (p * p));
        }
        return (Total, chance, targets, predictions);
    }

    private double Over(Average average, Func<BinaryCounts, double> metric) => Averages.Of(EachVersus(), average, metric, undefined);

    /// <summary>Precision, recall, F1 and support of every class and averaged; it prints as a table.</summary>
    /// <param name="names">The names of the classes; null: their numbers.</param>
    public ClassificationReport Report(IReadOnlyList<string>? names = null)
    {
        if (names is not null && names.Count != Classes) throw new ArgumentException($"Report: {names.Count} names for {Classes} classes.", nameof(names));
        ReportRow Averaged(string name, Average average) => new(name, Precision(average), Recall(average), F1(average), Total);
        return new(
            [.. EachVersus().Select((counts, k) => new ReportRow(names?[k] ?? $"{k}", counts.Precision, counts.Recall, counts.F1, counts.Positives))],
            Accuracy, Averaged("macro avg", Average.Macro), Averaged("weighted avg", Average.Weighted));
    }

    /// <summary>The matrix as aligned numbers, a line per target.</summary>
    public override string ToString()
    {
        var width = counts.Max().ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        var text = new StringBuilder();
        for (var i = 0; i < counts.Length; i++)
            text.Append(i == 0 ? "" : i % Classes == 0 ? "\n" : " ").Append(counts[i].ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(width));
        return text.ToString();
    }
}
