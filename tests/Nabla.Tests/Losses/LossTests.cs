namespace Nabla.Tests.Losses;

public class LossTests
{
    static Reduction Of(ReferenceCase c) => c.Attributes.TryGetProperty("reduction", out var name)
        ? name.GetString() switch { "mean" => Reduction.Mean, "sum" => Reduction.Sum, "batchmean" => Reduction.BatchMean, _ => Reduction.None }
        : Reduction.None;

    static Tensor Loss(ReferenceCase c, Tensor[] x) => c.Op switch
    {
        "mse" => x[0].MeanSquaredError(x[1], Of(c)),
        "l1" => x[0].MeanAbsoluteError(x[1], Of(c)),
        "huber" => x[0].HuberLoss(x[1], c.Number("delta"), Of(c)),
        "binary_cross_entropy_with_logits" => x[0].BinaryCrossEntropyWithLogits(x[1], reduction: Of(c)),
        "kl_divergence" => x[0].KLDivergence(x[1], reduction: Of(c)),
        _ => x[0].CosineSimilarity(x[1], (int)c.Number("axis")),
    };

    [Theory]
    [InlineData("mse_mean"), InlineData("mse_sum"), InlineData("mse_none"), InlineData("l1"), InlineData("huber"), InlineData("bce_with_logits"), InlineData("kl_divergence")]
    [InlineData("cosine_embedding")]
    public void Values_and_gradients_are_those_of_PyTorch(string name)
    {
        var c = Reference.Case("ops", name);
        var inputs = c.Inputs.Select(input => c[input]).ToArray();
        Tensor? output = null;
        var (_, gradients) = Gradients.Of(() => ((output = Loss(c, inputs)) * c["upstream.out"]).Sum(), inputs);
        Reference.AssertClose(c["out"], output!, name, 1e-6);
        foreach (var (input, i) in c.Inputs.Select((input, i) => (input, i)).Where(pair => c.Has($"grad.{pair.input}")))
            Reference.AssertClose(c[$"grad.{input}"], gradients[inputs[i]], $"{name}, gradient of {input}", 1e-6);
    }

    static Tensor D(params double[] values) => Tensor.From(values);

    static void Equal(double[] expected, Tensor actual) => Assert.Equal(expected, actual.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);

    [Fact]
    public void Smooth_L1_is_quadratic_within_beta_and_linear_beyond()
    {
        Equal([0.25, 1.5 - 0.25, 3 - 0.25], D(0.5, 1.5, -3).SmoothL1Loss(D(0, 0, 0), beta: 0.5, Reduction.None));
        Equal([0.25, 0.25], D(0.5, -0.5).SmoothL1Loss(D(0, 0), beta: 0.5, Reduction.None));
        Equal([0.5, 3], D(0.5, -3).SmoothL1Loss(D(0, 0), beta: 0, Reduction.None));
    }

    [Fact]
    public void Huber_is_quadratic_within_delta_and_linear_beyond() =>
        Equal([0.125, 2 * (3 - 1), 2], D(0.5, -3, 2).HuberLoss(D(0, 0, 0), delta: 2, Reduction.None));

    [Fact]
    public void Binary_cross_entropy_of_certain_mistakes_is_100_and_not_infinite()
    {
        Equal([-Math.Log(0.25), -Math.Log(0.75), 100, 100, 0], D(0.25, 0.25, 0, 1, 1).BinaryCrossEntropy(D(1, 0, 1, 0, 1), Reduction.None));
        var p = D(0.25, 0.75);
        var (_, gradients) = Gradients.Of(() => p.BinaryCrossEntropy(D(1, 0), Reduction.Sum), p);
        Equal([-4, 4], gradients[p]);
    }

    [Fact]
    public void Binary_cross_entropy_with_logits_neither_overflows_nor_loses_the_tail()
    {
        Equal([1000, 0, Math.Log(2)], D(-1000, 1000, 0).BinaryCrossEntropyWithLogits(D(1, 1, 0.5), reduction: Reduction.None));
        var x = D(-1000, 1000, -40);
        var (_, gradients) = Gradients.Of(() => x.BinaryCrossEntropyWithLogits(D(1, 0, 0), reduction: Reduction.Sum), x);
        Equal([-1, 1, Math.Exp(-40)], gradients[x]);
    }

