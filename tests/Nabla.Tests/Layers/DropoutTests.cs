using Nabla.Backends.Cpu;
using Nabla.Layers;

namespace Nabla.Tests.Layers;

public class DropoutTests
{
    [Theory, InlineData(0.1), InlineData(0.5), InlineData(0.9)]
    public void The_share_that_is_dropped_is_the_probability_and_the_mean_stays(double probability)
    {
        var y = Tensor.Ones([1000, 101]).Dropout(probability, new Generator(1)).ToArray<float>();
        var deviation = Math.Sqrt(probability * (1 - probability) / y.Length);
        Assert.Equal(probability, y.Count(v => v == 0) / (double)y.Length, 4 * deviation);
        Assert.Equal(1, y.Average(), 4 * deviation / (1 - probability));
        Assert.All(y.Where(v => v != 0), v => Assert.Equal((float)(1 / (1 - probability)), v));
    }

    [Fact]
    public void Each_element_has_its_own_number_of_the_generator()
    {
        var generator = new Generator(99, position: 5);
        var y = Tensor.Ones([1003]).Dropout(0.3, generator).ToArray<float>();
        for (var i = 0; i < y.Length; i++)
        {
            var (a, b, c, d) = Generator.Block(99, (ulong)(8 + (i / 32 * 8) + (i % 8)));
            var word = (i % 32 / 8) switch { 0 => a, 1 => b, 2 => c, _ => d };
            Assert.Equal(word < 0.3 * 4294967296.0, y[i] == 0);
        }
        // What comes next has numbers that were not used.
        Assert.True(generator.Position >= 8 + (1003 / 4));
    }

    [Fact]
    public void The_same_generator_gives_the_same_bits_with_any_number_of_threads()
    {
        var before = ThreadTeam.Threads;
        var x = Tensor.Normal([70_001], generator: new Generator(1));
        var results = new[] { 1, 2, 3 }.Select(threads =>
        {
            ThreadTeam.Threads = threads;
            return x.Dropout(0.4, new Generator(2)).ToArray<float>();
        }).ToArray();
        ThreadTeam.Threads = before;
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Fact]
    public void The_gradient_passes_where_the_value_did()
    {
        var x = Tensor.Normal([5, 40], generator: new Generator(1)).Transpose();
        Tensor? y = null;
        var (_, gradients) = Gradients.Of(() => (y = x.Dropout(0.5, new Generator(3))).Sum(), x);
        Assert.Equal(y!.ToArray<float>(), (x * gradients[x]).ToArray<float>());
        Assert.Contains(0f, gradients[x].ToArray<float>());
    }

    [Fact]
    public void Second_derivatives_drop_the_same()
    {
        var x = Tensor.Normal([50], generator: new Generator(1)).To(DType.Float64);
        var mask = Tensor.Ones([50], DType.Float64).Dropout(0.5, new Generator(3));
        var (_, second) = Gradients.Of(() => Gradients.Of(() => x.Dropout(0.5, new Generator(3)).Pow(3).Sum(), x).Gradients[x].Sum(), x);
        Assert.Equal((x * mask.Pow(3) * 6).ToArray<double>(), second[x].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Float64_drops_the_same_elements_as_float32()
    {
        var x = Tensor.Ones([100]);
        Assert.Equal(x.Dropout(0.3, new Generator(5)).EqualTo(0).ToArray<bool>(), x.To(DType.Float64).Dropout(0.3, new Generator(5)).EqualTo(0).ToArray<bool>());
    }

    [Fact]
    public void The_layer_drops_in_training_alone()
    {
        var layer = new Dropout(0.5, new Generator(1));
        var x = Tensor.Ones([64]);
        Assert.Same(x, layer.Forward(x));
        using (Mode.Train()) Assert.Contains(0f, layer.Forward(x).ToArray<float>());
        var (_, gradients) = Gradients.Of(() => layer.Forward(x).Sum(), x);
        Assert.Contains(0f, gradients[x].ToArray<float>());
        (_, gradients) = Gradients.Of(() =>
        {
            using (Mode.Evaluate()) return layer.Forward(x).Sum();
        }, x);
        Assert.DoesNotContain(0f, gradients[x].ToArray<float>());
        using (Mode.Train()) Assert.NotEqual(layer.Forward(x).ToArray<float>(), layer.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Nothing_or_everything_may_be_dropped()
    {
        var x = Tensor.Normal([100], generator: new Generator(1));
        Assert.Equal(x.ToArray<float>(), x.Dropout(0).ToArray<float>());
        Assert.All(x.Dropout(1).ToArray<float>(), v => Assert.Equal(0, v));
        Assert.Equal(Shape.Create(0, 3), Tensor.Zeros([0, 3]).Dropout(0.5).Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Dropout(double.NaN));
    }
}
