namespace Nabla.Tests.Ops;

public class SoftmaxTests
{
    [Fact]
    public void Softmax_of_huge_logits_is_finite()
    {
        var x = Tensor.From(new float[,] { { 1e30f, 1e30f, -1e30f }, { 1000, 999, -1000 } });
        Assert.Equal([0.5f, 0.5f, 0, 1 / (1 + MathF.Exp(-1)), MathF.Exp(-1) / (1 + MathF.Exp(-1)), 0], x.Softmax().ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(-2000, x.LogSoftmax()[1, 2].Item(), 0.5);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(-1)]
    public void Rows_sum_to_one_along_any_axis(int axis)
    {
        var x = Tensor.Normal([5, 6, 7], 0, 3, new Generator(1));
        Assert.All(x.Softmax(axis).Sum(axis).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-5));
        Assert.All((x.Softmax(axis).Log() - x.LogSoftmax(axis)).ToArray<float>(), d => Assert.Equal(0, d, 1e-4));
    }

    [Fact]
    public void Minus_infinity_gets_probability_zero()
    {
        var inf = double.NegativeInfinity;
        Assert.Equal([0.5, 0, 0.5], Tensor.From(1.0, inf, 1.0).Softmax().ToArray<double>());
    }

    [Fact]
    public void Log_sum_exp_of_nothing_is_minus_infinity_and_of_infinity_infinity()
    {
        var inf = double.PositiveInfinity;
        var x = Tensor.From(new[,] { { -inf, -inf }, { inf, 1 }, { 1000, 1000 } });
        Assert.Equal([-inf, inf, 1000 + Math.Log(2)], x.LogSumExp().ToArray<double>());
        Assert.Equal([3, 1], x.LogSumExp(1, keepDims: true).Shape);
        Assert.Equal(-inf, Tensor.Zeros([2, 0]).LogSumExp()[0].Item());
        var (_, gradients) = Gradients.Of(() => x[..1].LogSumExp().Sum(), x);
        Assert.Equal([0, 0, 0, 0, 0, 0], gradients[x].ToArray<double>());
    }

    [Fact]
    public void Softmax_of_an_empty_axis_is_empty()
    {
        Assert.Equal([3, 0], Tensor.Zeros([3, 0]).Softmax().Shape);
        Assert.Equal([0, 3], Tensor.Zeros([0, 3]).LogSoftmax().Shape);
    }

    [Fact]
    public void An_axis_that_is_not_there_is_named()
    {
        Assert.Contains("Softmax: axis 2 of shape [2, 3]", Assert.ThrowsAny<ArgumentException>(() => Tensor.Zeros([2, 3]).Softmax(2)).Message, StringComparison.Ordinal);
    }
}
