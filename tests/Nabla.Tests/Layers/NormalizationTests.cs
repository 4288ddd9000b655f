using Nabla.Layers;

namespace Nabla.Tests.Layers;

public class NormalizationTests
{
    public static TheoryData<string> Cases => ["layer_norm", "group_norm", "batch_norm_train", "batch_norm_eval"];

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(string name)
    {
        var c = Reference.Case("ops", name);
        var x = c["x"];
        var epsilon = c.Number("epsilon");
        ILayer layer = name switch
        {
            "layer_norm" => new LayerNorm(c["weight"].Shape, epsilon),
            "group_norm" => new GroupNorm((int)c.Number("groups"), x.Shape[1], epsilon),
            _ => new BatchNorm(x.Shape[1], c.Number("momentum", 0.1), epsilon),
        };
        var parameters = layer.Parameters().ToDictionary(p => p.Path, p => p.Parameter);
        foreach (var (path, parameter) in parameters) parameter.Set(c[path]);
        foreach (var (path, buffer) in layer.Buffers().Where(b => c.Has(b.Path))) buffer.Set(c[path]);
        Tensor? y = null;
        Tensor[] sources = [x, .. parameters.Values.Select(p => p.Value)];
        var (_, gradients) = Gradients.Of(() =>
        {
            using (name == "batch_norm_eval" ? Mode.Evaluate() : Mode.Train()) return ((y = layer.Forward(x)) * c["upstream.out"]).Sum();
        }, sources);
        Reference.AssertClose(c["out"], y!, name, 1e-5);
        Reference.AssertClose(c["grad.x"], gradients[x], "gradient of x", 1e-5);
        foreach (var (path, parameter) in parameters) Reference.AssertClose(c[$"grad.{path}"], gradients[parameter], $"gradient of {path}", 1e-5);
    }

    [Fact]
    public void Running_statistics_follow_the_batches_as_in_PyTorch()
    {
        var c = Reference.Case("layers", "batch_norm_running");
        var layer = new BatchNorm(c["x0"].Shape[1], c.Number("momentum"));
        foreach (var input in c.Inputs) Gradients.Of(() => layer.Forward(c[input]).Sum());
        Reference.AssertClose(c["running_mean"], layer.RunningMean, "mean", 1e-6);
        Reference.AssertClose(c["running_var"], layer.RunningVar, "variance", 1e-6);
        layer.Forward(c["x0"]);
        Reference.AssertClose(c["running_mean"], layer.RunningMean, "mean after use", 1e-6);
        Assert.Equal(["running_mean", "running_var"], layer.Buffers().Select(b => b.Path));
        Assert.Equal(["weight", "bias"], layer.Parameters().Select(p => p.Path));
    }

    [Fact]
    public void Batch_norm_takes_vectors_sequences_and_pictures()
    {
        foreach (var shape in (Shape[])[[6, 3], [6, 3, 5], [6, 3, 4, 5]])
        {
            var x = Tensor.Normal(shape, mean: 3, deviation: 2, generator: new Generator(1));
            using (Mode.Train())
            {
                var (mean, variance) = new BatchNorm(3).Forward(x).ChannelStatistics();
                Reference.AssertClose(Tensor.Zeros([3]), mean, $"mean of {shape}", 1e-5);
                Reference.AssertClose(Tensor.Ones([3]), variance, $"variance of {shape}", 1e-4);
            }
        }
    }

    [Fact]
    public void A_batch_without_a_variance_is_refused_with_the_remedy()
    {
        var layer = new BatchNorm(3);
        using (Mode.Train())
            Assert.Contains("at least 2 are needed", Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Ones([1, 3]))).Message, StringComparison.Ordinal);
        Assert.Equal(Shape.Create(1, 3), layer.Forward(Tensor.Ones([1, 3])).Shape);
    }

    [Fact]
    public void Groups_have_to_divide_the_channels() => Assert.Throws<ArgumentException>(() => new GroupNorm(3, 8));
}