    [Fact]
    public void Positive_weight_counts_a_yes_more()
    {
        double Softplus(double x) => Math.Log(1 + Math.Exp(x));
        Equal([3 * Softplus(-0.5), Softplus(0.5), (0.25 * 3 * Softplus(-2)) + (0.75 * Softplus(2))],
            D(0.5, 0.5, 2).BinaryCrossEntropyWithLogits(D(1, 0, 0.25), D(3), Reduction.None));
    }

    [Fact]
    public void Negative_log_likelihood_of_log_softmax_is_cross_entropy()
    {
        var logits = Tensor.Normal([6, 4], generator: new Generator(1)).To(DType.Float64);
        var labels = Tensor.From(0L, 3, 1, -1, 2, 2);
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            var options = new CrossEntropyOptions { Reduction = reduction, ClassWeights = D(0.5, 1, 2, 3), IgnoredLabel = -1 };
            Assert.Equal(logits.CrossEntropy(labels, options).ToArray<double>(), logits.LogSoftmax().NegativeLogLikelihood(labels, options).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        }
        Assert.Equal(logits[..3].CrossEntropy(labels[..3]).Item(), logits[..3].LogSoftmax().NegativeLogLikelihood(labels[..3]).Item(), 1e-12);
    }

    [Fact]
    public void Divergence_counts_0_where_the_target_is_0_and_takes_log_targets()
    {
        var (p, t) = (D(0.25, 0.75), D(0, 1));
        Equal([0, -Math.Log(0.75)], p.Log().KLDivergence(t, reduction: Reduction.None));
        Equal([0.5 * Math.Log(2), 0.5 * Math.Log(0.5 / 0.75)], p.Log().KLDivergence(D(0.5, 0.5).Log(), logTarget: true, Reduction.None));
        Equal([0.5 * Math.Log(2), 0.5 * Math.Log(0.5 / 0.75)], p.Log().KLDivergence(D(0.5, 0.5), reduction: Reduction.None));
        var logarithm = p.Log();
        var (_, gradients) = Gradients.Of(() => logarithm.KLDivergence(t, reduction: Reduction.Sum), logarithm);
        Equal([0, -1], gradients[logarithm]);
    }

    [Fact]
    public void Hinge_counts_what_is_not_beyond_the_margin()
    {
        var y = D(2, 0.5, -0.5, 1);
        Equal([0, 0.5, 1.5, 2], y.HingeLoss(D(1, 1, 1, -1), Reduction.None));
        var (_, gradients) = Gradients.Of(() => y.HingeLoss(D(1, 1, 1, -1), Reduction.Sum), y);
        Equal([0, -1, -1, 1], gradients[y]);
    }

    [Fact]
    public void Cosine_losses_take_vectors_of_0()
    {
        var (a, b) = (Tensor.From(new double[,] { { 1, 0 }, { 1, 1 }, { 0, 0 } }), Tensor.From(new double[,] { { 0, 2 }, { 3, 3 }, { 1, 1 } }));
        Equal([0, 1, 0], a.CosineSimilarity(b));
        Equal([1, 0.8, 0], a.CosineEmbeddingLoss(b, D(1, -1, -1), margin: 0.2, Reduction.None));
        var (_, gradients) = Gradients.Of(() => a.CosineSimilarity(b).Sum(), a);
        Assert.All(gradients[a].ToArray<double>(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void Targets_of_another_shape_are_refused_instead_of_broadcast()
    {
        var error = Assert.Throws<ArgumentException>(() => Tensor.Ones([8, 1]).MeanSquaredError(Tensor.Ones([8])));
        Assert.Contains("MeanSquaredError: prediction [8, 1], target [8]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.Ones([8, 4]).NegativeLogLikelihood(Tensor.Zeros([4], DType.Int64)));
        Assert.Throws<ArgumentException>(() => Tensor.Ones([2]).NegativeLogLikelihood(Tensor.Zeros([], DType.Int64), new() { LabelSmoothing = 0.1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Ones([2]).HuberLoss(Tensor.Ones([2]), delta: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Ones([2]).SmoothL1Loss(Tensor.Ones([2]), beta: double.NaN));
    }
}
