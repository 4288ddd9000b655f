using Nabla.Layers;

namespace Nabla.Tests.Layers;

public class ConvolutionLayerTests
{
    public static TheoryData<string> Cases => [.. Reference.Cases("ops").Where(c => c.Op is "conv1d" or "conv2d" or "conv_transpose2d" or "max_pool2d" or "avg_pool2d" or "adaptive_avg_pool2d").Select(c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(string name)
    {
        var c = Reference.Case("ops", name);
        var (x, layer) = (c["x"], Layer(c));
        var parameters = layer.Parameters().ToDictionary(p => p.Path, p => p.Parameter);
        foreach (var (path, parameter) in parameters) parameter.Set(c[path]);
        var (y, gradients) = Gradients.Pullback(() => layer.Forward(x), c["upstream.out"], [x, .. parameters.Values.Select(p => p.Value)]);
        Reference.AssertClose(c["out"], y, name);
        Reference.AssertClose(c["grad.x"], gradients[x], "gradient of x");
        foreach (var (path, parameter) in parameters) Reference.AssertClose(c[$"grad.{path}"], gradients[parameter], $"gradient of {path}");
    }

    static ILayer Layer(ReferenceCase c)
    {
        int Whole(string attribute, int otherwise = 0) => (int)c.Number(attribute, otherwise);
        var (stride, padding, kernel) = (Whole("stride", 1), Whole("padding"), Whole("kernel"));
        Shape w = c.Has("weight") ? c["weight"].Shape : [0, 0, 0, 0];
        return c.Op switch
        {
            "conv1d" => new Conv1d(c["x"].Shape[1], w[0], w[2], stride, padding),
            "conv2d" => new Conv2d(c["x"].Shape[1], w[0], (w[2], w[3]), stride, padding, Whole("dilation", 1), Whole("groups", 1)),
            "conv_transpose2d" => new ConvTranspose2d(w[0], w[1], (w[2], w[3]), stride, padding, Whole("output_padding")),
            "max_pool2d" => new MaxPool2d(kernel, stride, padding),
            "avg_pool2d" => new AveragePool2d(kernel, stride, padding, c.Flag("count_include_pad")),
            _ => new AdaptiveAveragePool2d((c["out"].Shape[2], c["out"].Shape[3])),
        };
    }

    /// <summary>kaiming_uniform with a = √5, which PyTorch's convolutions call, is the even distribution over ±1/√fan-in.</summary>
    [Fact]
    public void First_values_spread_evenly_over_one_by_the_root_of_the_fan_in()
    {
        foreach (var (layer, fanIn) in new (ILayer, int)[] { (new Conv1d(64, 96, 5), 320), (new Conv2d(32, 64, (3, 5)), 480), (new Conv2d(512, 512, 3, groups: 512), 9), (new ConvTranspose2d(8, 64, 4), 1024) })
        {
            var bound = 1 / Math.Sqrt(fanIn);
            foreach (var (path, parameter) in layer.Initialize(1).Parameters())
            {
                var values = parameter.Value.ToArray<float>();
                Assert.All(values, value => Assert.InRange(value, -bound, bound));
                Assert.True(values.Max() > 0.85 * bound && values.Min() < -0.85 * bound, path);
                if (path == "weight") Assert.Equal(bound / Math.Sqrt(3), Math.Sqrt(values.Average(value => value * value)), 0.03 * bound);
            }
        }
    }

    [Fact]
    public void Parameters_have_the_names_and_shapes_of_PyTorch()
    {
        static string Described(ILayer layer) => string.Join(", ", layer.Parameters().Select(p => $"{p.Path} {p.Parameter.Shape}"));
        Assert.Equal("weight [8, 2, 3], bias [8]", Described(new Conv1d(4, 8, 3, groups: 2)));
        Assert.Equal("weight [8, 1, 3, 5], bias [8]", Described(new Conv2d(8, 8, (3, 5), groups: 8)));
        Assert.Equal("weight [8, 2, 3, 3], bias [4]", Described(new ConvTranspose2d(8, 4, 3, groups: 2)));
        Assert.Equal("weight [6, 3, 1, 1]", Described(new Conv2d(3, 6, 1, bias: false)));
        Assert.Empty(new MaxPool2d(2).Parameters());
    }

    [Fact]
    public void A_transposed_convolution_with_twice_the_stride_as_kernel_doubles_the_image() =>
        Assert.Equal(Shape.Create(2, 5, 14, 12), new ConvTranspose2d(3, 5, kernel: 4, stride: 2, padding: 1).Forward(Tensor.Ones([2, 3, 7, 6])).Shape);

    [Fact]
    public void What_does_not_fit_is_refused_with_the_remedy()
    {
        static string Refused(Func<object> action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Equal("Conv2d: 8 and 3 channels do not both divide into 2 groups. Choose a number of groups that divides both.", Refused(() => new Conv2d(3, 8, 3, groups: 2)));
        Assert.Contains("do not both divide into 0 groups", Refused(() => new Conv1d(3, 8, 3, groups: 0)), StringComparison.Ordinal);
        Assert.Contains("kernel [0, 3]: each must be at least 1", Refused(() => new ConvTranspose2d(3, 8, (0, 3))), StringComparison.Ordinal);
        Assert.Contains("Conv2d: x [2, 4, 5, 5] has 4 channels, weight [8, 3, 3, 3] takes 3", Refused(() => new Conv2d(3, 8, 3).Forward(Tensor.Ones([2, 4, 5, 5]))), StringComparison.Ordinal);
        Assert.Contains("more than x [2, 3, 2, 2] has", Refused(() => new Conv2d(3, 8, 3).Forward(Tensor.Ones([2, 3, 2, 2]))), StringComparison.Ordinal);
    }
}
