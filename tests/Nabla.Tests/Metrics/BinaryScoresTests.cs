using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class BinaryScoresTests
{
    static BinaryScores Of(int[] targets, double[] scores, Undefined undefined = Undefined.Zero)
    {
        var result = new BinaryScores(undefined);
        result.Update<int, double>(targets, scores);
        return result;
    }

    [Fact]
    public void Examples_of_scikit_learns_documentation_agree()
    {
        var scores = Of([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
        Assert.Equal(0.75, scores.RocAuc);
        Assert.Equal(0.8333333333333333, scores.AveragePrecision, 12);
        var infinity = double.PositiveInfinity;
        Assert.Equal([new(infinity, 0, 0), new(0.8, 0, 0.5), new(0.4, 0.5, 0.5), new(0.35, 0.5, 1), new(0.1, 1, 1)], scores.RocCurve());
        Assert.Equal([new(infinity, 0, 1), new(0.8, 0.5, 1), new(0.4, 0.5, 0.5), new(0.35, 1, 2 / 3.0), new(0.1, 1, 0.5)], scores.PrecisionRecallCurve());
    }

    [Fact]
    public void Perfect_reversed_and_equal_scores_have_the_areas_of_their_kind()
    {
        Assert.Equal(1, Of([0, 0, 1], [1, 2, 3]).RocAuc);
        Assert.Equal(0, Of([1, 1, 0], [1, 2, 3]).RocAuc);
        Assert.Equal(0.5, Of([1, 0, 0, 1], [7, 7, 7, 7]).RocAuc);
        Assert.Equal(0.5, Of([1, 0, 0, 1], [7, 7, 7, 7]).AveragePrecision);
    }

    /// <summary>Few distinct scores, so that there are many ties.</summary>
    static readonly Gen<(int[] Targets, double[] Scores)> Samples =
        from n in Gen.Int[2, 40]
        from targets in Gen.Int[0, 1].Array[n]
        from scores in Gen.Int[0, 6].Select(i => i / 4.0).Array[n]
        where targets.Distinct().Count() == 2
        select (targets, scores);

    [Fact]
    public void Area_is_the_share_of_pairs_in_order_with_ties_half() => Samples.Sample(s =>
    {
        var pairs = from p in Enumerable.Range(0, s.Targets.Length)
                    from n in Enumerable.Range(0, s.Targets.Length)
                    where s.Targets[p] == 1 && s.Targets[n] == 0
                    select s.Scores[p] > s.Scores[n] ? 1 : s.Scores[p] == s.Scores[n] ? 0.5 : 0;
        Assert.Equal(pairs.Average(), Of(s.Targets, s.Scores).RocAuc, 12);
    }, seed: "0000KOIPe036", iter: 200);

    [Fact]
    public void Points_are_the_counts_at_their_threshold() => Samples.Sample(s =>
    {
        var scores = Of(s.Targets, s.Scores);
        Assert.Equal(s.Scores.Distinct().OrderDescending(), scores.RocCurve().Skip(1).Select(point => point.Threshold));
        Assert.All(scores.RocCurve(), point => Assert.Equal((point.FalsePositiveRate, point.TruePositiveRate), (scores.At(point.Threshold).FalsePositiveRate, scores.At(point.Threshold).Recall)));
        Assert.All(scores.PrecisionRecallCurve().Skip(1), point => Assert.Equal((point.Recall, point.Precision), (scores.At(point.Threshold).Recall, scores.At(point.Threshold).Precision)));
        var (sum, recall) = (0.0, 0.0);
        foreach (var point in scores.PrecisionRecallCurve()) (sum, recall) = (sum + ((point.Recall - recall) * point.Precision), point.Recall);
        Assert.Equal(sum, scores.AveragePrecision, 12);
    }, seed: "0000KOIPe036", iter: 100);

    [Fact]
    public void Order_and_batches_do_not_matter() => Samples.Sample(s =>
    {
        var whole = Of(s.Targets, s.Scores);
        var parts = Of([.. s.Targets.Skip(1).Reverse()], [.. s.Scores.Skip(1).Reverse()]);
        parts.Merge(Of(s.Targets[..1], s.Scores[..1]));
        Assert.Equal((whole.Count, whole.RocAuc, whole.AveragePrecision), (parts.Count, parts.RocAuc, parts.AveragePrecision));
        parts.Reset();
        Assert.Equal(0, parts.Count);
    }, seed: "0000KOIPe036", iter: 100);

    [Fact]
    public void Infinite_scores_rank_first_and_last()
    {
        var scores = Of([1, 0, 1, 0], [double.PositiveInfinity, double.NegativeInfinity, 1, 2]);
        Assert.Equal(0.75, scores.RocAuc);
        Assert.Equal(5, scores.RocCurve().Count);
    }

    [Theory]
    [InlineData(Undefined.Zero, 0), InlineData(Undefined.One, 1), InlineData(Undefined.NaN, double.NaN)]
    public void One_class_alone_follows_the_rule(Undefined undefined, double expected)
    {
        Assert.Equal(expected, Of([1, 1], [0.1, 0.2], undefined).RocAuc);
        Assert.Equal(expected, Of([0, 0], [0.1, 0.2], undefined).RocAuc);
        Assert.Equal(expected, Of([0, 0], [0.1, 0.2], undefined).AveragePrecision);
        Assert.Equal(expected, Of([1, 1], [0.1, 0.2], undefined).RocCurve()[^1].FalsePositiveRate);
        Assert.Equal(1, Of([1, 1], [0.1, 0.2], undefined).AveragePrecision);
        Assert.Equal(expected, new BinaryScores(undefined).RocAuc);
    }

    [Fact]
    public void Tensors_and_booleans_are_taken()
    {
        var scores = new BinaryScores();
        scores.Update(Tensor.From(false, false), Tensor.From(0.1, 0.4));
        scores.Update(Tensor.From(1L, 1L).Reshape(2, 1), Tensor.From(0.35f, 0.8f).Reshape(2, 1));
        Assert.Equal(0.75, scores.RocAuc);
    }

    [Fact]
    public void What_cannot_be_ranked_is_refused_and_adds_nothing()
    {
        var scores = new BinaryScores();
        Assert.Contains("scores at 1 is NaN", Assert.Throws<ArgumentException>(() => scores.Update<int, double>([0, 1], [0, double.NaN])).Message, StringComparison.Ordinal);
        Assert.Contains("2 targets and 1 scores", Assert.Throws<ArgumentException>(() => scores.Update<int, double>([0, 1], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("targets 2 at 0", Assert.Throws<ArgumentOutOfRangeException>(() => scores.Update<int, double>([2, 1], [0, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("targets [2] and scores [2, 2] differ", Assert.Throws<ArgumentException>(() => scores.Update(Tensor.From(0, 1), Tensor.Ones([2, 2]))).Message, StringComparison.Ordinal);
        Assert.Equal(0, scores.Count);
    }
}
