namespace Nabla.Tests.Ops;

public class ImageTests
{
    static Tensor Image(params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(5));

    /// <summary>The sum of the definition, index by index.</summary>
    [Theory]
    [InlineData(1, 0, 1, 1), InlineData(2, 1, 1, 1), InlineData(1, 2, 2, 1), InlineData(1, 1, 1, 2), InlineData(3, 2, 2, 4)]
    public void Convolution_is_its_definition(int stride, int padding, int dilation, int groups)
    {
        var (x, weight, bias) = (Image(2, 4, 7, 6), Image(8, 4 / groups, 3, 2), Image(8));
        var y = x.Conv2d(weight, bias, stride, padding, dilation, groups);
        Assert.Equal([2, 8, ((7 + (2 * padding) - (2 * dilation) - 1) / stride) + 1, ((6 + (2 * padding) - dilation - 1) / stride) + 1], y.Shape);
        var expected = new List<float>();
        foreach (var i in Naive.Indices(y.Shape.ToArray()))
        {
            var sum = (double)bias[i[1]].Item();
            foreach (var k in Naive.Indices([4 / groups, 3, 2]))
            {
                var (row, column, channel) = ((i[2] * stride) - padding + (k[1] * dilation), (i[3] * stride) - padding + (k[2] * dilation), (i[1] / (8 / groups) * (4 / groups)) + k[0]);
                if (row is >= 0 and < 7 && column is >= 0 and < 6) sum += x[i[0], channel, row, column].Item() * weight[i[1], k[0], k[1], k[2]].Item();
            }
            expected.Add((float)sum);
        }
        Reference.AssertClose(Tensor.From(expected.ToArray(), y.Shape), y, "conv2d", 1e-6);
    }

    /// <summary>⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ for all x and y.</summary>
    [Theory]
    [InlineData(1, 0, 1, 1, 0), InlineData(2, 1, 1, 2, 1), InlineData(3, 2, 2, 1, 2)]
    public void Transposed_convolution_is_the_adjoint(int stride, int padding, int dilation, int groups, int rest)
    {
        var (small, weight) = (Image(2, 4, 4, 4), Image(4, 6 / groups, 3, 3));
        var large = small.ConvTranspose2d(weight, null, stride, padding, rest, dilation, groups);
        var other = Tensor.Normal(large.Shape, generator: new Generator(6));
        Assert.Equal((large * other).Sum().Item(), (small * other.Conv2d(weight, null, stride, padding, dilation, groups)).Sum().Item(), 1e-3);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        var (x, w) = (Image(1, 3, 5, 5), Image(2, 3, 3, 3));
        Assert.Contains("3 ≠ 4", Refused(() => x.Conv2d(Image(2, 4, 3, 3))), StringComparison.Ordinal);
        Assert.Contains("[1, 3, 5, 5]", Refused(() => x.Conv2d(Image(2, 3, 7, 7))), StringComparison.Ordinal);
        Assert.Contains("bias [3]", Refused(() => x.Conv2d(w, Image(3))), StringComparison.Ordinal);
        Assert.Contains("stride: 0", Refused(() => x.Conv2d(w, stride: 0)), StringComparison.Ordinal);
        Assert.Contains("padding: -1", Refused(() => x.Conv2d(w, padding: (-1, 0))), StringComparison.Ordinal);
        Assert.Contains("4 axes", Refused(() => x[0].Conv2d(w)), StringComparison.Ordinal);
        Assert.Contains("groups", Refused(() => x.Conv2d(w, groups: 2)), StringComparison.Ordinal);
        Assert.Contains("channels 3 ≠ 2", Refused(() => x.ConvTranspose2d(Image(2, 3, 3, 3))), StringComparison.Ordinal);
        Assert.Contains("less than the stride", Refused(() => x.ConvTranspose2d(Image(3, 2, 3, 3), outputPadding: 1)), StringComparison.Ordinal);
        Assert.Contains("leaves nothing", Refused(() => x.ConvTranspose2d(Image(3, 2, 1, 1), padding: 3)), StringComparison.Ordinal);
        Assert.Contains("4 axes", Refused(() => x[0].ConvTranspose2d(w)), StringComparison.Ordinal);
        Assert.Contains("bias [3]", Refused(() => x.ConvTranspose2d(Image(3, 2, 1, 1), Image(3))), StringComparison.Ordinal);
        Assert.Contains("half of the kernel", Refused(() => x.MaxPool2d(2, padding: 2)), StringComparison.Ordinal);
        Assert.Contains("larger than x", Refused(() => x.AvgPool2d(6)), StringComparison.Ordinal);
        Assert.Contains("[.., height, width]", Refused(() => Image(3).MaxPool2d(1)), StringComparison.Ordinal);
        Assert.Contains("kernel: 0", Refused(() => x.MaxPool2d(0)), StringComparison.Ordinal);
        Assert.Contains("output: 0", Refused(() => x.AdaptiveAvgPool2d((0, 1))), StringComparison.Ordinal);
        Assert.Contains("with elements", Refused(() => Tensor.Zeros([2, 0]).AdaptiveAvgPool2d(1)), StringComparison.Ordinal);
    }

