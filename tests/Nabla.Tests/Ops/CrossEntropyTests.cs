namespace Nabla.Tests.Ops;

public class CrossEntropyTests
{
    [Fact]
    public void Even_logits_cost_the_logarithm_of_the_number_of_classes()
    {
        Assert.Equal(Math.Log(10), Tensor.Zeros([4, 10], DType.Float64).CrossEntropy(Tensor.From(0L, 3L, 9L, 5L)).Item(), 1e-14);
    }

    [Fact]
    public void A_label_beyond_the_classes_is_named_with_its_place()
    {
        var error = Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros([2, 3, 10]).CrossEntropy(Tensor.From([1L, 2, 3, 4, 5, 12], [2, 3])));
        Assert.StartsWith("CrossEntropy: index 12 at [1, 2]: logits [2, 3, 10] have 10 classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ignored_rows_cost_nothing_and_move_nothing()
    {
        var logits = Tensor.Normal([3, 4], generator: new Generator(3));
        var options = new CrossEntropyOptions { IgnoredLabel = -1, LabelSmoothing = 0.1 };
        var (loss, gradients) = Gradients.Of(() => logits.CrossEntropy(Tensor.From(1, -1, 2), options), logits);
        var kept = logits.IndexSelect(0, Tensor.From(0L, 2L));
        Assert.Equal(kept.CrossEntropy(Tensor.From(1L, 2L), options).Item(), loss.Item(), 1e-6);
        Assert.All(gradients[logits][1].ToArray<float>(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void The_mean_of_only_ignored_rows_is_zero_with_zero_gradients()
    {
        var logits = Tensor.Ones([2, 3]);
        var (loss, gradients) = Gradients.Of(() => logits.CrossEntropy(Tensor.From(-100L, -100L), new() { IgnoredLabel = -100 }), logits);
        Assert.Equal(0, loss.Item());
        Assert.All(gradients[logits].ToArray<float>(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Class_weights_weigh_the_mean()
    {
        var (logits, labels, weights) = (Tensor.Normal([3, 2], generator: new Generator(3)), Tensor.From(0L, 1L, 1L), Tensor.From(1f, 3f));
        var each = logits.CrossEntropy(labels, new() { Reduction = Reduction.None }).ToArray<float>();
        Assert.Equal((each[0] + (3 * each[1]) + (3 * each[2])) / 7, logits.CrossEntropy(labels, new() { ClassWeights = weights }).Item(), 1e-6);
    }

    [Fact]
    public void A_masked_class_of_minus_infinity_is_no_danger_where_it_is_not_the_label()
    {
        var logits = Tensor.From(new[,] { { 1.0, double.NegativeInfinity } });
        var (loss, gradients) = Gradients.Of(() => logits.CrossEntropy(Tensor.From(0L)), logits);
        Assert.Equal(0, loss.Item());
        Assert.Equal([0.0, 0.0], gradients[logits].ToArray<double>());
    }

    [Fact]
    public void Shapes_and_types_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From(0L)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From(0f, 1f)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From(0L, 1L), new() { ClassWeights = Tensor.Ones([2]) }));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 3]).CrossEntropy(Tensor.From(0L, 1L), new() { LabelSmoothing = 2 }));
    }
}
