using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class RegressionMetricsTests
{
    static RegressionMetrics Of(double[] targets, double[] predictions, Undefined undefined = Undefined.Zero)
    {
        var metrics = new RegressionMetrics(undefined);
        metrics.Update(targets, predictions);
        return metrics;
    }

    static SpearmanCorrelation Spearman(double[] targets, double[] predictions, Undefined undefined = Undefined.Zero)
    {
        var spearman = new SpearmanCorrelation(undefined);
        spearman.Update(targets, predictions);
        return spearman;
    }

    [Fact]
    public void Examples_of_scikit_learns_and_scipys_documentation_agree()
    {
        var metrics = Of([3, -0.5, 2, 7], [2.5, 0, 2, 8]);
        Assert.Equal(0.375, metrics.MeanSquaredError);
        Assert.Equal(0.6123724356957945, metrics.RootMeanSquaredError, 12);
        Assert.Equal(0.5, metrics.MeanAbsoluteError);
        Assert.Equal(0.9486081370449679, metrics.RSquared, 12);
        Assert.Equal(0.8207826816681233, Spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]).Value, 12);
        Assert.Equal(-0.828503883588428, Of([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2]).Pearson, 12);
    }

    [Fact]
    public void Digits_survive_a_large_offset()
    {
        double[] x = [1, 2, 4, 3], y = [2, 1, 5, 3];
        var (near, far) = (Of(x, y), Of([.. x.Select(v => v + 1e9)], [.. y.Select(v => v + 1e9)]));
        Assert.Equal(near.Pearson, far.Pearson, 12);
        Assert.Equal(near.RSquared, far.RSquared, 12);
        var merged = Of([1e9 + 1, 1e9 + 2], [1e9 + 2, 1e9 + 1]);
        merged.Merge(Of([1e9 + 4, 1e9 + 3], [1e9 + 5, 1e9 + 3]));
        Assert.Equal(near.Pearson, merged.Pearson, 12);
    }

    [Theory]
    [InlineData(1e-100), InlineData(1), InlineData(1e100)]
    public void Correlation_does_not_depend_on_the_unit(double unit) =>
        Assert.Equal(0.6, Of([.. new double[] { 1, 2, 3, 4 }.Select(v => v * unit)], [.. new double[] { 2, 1, 4, 3 }.Select(v => v * unit)]).Pearson, 9);

    [Fact]
    public void A_line_correlates_by_exactly_one() => Assert.Equal((1, -1), (Of([1, 2, 4], [3, 5, 9]).Pearson, Of([1, 2, 4], [-3, -5, -9]).Pearson));

    [Fact]
    public void Parts_merge_to_the_whole() => Gen.Select(Gen.Double[-1e3, 1e3].Array[2, 40], Gen.Int[0, 40]).Sample((x, cut) =>
    {
        cut = Math.Min(cut, x.Length);
        var y = x.Select((v, i) => Math.Sin(v) + i).ToArray();
        var (whole, parts) = (Of(x, y), Of(x[..cut], y[..cut]));
        parts.Merge(Of(x[cut..], y[cut..]));
        Assert.Equal(whole.Count, parts.Count);
        Assert.Equal(whole.MeanSquaredError, parts.MeanSquaredError, 1e-9 * whole.MeanSquaredError);
        Assert.Equal(whole.RSquared, parts.RSquared, 1e-9 * Math.Max(1, Math.Abs(whole.RSquared)));
        Assert.Equal(whole.Pearson, parts.Pearson, 1e-9);
        parts.Reset();
        Assert.Equal((0, 0), (parts.Count, parts.MeanAbsoluteError));
    }, seed: "0000KOIPe036", iter: 100);

    [Fact]
    public void Monotone_functions_have_a_rank_correlation_of_one() => Gen.Int[-30, 30].Select(i => i / 10.0).Array[2, 30].Where(x => x.Distinct().Count() > 1).Sample(x =>
    {
        Assert.Equal(1, Spearman(x, [.. x.Select(Math.Exp)]).Value, 12);
        Assert.Equal(-1, Spearman(x, [.. x.Select(v => -v * v * v)]).Value, 12);
    }, seed: "0000KOIPe036", iter: 50);

    [Fact]
    public void Tied_numbers_share_the_mean_of_their_ranks()
    {
        Assert.Equal(Of([1, 2.5, 2.5, 4], [4, 2, 2, 2]).Pearson, Spearman([1, 5, 5, 9], [8, 3, 3, 3]).Value, 12);
        var (a, b) = (Spearman([1, 5], [8, 3]), Spearman([5, 9], [3, 3]));
        a.Merge(b);
        Assert.Equal((4, Spearman([1, 5, 5, 9], [8, 3, 3, 3]).Value), (a.Count, a.Value));
        a.Reset();
        Assert.Equal(0, a.Count);
    }

    [Theory]
    [InlineData(Undefined.Zero, 0), InlineData(Undefined.One, 1), InlineData(Undefined.NaN, double.NaN)]
    public void Constant_or_absent_numbers_follow_the_rule(Undefined undefined, double expected)
    {
        var (none, constant) = (new RegressionMetrics(undefined), Of([3, 3], [1, 2], undefined));
        Assert.All([none.MeanSquaredError, none.RootMeanSquaredError, none.MeanAbsoluteError, none.RSquared, none.Pearson, constant.RSquared, constant.Pearson, Of([1, 2], [3, 3], undefined).Pearson],
            value => Assert.Equal(expected, value));
        Assert.Equal(expected, Spearman([3, 3], [1, 2], undefined).Value);
        Assert.Equal(expected, new SpearmanCorrelation(undefined).Value);
        Assert.Equal(2.5, constant.MeanSquaredError);
    }

    [Fact]
    public void Tensors_of_all_types_are_taken()
    {
        var metrics = new RegressionMetrics();
        metrics.Update(Tensor.From(1L, 2L), Tensor.From(1.5f, 2f));
        var spearman = new SpearmanCorrelation();
        spearman.Update(Tensor.From(1, 2), Tensor.From(1.5, 2));
        Assert.Equal((0.125, 1), (metrics.MeanSquaredError, spearman.Value));
    }

    [Fact]
    public void What_is_no_number_is_refused_and_adds_nothing()
    {
        var (metrics, spearman) = (new RegressionMetrics(), new SpearmanCorrelation());
        Assert.Contains("predictions at 1 is NaN", Assert.Throws<ArgumentException>(() => metrics.Update([1.0, 2], [1, double.NaN])).Message, StringComparison.Ordinal);
        Assert.Contains("targets at 0 is ", Assert.Throws<ArgumentException>(() => metrics.Update([double.PositiveInfinity, 2], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("2 targets and 1 predictions", Assert.Throws<ArgumentException>(() => metrics.Update([1.0, 2], [1])).Message, StringComparison.Ordinal);
        Assert.Contains("targets at 0 is NaN", Assert.Throws<ArgumentException>(() => spearman.Update([double.NaN, 2], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("differ in shape", Assert.Throws<ArgumentException>(() => spearman.Update(Tensor.Ones([2]), Tensor.Ones([3]))).Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (metrics.Count, spearman.Count));
    }
}