    [Theory, InlineData(DType.Float32), InlineData(DType.Float64)]
    public void The_first_of_equal_maxima_has_the_gradient_and_padding_never_wins(DType dtype)
    {
        var x = Tensor.From(new[,] { { -1.0, -1, -3 }, { -1, -1, -3 }, { -5, -4, -4 } }).To(dtype).Unsqueeze(0);
        var (y, gradients) = Gradients.Pullback(() => x.MaxPool2d(2, stride: 1, padding: 1), Tensor.Ones([1, 4, 4], dtype), x);
        Assert.Equal([-1.0, -1, -1, -3, -1, -1, -1, -3, -1, -1, -1, -3, -5, -4, -4, -4], y.To(DType.Float64).ToArray<double>());
        Assert.Equal([4.0, 2, 2, 2, 1, 1, 1, 2, 1], gradients[x].To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void Fused_pool_gradients_agree_with_the_composition_on_ties_and_views()
    {
        var x = (Image(9, 8, 2, 3) * 2).Floor().Permute(3, 2, 0, 1);
        Tensor Pooled(Tensor t) => t.MaxPool2d((3, 2), stride: 2, padding: (0, 1));
        var wide = x.To(DType.Float64);
        var (_, fused) = Gradients.Pullback(() => Pooled(x), Tensor.Ones(Pooled(x).Shape), x);
        var (_, composed) = Gradients.Pullback(() => Pooled(wide), Tensor.Ones(Pooled(x).Shape, DType.Float64), wide);
        Assert.Equal(composed[wide].To(DType.Float32).ToArray<float>(), fused[x].ToArray<float>());
    }

    /// <summary>The pool that halves has a kernel of its own: of any width, with what an odd number leaves over, many ties and a NaN.</summary>
    [Fact]
    public void Halving_pools_agree_with_the_composition_at_every_width()
    {
        for (var width = 2; width <= 70; width++)
        {
            var x = (Image(3, 5, width) * 2).Floor();
            var wide = x.To(DType.Float64);
            var upstream = Image(3, 2, width / 2);
            var (y, fused) = Gradients.Pullback(() => x.MaxPool2d(2), upstream, x);
            var (expected, composed) = Gradients.Pullback(() => wide.MaxPool2d(2), upstream.To(DType.Float64), wide);
            Assert.Equal(expected.To(DType.Float32).ToArray<float>(), y.ToArray<float>());
            Assert.Equal(composed[wide].To(DType.Float32).ToArray<float>(), fused[x].ToArray<float>());
        }
    }

    [Theory, InlineData(2, 2, 0), InlineData(3, 2, 1)]
    public void A_NaN_wins_and_the_first_of_several_has_the_gradient(int kernel, int stride, int padding)
    {
        var x = Tensor.From(new[,] { { 1, 2, float.NaN, 7 }, { 3, 4, 9, float.NaN }, { 5, 6, 1, 2 }, { 7, 8, 3, 4 } });
        var (y, gradients) = Gradients.Pullback(() => x.MaxPool2d(kernel, stride, padding), Tensor.Ones([2, 2]), x);
        Assert.Equal(kernel == 2 ? [4, float.NaN, 8, 4] : [4, float.NaN, 8, float.NaN], y.ToArray<float>());
        Assert.Equal(1, gradients[x][0, 2].Item());
        Assert.Equal(4, gradients[x].Sum().Item());
    }

    [Fact]
    public void Adaptive_pool_takes_the_parts_that_PyTorch_takes()
    {
        // Parts of 5 in 3: ⌊0⌋…⌈5/3⌉, ⌊5/3⌋…⌈10/3⌉, ⌊10/3⌋…5, that is 0–2, 1–4, 3–5.
        Assert.Equal([0.5f, 2, 3.5f], Tensor.Arange(5).Reshape(1, 5).AdaptiveAvgPool2d((1, 3)).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Integers_pool_too() => Assert.Equal([5L, 7, 13, 15], Tensor.Arange(16, DType.Int64).Reshape(4, 4).MaxPool2d(2).ToArray<long>());
}
