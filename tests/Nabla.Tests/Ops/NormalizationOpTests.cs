namespace Nabla.Tests.Ops;

public class NormalizationOpTests
{
    static readonly Tensor X = Tensor.Normal([4, 6, 5], 3, 2, new Generator(1));

    static void IsStandard(Tensor rows)
    {
        Assert.All(rows.Mean(-1).ToArray<float>(), mean => Assert.Equal(0, mean, 1e-5));
        Assert.All(rows.Var(-1, correction: 0).ToArray<float>(), variance => Assert.Equal(1, variance, 1e-3));
    }

    [Fact]
    public void What_is_normalised_has_mean_0_and_variance_1()
    {
        IsStandard(X.LayerNorm());
        IsStandard(X.LayerNorm(Tensor.Ones([6, 5])).Flatten(1));
        IsStandard(X.GroupNorm(3).Reshape(4, 3, 10));
        IsStandard(X.BatchNorm().Transpose(0, 1).Reshape(6, 20));
    }

    [Fact]
    public void Inference_with_the_batch_s_own_statistics_is_training()
    {
        var (mean, variance) = X.ChannelStatistics();
        var (weight, bias) = (Tensor.Normal([6], generator: new Generator(2)), Tensor.Normal([6], generator: new Generator(3)));
        Reference.AssertClose(X.BatchNorm(weight, bias), X.BatchNormInference(mean, variance, weight, bias), tolerance: 1e-5);
        Reference.AssertClose(X.BatchNorm(weight), X.BatchNormInference(mean, variance, weight), tolerance: 1e-5);
        Reference.AssertClose(X.BatchNorm(), X.BatchNormInference(mean, variance), tolerance: 1e-5);
    }

    [Fact]
    public void A_large_mean_does_not_cancel()
    {
        var x = Tensor.From(1e6f, 1e6f + 1, 1e6f + 2).Unsqueeze(0);
        Assert.Equal([-1.2247f, 0, 1.2247f], x.LayerNorm().ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("[5] is needed", Refused(() => X.LayerNorm(Tensor.Ones([6]))), StringComparison.Ordinal);
        Assert.Contains("fewer than", Refused(() => Tensor.Ones([5]).LayerNorm(Tensor.Ones([1, 5]))), StringComparison.Ordinal);
        Assert.Contains("without a weight", Refused(() => X.LayerNorm(null, Tensor.Ones([5]))), StringComparison.Ordinal);
        Assert.Contains("do not divide into 4 groups", Refused(() => X.GroupNorm(4)), StringComparison.Ordinal);
        Assert.Contains("[batch, channels, ..]", Refused(() => Tensor.Ones([5]).GroupNorm(1)), StringComparison.Ordinal);
        Assert.Contains("[batch, channels, ..]", Refused(() => Tensor.Ones([5]).BatchNorm()), StringComparison.Ordinal);
        Assert.Contains("one per channel", Refused(() => X.BatchNormInference(Tensor.Ones([5]), Tensor.Ones([6]))), StringComparison.Ordinal);
        Assert.Contains("without a weight", Refused(() => X.BatchNormInference(Tensor.Ones([6]), Tensor.Ones([6]), null, Tensor.Ones([6]))), StringComparison.Ordinal);
        Assert.Contains("[batch, channels, ..]", Refused(() => Tensor.Ones([5]).ChannelStatistics()), StringComparison.Ordinal);
        Assert.Contains("[batch, channels, ..]", Refused(() => Tensor.Ones([5]).BatchNormInference(Tensor.Ones([5]), Tensor.Ones([5]))), StringComparison.Ordinal);
    }
}
