using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Tests.Layers;

public class ConvBatchNormTests
{
    static readonly Tensor X = Tensor.Normal([3, 4, 9, 8], mean: 0.5, generator: new Generator(1));

    /// <summary>With statistics, a scale and a shift that are not those of the beginning.</summary>
    static ConvBatchNorm Trained()
    {
        var layer = new ConvBatchNorm(4, 6, kernel: 3, stride: 2, padding: 1, groups: 2).Initialize(2);
        var generator = new Generator(3);
        layer.Norm.Weight.Set(Tensor.Uniform([6], -2, 2, generator));
        layer.Norm.Bias.Set(Tensor.Normal([6], generator: generator));
        layer.Norm.RunningMean.Set(Tensor.Normal([6], generator: generator));
        layer.Norm.RunningVar.Set(Tensor.Uniform([6], 0.05, 3, generator));
        return layer;
    }

    /// <summary>A closure notes its steps, so in it nothing is folded.</summary>
    static Tensor Unfolded(ConvBatchNorm layer)
    {
        Tensor? y = null;
        Gradients.Of(() =>
        {
            using (Mode.Evaluate()) return (y = layer.Forward(X)).Sum();
        });
        return y!;
    }

    [Fact]
    public void Folded_is_convolution_and_normalisation()
    {
        var layer = Trained();
        var expected = layer.Norm.Forward(layer.Convolution.Forward(X));
        Reference.AssertClose(expected, layer.Forward(X), "folded", 1e-6);
        Assert.Equal(expected.ToArray<float>(), Unfolded(layer).ToArray<float>());
    }

    [Fact]
    public void Every_change_of_a_parameter_or_a_statistic_is_seen()
    {
        var layer = Trained();
        void Follows(string what)
        {
            Reference.AssertClose(Unfolded(layer), layer.Forward(X), what, 1e-6);
            Reference.AssertClose(Unfolded(layer), layer.Forward(X), what + ", once more", 1e-6);
        }
        Follows("at first");
        foreach (var (path, parameter) in layer.Parameters())
        {
            parameter.Set(parameter.Value * 1.5 + 0.25);
            Follows(path);
        }
        foreach (var (path, buffer) in layer.Buffers())
        {
            buffer.Set(buffer.Value * 1.5 + 0.25);
            Follows(path);
        }
        var optimizer = new SGD(layer, 0.1);
        optimizer.Step(Gradients.Of(() => layer.Forward(X).Square().Mean()).Gradients);
        Follows("a training step");
    }

    [Fact]
    public void The_folded_weight_is_made_once()
    {
        var layer = Trained();
        layer.Forward(X);
        var before = GC.GetAllocatedBytesForCurrentThread();
        layer.Forward(X);
        var kept = GC.GetAllocatedBytesForCurrentThread() - before;
        layer.Norm.Weight.Set(layer.Norm.Weight.Value * 2);
        before = GC.GetAllocatedBytesForCurrentThread();
        layer.Forward(X);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before > kept);
    }

    [Fact]
    public void Gradients_in_use_go_through_the_running_statistics()
    {
        var layer = Trained();
        var parameters = layer.Parameters().Select(p => p.Parameter.Value).ToArray();
        Tensor Loss(Func<Tensor, Tensor> forward)
        {
            using (Mode.Evaluate()) return forward(X).Square().Sum();
        }
        var (_, whole) = Gradients.Of(() => Loss(layer.Forward), parameters);
        var (_, parts) = Gradients.Of(() => Loss(x => layer.Norm.Forward(layer.Convolution.Forward(x))), parameters);
        Assert.All(parameters, p => Assert.Equal(parts[p].ToArray<float>(), whole[p].ToArray<float>()));
    }

    [Fact]
    public void Members_are_the_convolution_s_weight_and_the_normalisation_s_four()
    {
        var layer = new ConvBatchNorm(4, 6, 3);
        Assert.Equal(["convolution.weight", "norm.weight", "norm.bias"], layer.Parameters().Select(p => p.Path));
        Assert.Equal(["norm.running_mean", "norm.running_var"], layer.Buffers().Select(b => b.Path));
    }
}
