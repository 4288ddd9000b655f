using Nabla.Optimizers;

namespace Nabla.Tests.Autograd;

/// <summary>Clipped gradients are multiplied where they are read.</summary>
public sealed class ClippingTests
{
    static Parameter Of(Shape shape, ulong seed) => new(shape, (s, _) => Tensor.Normal(s, generator: new Generator(seed)));

    static Gradients Make(params Parameter[] parameters) =>
        Gradients.Of(() => parameters.Aggregate(Tensor.Scalar(0), (sum, p) => sum + p.Value.Pow(3).Sum())).Gradients;

    [Fact]
    public void An_optimizer_takes_the_same_step_whether_or_not_clipped_gradients_were_read_before()
    {
        Func<Parameter[], Optimizer>[] kinds =
            [p => new AdamW([new(p)], 0.1), p => new SGD([new(p)], 0.1) { Momentum = 0.9 }, p => new RMSprop([new(p)], 0.1)];
        foreach (var make in kinds)
        {
            Parameter[] one = [Of([33, 5], 1), Of([7], 2)], two = [Of([33, 5], 1), Of([7], 2)];
            make(one).Step(Make(one).ClipNorm(0.5));
            var read = Make(two).ClipNorm(0.5);
            Assert.Equal(0.5, read.Norm(), 1e-5);
            make(two).Step(read);
            for (var i = 0; i < one.Length; i++) Assert.Equal(two[i].Value.ToArray<float>(), one[i].Value.ToArray<float>());
        }
    }

    [Fact]
    public void Clipped_gradients_are_the_gradients_times_what_their_norm_asks_for()
    {
        Parameter[] parameters = [Of([33, 5], 1), Of([7], 2)];
        var gradients = Make(parameters);
        var clipped = gradients.ClipNorm(0.5, out var norm);
        Assert.Equal(Math.Sqrt(gradients.Sum(pair => pair.Value.To(DType.Float64).Square().Sum().Item())), norm, 1e-4);
        Assert.Equal(gradients.Norm(), norm);
        var scale = (float)(0.5 / (norm + 1e-6));
        foreach (var parameter in parameters)
            Assert.Equal(gradients[parameter].ToArray<float>().Select(g => g * scale), clipped[parameter].ToArray<float>());
        Assert.Equal(2, clipped.Count);
        Assert.Same(gradients, gradients.ClipNorm(norm * 2));
    }

    [Fact]
    public void Clipped_gradients_can_be_clipped_added_and_scaled_again()
    {
        Parameter[] parameters = [Of([33, 5], 1)];
        var gradients = Make(parameters);
        var twice = (gradients.ClipNorm(1) * 3).ClipNorm(0.25);
        Assert.Equal(0.25, twice.Norm(), 1e-6);
        Assert.Equal(1.25, (gradients.ClipNorm(1) + twice).Norm(), 1e-5);
        Assert.True(gradients.ClipNorm(1).ClipValue(0.01).All(pair => pair.Value.Abs().Max().Item() <= 0.01f));
    }

    [Fact]
    public void A_norm_that_is_no_number_reaches_the_parameters()
    {
        var parameter = Of([5], 1);
        var (_, gradients) = Gradients.Of(() => (parameter.Value * double.NaN).Sum());
        new SGD([parameter], 0.1).Step(gradients.ClipNorm(1));
        Assert.All(parameter.Value.ToArray<float>(), value => Assert.True(float.IsNaN(value)));
    }
}
