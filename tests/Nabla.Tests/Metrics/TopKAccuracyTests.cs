using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class TopKAccuracyTests
{
    static readonly Tensor Scores = Tensor.From(new float[,] { { 0.5f, 0.2f, 0.2f }, { 0.3f, 0.4f, 0.2f }, { 0.2f, 0.4f, 0.3f }, { 0.7f, 0.2f, 0.1f } });

    [Theory]
    [InlineData(1, 0.5), InlineData(2, 0.75), InlineData(3, 1), InlineData(7, 1)]
    public void Example_of_scikit_learns_documentation_agrees(int k, double expected)
    {
        var accuracy = new TopKAccuracy(k);
        accuracy.Update(Tensor.From(0, 1, 2, 2), Scores);
        Assert.Equal(expected, accuracy.Value);
    }

    [Theory]
    [InlineData(1, 0.25), InlineData(2, 0.5), InlineData(3, 0.75)]
    public void Equal_scores_do_not_make_every_sample_right(int k, double expected)
    {
        var accuracy = new TopKAccuracy(k);
        accuracy.Update<int, float>([0, 1, 2, 3], new float[16], 4);
        Assert.Equal(expected, accuracy.Value);
    }

    [Fact]
    public void Batches_of_sequences_pass_padding_over_and_merge()
    {
        var (a, b) = (new TopKAccuracy(1, ignored: -100), new TopKAccuracy(1, ignored: -100));
        a.Update(Tensor.From(0L, -100L, 1L, 1L).Reshape(2, 2), Scores.Reshape(2, 2, 3));
        b.Update(Tensor.From(0, 0, 0, 0), Scores);
        Assert.Equal((2, 3), (a.Hits, a.Total));
        a.Merge(b);
        Assert.Equal(4 / 7.0, a.Value);
        a.Reset();
        Assert.Equal((0, 0, 0), (a.Hits, a.Total, a.Value));
        Assert.Equal(double.NaN, new TopKAccuracy(1, Undefined.NaN).Value);
    }

    [Fact]
    public void What_cannot_be_ranked_is_refused_and_counts_nothing()
    {
        var accuracy = new TopKAccuracy(2);
        Assert.Contains("target 3 at 0: the 3 classes are 0 … 2", Assert.Throws<ArgumentOutOfRangeException>(() => accuracy.Update(Tensor.From(3, 1, 2, 2), Scores)).Message, StringComparison.Ordinal);
        Assert.Contains("scores [4, 3] do not fit targets [3]", Assert.Throws<ArgumentException>(() => accuracy.Update(Tensor.From(0, 1, 2), Scores)).Message, StringComparison.Ordinal);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => accuracy.Update(Tensor.From(0), Tensor.From(new[,] { { 1, float.NaN } }))).Message, StringComparison.Ordinal);
        Assert.Contains("need 6 scores, not 5", Assert.Throws<ArgumentException>(() => accuracy.Update<int, float>([0, 1], new float[5], 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => accuracy.Merge(new TopKAccuracy(3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKAccuracy(0));
        Assert.Equal(0, accuracy.Total);
    }
}
