using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;
using Nabla.Ops;

namespace Nabla.Tests.Ops;

/// <summary>The fused kernels over rows against the composed ops in float64, which are their oracle.</summary>
public sealed class FusedRowTests
{
    static readonly Random Random = new(11);

    static Tensor Logits(Shape shape, double scale = 5) =>
        Tensor.From<float>([.. Enumerable.Range(0, (int)shape.Length).Select(_ => (float)((Random.NextDouble() * 2 - 1) * scale))], shape);

    static void Near(Tensor expected, Tensor actual, double tolerance = 2e-6)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (e, a) = (expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
            Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i])) || e[i].Equals(a[i]), $"{expected.Shape} element {i}: {a[i]}, not {e[i]}");
    }

    /// <summary>Output and gradients of an op on float32 against its composition and its written gradient on float64.</summary>
    static void Check(Op op, Tensor[] inputs, double tolerance = 2e-6)
    {
        Tensor[] doubles = [.. inputs.Select(x => x.DType.IsFloat ? x.To(DType.Float64) : x)];
        var expected = op.Compose(doubles);
        Near(expected, op.Apply(inputs), tolerance);
        Near(expected, op.Apply(doubles), 1e-12);

        var dy = Logits(expected.Shape, 1);
        var wanted = inputs.Select(x => x.DType.IsFloat).ToArray();
        var gradients = op.Gradient(new Backward(doubles, expected, dy.To(DType.Float64), wanted))!;
        Tensor[] sources = [.. inputs.Where(x => x.DType.IsFloat)];
        var (_, fused) = Gradients.Of(() => (op.Apply(inputs) * dy).Sum(), sources);
        for (var i = 0; i < inputs.Length; i++)
            if (wanted[i]) Near(gradients[i]!, fused[inputs[i]], tolerance * 4);
    }

    public static TheoryData<int> Widths => [.. Enumerable.Range(1, 34), 47, 48, 63, 64, 65, 127, 1000, 30_522];

    [Theory, MemberData(nameof(Widths))]
    public void Softmax_and_its_logarithm_match_their_composition(int width)
    {
        var x = Logits([3, width]);
        Check(new Softmax(1), [x]);
        Check(new LogSoftmax(1), [x]);
    }

    [Fact]
    public void Views_and_other_axes_match_too()
    {
        foreach (var x in (Tensor[])[Logits([4, 6, 20]).Transpose(0, 2), Logits([5, 40])[.., 3..30], Logits([1, 33]).Expand([4, 33]), Logits([7])])
        {
            for (var axis = 0; axis < x.Rank; axis++)
            {
                Check(new Softmax(axis), [x]);
                Check(new LogSoftmax(axis), [x]);
            }
        }
    }

    [Fact]
    public void Huge_logits_stay_finite_and_minus_infinity_has_no_share()
    {
        var x = Tensor.From<float>([3e38f, 3e38f, -3e38f, float.NegativeInfinity], [1, 4]);
        Assert.Equal([0.5f, 0.5f, 0, 0], x.Softmax().ToArray<float>());
        Assert.Equal(float.NegativeInfinity, x.LogSoftmax().ToArray<float>()[3]);
        Assert.All(Tensor.From<float>([1, float.NaN, 2], [1, 3]).Softmax().ToArray<float>(), v => Assert.True(float.IsNaN(v)));
    }

    [Theory]
    [InlineData(2, 0.0, null)]
    [InlineData(10, 0.0, null)]
    [InlineData(16, 0.1, null)]
    [InlineData(33, 0.1, 1L)]
    [InlineData(33, 0.0, -100L)]
    [InlineData(8000, 0.1, null)]
    public void Cross_entropy_matches_its_composition(int classes, double smoothing, long? ignored)
    {
        var labels = Enumerable.Range(0, 12).Select(i => i == 5 && ignored is { } skip ? skip : Random.Next(classes)).ToArray();
        Check(new CrossEntropy(smoothing, ignored), [Logits([12, classes]), Tensor.From<long>(labels, [12])], 4e-6);
        Check(new CrossEntropy(smoothing, ignored), [Logits([classes, 3, 4]).Permute(1, 2, 0), Tensor.From<long>(labels, [3, 4])], 4e-6);
    }

    [Fact]
    public void The_linear_map_matches_its_composition()
    {
        Check(new Linear(), [Logits([5, 7], 1), Logits([4, 7], 1), Logits([4], 1)], 4e-6);
        Check(new Linear(), [Logits([2, 3, 7], 1), Logits([70, 7], 1)], 4e-6);
        Check(new Linear(), [Logits([7], 1), Logits([70, 7], 1), Logits([70], 1)], 4e-6);
        Check(new Linear(), [Logits([3, 2, 9], 1).Transpose(0, 1), Logits([9, 40], 1).Transpose(), Logits([80], 1).Reshape(40, 2)[.., 1]], 4e-6);
        Check(new Linear(), [Logits([300, 33], 1), Logits([65, 33], 1), Logits([65], 1)], 2e-5);
    }

    [Fact]
    public void Layer_norm_matches_its_composition()
    {
        foreach (var width in (int[])[1, 7, 16, 33, 100, 768])
        {
            // A mean far from 0, which a variance from the sum of squares would not survive.
            var (x, weight, bias) = (Logits([37, width]) + 100, Logits([width], 1), Logits([width], 1));
            Check(new LayerNorm(1, 1e-5), [x, weight, bias], 1e-4);
            Check(new LayerNorm(1, 1e-5), [x, weight], 1e-4);
            Check(new LayerNorm(1, 1e-5), [x], 1e-4);
        }
        Check(new LayerNorm(2, 1e-5), [Logits([4, 5, 3]).Transpose(0, 2), Logits([5, 4], 1), Logits([4, 5], 1).Transpose()], 1e-5);
        Check(new LayerNorm(1, 1e-5), [Logits([3000, 20]), Logits([20], 1), Logits([20], 1)], 1e-5);
    }

    [Fact]
    public void Group_norm_and_batch_norm_match_their_composition()
    {
        foreach (var shape in (Shape[])[[3, 6, 5], [2, 12, 4, 7], [5, 6, 1, 64], [1, 6, 100], [4, 6]])
        {
            var (x, weight, bias) = (Logits(shape) + 10, Logits([shape[1]], 1), Logits([shape[1]], 1));
            foreach (var op in (Op[])[new GroupNorm(1, 1e-5), new GroupNorm(3, 1e-5), new GroupNorm(shape[1], 1e-1), new BatchNorm(1e-5)])
            {
                var tolerance = shape.Rank == 2 ? 1e-2 : 5e-5;
                Check(op, [x, weight, bias], tolerance);
                Check(op, [x, weight], tolerance);
                Check(op, [x], tolerance);
            }
        }
        Check(new BatchNorm(1e-5), [Logits([4, 8, 3]).Transpose(1, 2), Logits([3], 1), Logits([3], 1)], 1e-5);
    }

    [Fact]
    public void Batch_norm_of_columns_and_of_long_stretches_matches_its_composition()
    {
        foreach (var shape in (Shape[])[[37, 50], [2, 1], [300, 16], [3, 2, 4096], [2, 3, 4097], [2, 2, 3, 3000]])
        {
            Check(new BatchNorm(1e-3), [Logits(shape), Logits([shape[1]], 1), Logits([shape[1]], 1)], 1e-5);
            Check(new BatchNorm(1e-3), [Logits(shape)], 1e-5);
        }
    }

    [Fact]
    public void The_variance_of_numbers_far_from_zero_keeps_its_digits()
    {
        foreach (var shape in (Shape[])[[64, 5], [16, 5, 9, 9], [2, 5, 10_000]])
        {
            var (op, x) = (new BatchNorm(1e-5), Logits(shape, 1) + 1000);
            op.Apply(x);
            var (mean, variance) = op.StatisticsOf(x)!.Value;
            var (exactMean, exactVariance) = x.To(DType.Float64).ChannelStatistics();
            Near(exactMean, mean, 1e-6);
            Near(exactVariance, variance, 1e-4);
            Assert.Null(op.StatisticsOf(x + 0));
        }
    }

    [Fact]
    public void Ops_are_alike_whatever_they_have_measured()
    {
        var (used, fresh) = (new BatchNorm(1e-5), new BatchNorm(1e-5));
        used.Apply(Logits([4, 3]));
        Assert.Equal(fresh, used);
        Assert.Equal(fresh.GetHashCode(), used.GetHashCode());
        Assert.NotEqual(fresh, new BatchNorm(1e-6));
    }

    [Fact]
    public void Column_sums_are_right_for_any_shape()
    {
        foreach (var (rows, width) in ((int, int)[])[(1, 1), (3, 17), (300, 64), (129, 100), (1000, 5), (0, 9), (7, 1000)])
        {
            var x = Logits([rows, width], 1);
            var y = Tensor.Empty([width], DType.Float32);
            RowLoops.ColumnSums(x, y);
            Near(x.To(DType.Float64).Sum(0), y, 1e-5);
        }
    }

    /// <summary>Every width of lanes, not only the one that the processor gets.</summary>
    [Fact]
    public void Every_lane_gives_the_softmax()
    {
        Lane<Float128>();
        if (Simd.Has256) Lane<Float256>();
        if (Simd.Has512) Lane<Float512>();
    }

    static unsafe void Lane<V>() where V : struct, ICpuLane<V, float>
    {
        for (var width = 1; width < 40; width++)
        {
            var x = Logits([4, width]);
            var (y, dx) = (Tensor.Empty(x.Shape, DType.Float32), Tensor.Empty(x.Shape, DType.Float32));
            new SoftmaxRows<V, float>(x.Pointer<float>(), y.Pointer<float>(), width).Run(0, 4);
            new SoftmaxGradientRows<V, float>(y.Pointer<float>(), x.Pointer<float>(), dx.Pointer<float>(), width).Run(0, 4);
            var x64 = x.To(DType.Float64);
            var y64 = new Softmax(1).Compose(x64);
            Near(y64, y);
            Near(y64 * (x64 - (y64 * x64).Sum(1, keepDims: true)), dx, 1e-5);
        }
    }
}
