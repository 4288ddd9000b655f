using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class ConfusionMatrixTests
{
    static ConfusionMatrix Of(int classes, int[] targets, int[] predictions, Undefined undefined = Undefined.Zero, long? ignored = null)
    {
        var matrix = new ConfusionMatrix(classes, undefined, ignored);
        matrix.Update(targets, predictions);
        return matrix;
    }

    [Fact]
    public void Examples_of_scikit_learns_documentation_agree()
    {
        var f = Of(3, [0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
        Assert.Equal(0.2380952380952381, f.FBeta(0.5, Average.Macro), 12);
        Assert.Equal(1 / 3.0, f.FBeta(0.5, Average.Micro), 12);
        Assert.Equal(0.2380952380952381, f.FBeta(0.5, Average.Weighted), 12);
        Assert.Equal(0.7142857142857143, f.FBeta(0.5, 0), 12);
        Assert.Equal(0.6875, Of(3, [0, 2, 0, 1, 2], [0, 2, 0, 1, 0]).CohenKappa, 12);
        Assert.Equal("2 0 0\n0 0 1\n1 0 2", Of(3, [2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2]).ToString());
    }

    [Fact]
    public void The_report_prints_as_scikit_learns_does()
    {
        var report = Of(3, [0, 1, 2, 2, 2], [0, 0, 2, 2, 1]).Report(["class 0", "class 1", "class 2"]);
        Assert.Equal("""
                          precision    recall  f1-score   support

                 class 0       0.50      1.00      0.67         1
                 class 1       0.00      0.00      0.00         1
                 class 2       1.00      0.67      0.80         3

                accuracy                           0.60         5
               macro avg       0.50      0.56      0.49         5
            weighted avg       0.70      0.60      0.61         5
            """, report.ToString());
    }

    [Fact]
    public void The_report_stays_aligned_with_long_names_and_many_digits()
    {
        var lines = Of(2, [0, 1, 1], [0, 1, 0]).Report(["a", "a name longer than the averages'"]).ToString(8).Split('\n');
        Assert.Single(lines.Where(line => line.Length > 0).Select(line => line.Length).Distinct());
        Assert.Contains("0.66666667", lines[^1], StringComparison.Ordinal);
        Assert.Contains("3 names for 2 classes", Assert.Throws<ArgumentException>(() => new ConfusionMatrix(2).Report(["a", "b", "c"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Undefined.Zero, 0), InlineData(Undefined.One, 1), InlineData(Undefined.NaN, double.NaN)]
    public void Ratios_of_nothing_follow_the_rule(Undefined undefined, double expected)
    {
        var none = new ConfusionMatrix(3, undefined);
        Assert.All([none.Accuracy, none.BalancedAccuracy, none.Matthews, none.CohenKappa], value => Assert.Equal(expected, value));
        foreach (var average in Enum.GetValues<Average>())
            Assert.All([none.Precision(average), none.Recall(average), none.Specificity(average), none.F1(average)], value => Assert.Equal(expected, value));
    }

    [Theory]
    [InlineData(Undefined.Zero, 0.5), InlineData(Undefined.One, 0.75), InlineData(Undefined.NaN, 2 / 3.0)]
    public void An_absent_class_enters_the_macro_average_by_the_rule(Undefined undefined, double expected) =>
        Assert.Equal(expected, Of(4, [0, 1, 2, 2], [0, 1, 0, 0], undefined).Recall(Average.Macro), 12);

    [Fact]
    public void Balanced_accuracy_leaves_absent_classes_out() => Assert.Equal(0.75, Of(3, [0, 0, 1, 1], [0, 0, 1, 2]).BalancedAccuracy);

    [Fact]
    public void Samples_with_the_ignored_target_are_passed_over()
    {
        var matrix = Of(2, [0, -100, 1, -100], [0, 1, 0, 77], ignored: -100);
        Assert.Equal((2, 1, 1), (matrix.Total, matrix[0, 0], matrix[1, 0]));
    }

    static readonly Gen<(int Classes, int[] Targets, int[] Predictions)> Samples =
        from classes in Gen.Int[1, 6]
        from n in Gen.Int[0, 40]
        from targets in Gen.Int[0, classes - 1].Array[n]
        from predictions in Gen.Int[0, classes - 1].Array[n]
        select (classes, targets, predictions);

    [Fact]
    public void Counts_of_a_class_are_those_of_the_others_together() => Samples.Sample(s =>
    {
        var matrix = Of(s.Classes, s.Targets, s.Predictions);
        for (var k = 0; k < s.Classes; k++)
        {
            var counts = new BinaryCounts();
            counts.Update(Array.ConvertAll(s.Targets, t => t == k), Array.ConvertAll(s.Predictions, p => p == k));
            Assert.Equal(counts.ToString(), matrix.Versus(k).ToString());
            Assert.Equal((s.Targets.Count(t => t == k), s.Predictions.Count(p => p == k)), (matrix.Support(k), matrix.Predicted(k)));
            Assert.Equal((counts.Precision, counts.Recall, counts.F1, counts.Specificity), (matrix.Precision(k), matrix.Recall(k), matrix.F1(k), matrix.Specificity(k)));
        }
        Assert.Equal(matrix.Accuracy, matrix.Precision(Average.Micro));
        Assert.Equal(matrix.Accuracy, matrix.F1(Average.Micro), 12);
    }, seed: "0000KOIPe036", iter: 200);

    [Fact]
    public void Two_classes_give_the_binary_values() => Samples.Where(s => s.Classes == 2).Sample(s =>
    {
        var counts = new BinaryCounts();
        counts.Update(s.Targets, s.Predictions);
        var matrix = Of(2, s.Targets, s.Predictions);
        Assert.Equal(counts.Matthews, matrix.Matthews, 12);
        Assert.Equal(counts.CohenKappa, matrix.CohenKappa, 12);
        Assert.Equal(counts.BalancedAccuracy, matrix.BalancedAccuracy, 12);
    }, seed: "0000KOIPe036", iter: 100);

    [Fact]
    public void Batches_parts_and_the_whole_count_the_same() => Samples.Sample(s =>
    {
        var cut = s.Targets.Length / 3;
        var (first, rest, whole) = (Of(s.Classes, s.Targets[..cut], s.Predictions[..cut]), Of(s.Classes, s.Targets[cut..], s.Predictions[cut..]), Of(s.Classes, s.Targets, s.Predictions));
        first.Merge(rest);
        Assert.Equal(whole.ToString(), first.ToString());
        first.Reset();
        Assert.Equal(0, first.Total);
    }, seed: "0000KOIPe036", iter: 50);

    [Fact]
    public void What_cannot_be_counted_is_refused_and_leaves_the_matrix()
    {
        var matrix = new ConfusionMatrix(5);
        Assert.Contains("targets 5 at 1: the 5 classes are 0 … 4", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Update([0, 5], [0, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("predictions -1 at 1", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Update([0, 4], [0, -1])).Message, StringComparison.Ordinal);
        Assert.Contains("1 targets and 2 predictions", Assert.Throws<ArgumentException>(() => matrix.Update([0], [0, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("differ in shape", Assert.Throws<ArgumentException>(() => matrix.Update(Tensor.From(0, 1), Tensor.From(0))).Message, StringComparison.Ordinal);
        Assert.Contains("class 5", Assert.Throws<ArgumentOutOfRangeException>(() => matrix[5, 0]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Precision(-1));
        Assert.Throws<ArgumentException>(() => matrix.Merge(new ConfusionMatrix(4)));
        Assert.Equal(0, matrix.Total);
        Assert.Contains("TopKAccuracy", Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix(50_000)).Message, StringComparison.Ordinal);
    }
}
