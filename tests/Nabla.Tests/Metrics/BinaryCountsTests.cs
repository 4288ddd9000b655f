using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class BinaryCountsTests
{
    static BinaryCounts Of(int[] targets, int[] predictions, Undefined undefined = Undefined.Zero)
    {
        var counts = new BinaryCounts(undefined);
        counts.Update(targets, predictions);
        return counts;
    }

    [Fact]
    public void Examples_of_scikit_learns_documentation_agree()
    {
        Assert.Equal(-1.0 / 3, Of([1, 1, 1, 0], [1, 0, 1, 1]).Matthews, 12);
        Assert.Equal(0.625, Of([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]).BalancedAccuracy, 12);
    }

    [Fact]
    public void Ratios_are_their_formulas()
    {
        var counts = new BinaryCounts(Undefined.Zero, truePositives: 6, falsePositives: 2, trueNegatives: 9, falseNegatives: 3);
        Assert.Equal((20, 9, 11, 8, 12), (counts.Total, counts.Positives, counts.Negatives, counts.CalledPositive, counts.CalledNegative));
        Assert.Equal(15 / 20.0, counts.Accuracy);
        Assert.Equal(6 / 8.0, counts.Precision);
        Assert.Equal(6 / 9.0, counts.Recall);
        Assert.Equal(9 / 11.0, counts.Specificity);
        Assert.Equal(2 / 11.0, counts.FalsePositiveRate);
        Assert.Equal(9 / 12.0, counts.NegativePredictiveValue);
        Assert.Equal(12 / 17.0, counts.F1);
        Assert.Equal(((6 / 9.0) + (9 / 11.0)) / 2, counts.BalancedAccuracy);
        Assert.Equal(((6 * 9) - (2 * 3)) / Math.Sqrt(8 * 9 * 11 * 12), counts.Matthews, 14);
        var chance = ((8 * 9) + (12 * 11)) / 400.0;
        Assert.Equal((0.75 - chance) / (1 - chance), counts.CohenKappa, 14);
    }

    [Theory]
    [InlineData(0, 0.75), InlineData(0.5, 5 * 6 / ((5 * 6) + (4 * 2) + 3.0)), InlineData(2, 5 * 6 / ((5 * 6) + 2 + (4 * 3.0))), InlineData(1e6, 6 / 9.0)]
    public void F_beta_goes_from_precision_to_recall(double beta, double expected) =>
        Assert.Equal(expected, new BinaryCounts(Undefined.Zero, 6, 2, 9, 3).FBeta(beta), 9);

    [Theory]
    [InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void F_beta_refuses_other_betas(double beta) => Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryCounts().FBeta(beta));

    [Theory]
    [InlineData(Undefined.Zero, 0), InlineData(Undefined.One, 1), InlineData(Undefined.NaN, double.NaN)]
    public void Ratios_of_nothing_follow_the_rule(Undefined undefined, double expected)
    {
        var none = new BinaryCounts(undefined);
        Assert.All(
            [none.Accuracy, none.Precision, none.Recall, none.Specificity, none.FalsePositiveRate, none.NegativePredictiveValue, none.F1, none.FBeta(2), none.BalancedAccuracy, none.Matthews, none.CohenKappa],
            value => Assert.Equal(expected, value));
        Assert.Equal(expected, Of([1, 1], [0, 0], undefined).Precision);
        Assert.Equal(expected, Of([0, 0], [1, 0], undefined).Recall);
        Assert.Equal(expected, Of([1, 1], [1, 0], undefined).Specificity);
        Assert.Equal(expected, Of([1, 1], [1, 0], undefined).Matthews);
        Assert.Equal(expected, Of([1, 1], [1, 1], undefined).CohenKappa);
        Assert.Equal(0, Of([1, 1], [0, 0], undefined).F1);
    }

    [Fact]
    public void Balanced_accuracy_of_one_class_is_that_classs_rate()
    {
        Assert.Equal(0.5, Of([1, 1], [1, 0]).BalancedAccuracy);
        Assert.Equal(0.75, Of([0, 0, 0, 0], [1, 0, 0, 0]).BalancedAccuracy);
    }

    [Fact]
    public void Counts_of_billions_keep_their_digits()
    {
        var huge = new BinaryCounts(Undefined.Zero, 3_000_000_000_000_000_000, 1_000_000_000_000_000_000, 2_000_000_000_000_000_000, 1_000_000_000_000_000_000);
        var small = new BinaryCounts(Undefined.Zero, 3, 1, 2, 1);
        Assert.Equal(small.Matthews, huge.Matthews, 12);
        Assert.Equal(small.CohenKappa, huge.CohenKappa, 12);
    }

    [Fact]
    public void Batches_parts_and_the_whole_count_the_same()
    {
        var (first, second, whole) = (Of([1, 0, 1], [1, 1, 0]), Of([0, 0], [0, 1]), Of([1, 0, 1, 0, 0], [1, 1, 0, 0, 1]));
        first.Merge(second);
        Assert.Equal(whole.ToString(), first.ToString());
        second.Reset();
        Assert.Equal(0, second.Total);
    }

    [Fact]
    public void Tensors_spans_booleans_and_thresholds_count_the_same()
    {
        var expected = "TP 1, FP 1, TN 1, FN 1";
        var (a, b, c, d, e) = (new BinaryCounts(), new BinaryCounts(), new BinaryCounts(), new BinaryCounts(), new BinaryCounts());
        a.Update(Tensor.From(1L, 0L, 1L, 0L).Reshape(2, 2), Tensor.From(1L, 1L, 0L, 0L).Reshape(2, 2));
        b.Update(Tensor.From(true, false, true, false), Tensor.From(1, 1, 0, 0));
        c.Update([true, false, true, false], [true, true, false, false]);
        d.Update(Tensor.From(1, 0, 1, 0), Tensor.From(0.5f, 0.7f, 0.4f, -0.1f), 0.5);
        e.Update<float>([true, false, true, false], [0.5f, 0.7f, 0.4f, float.NegativeInfinity], 0.5);
        Assert.All([a, b, c, d, e], counts => Assert.Equal(expected, counts.ToString()));
    }

    [Fact]
    public void What_cannot_be_counted_is_refused_and_leaves_the_counts()
    {
        var counts = new BinaryCounts();
        Assert.Contains("targets 2 at 1: a label is 0 (negative) or 1 (positive)", Assert.Throws<ArgumentOutOfRangeException>(() => counts.Update([0, 2], [0, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("predictions -1 at 0", Assert.Throws<ArgumentOutOfRangeException>(() => counts.Update([0, 1], [-1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("2 targets and 3 predictions", Assert.Throws<ArgumentException>(() => counts.Update([0, 1], [0, 1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("targets [2] and predictions [1, 2] differ", Assert.Throws<ArgumentException>(() => counts.Update(Tensor.From(0, 1), Tensor.From(0, 1).Reshape(1, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("predictions [2] are Float32; labels are integers", Assert.Throws<ArgumentException>(() => counts.Update(Tensor.From(0, 1), Tensor.From(0f, 1f))).Message, StringComparison.Ordinal);
        Assert.Contains("scores at 1 is NaN", Assert.Throws<ArgumentException>(() => counts.Update(Tensor.From(0, 1), Tensor.From(0f, float.NaN), 0.5)).Message, StringComparison.Ordinal);
        Assert.Equal(0, counts.Total);
    }
}
