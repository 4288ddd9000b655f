using CsCheck;
using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Tests.Backends.Cpu;

public sealed class ReductionLoopsTests
{
    static readonly Gen<(Tensor X, int[] Axes)> Floats = Cases(Views.Types(DType.Float32, DType.Float64));
    static readonly Gen<(Tensor X, int[] Axes)> Numbers = Cases(Views.Types(DType.Float32, DType.Float64, DType.Int64, DType.Int32));

    static Gen<(Tensor, int[])> Cases(Gen<DType> types) => Views.Shapes.SelectMany(shape => types.SelectMany(dtype => Views.Of(shape, dtype))
        .Select(Gen.Bool.Array[shape.Length].Select(chosen => Enumerable.Range(0, shape.Length).Where(i => chosen[i]).ToArray())));

    [Fact]
    public void Sums_of_views_are_those_of_their_elements() => Numbers.Sample((x, axes) =>
        Views.Check(x.Sum(axes, keepDims: true), i => Elements(x, axes, i).Sum(), 1e-6), iter: 500);

    [Fact]
    public void Extremes_of_views_are_those_of_their_elements() => Numbers.Sample((x, axes) =>
    {
        Views.Check(x.Max(axes, keepDims: true), i => Elements(x, axes, i).Max());
        Views.Check(x.Min(axes, keepDims: true), i => Elements(x, axes, i).Min());
    }, iter: 400);

    [Fact]
    public void Variances_of_views_are_those_of_their_elements() => Floats.Sample((x, axes) =>
        Views.Check(x.Var(axes, correction: 0, keepDims: true), i =>
        {
            var elements = Elements(x, axes, i);
            var mean = elements.Average();
            return elements.Average(e => (e - mean) * (e - mean));
        }, 1e-6), iter: 300);

    [Fact]
    public void LogSumExp_of_views_is_that_of_their_elements() => Floats.Where(c => c.X.Rank > 0).Sample((x, axes) =>
    {
        var axis = axes.FirstOrDefault(x.Rank - 1);
        Views.Check(x.LogSumExp(axis, keepDims: true), i => Math.Log(Elements(x, [axis], i).Sum(Math.Exp)), 1e-6);
    }, iter: 300);

    [Fact]
    public void Kept_axes_are_in_the_order_of_the_view() => Views.Of([3, 4, 33]).Sample(x =>
        Views.Check(x.Permute(2, 0, 1).Sum(1), i => Elements(x, [0], [0, i[1], i[0]]).Sum(), 1e-6), iter: 50);

    [Fact]
    public void A_stretched_axis_counts_as_often_as_it_is_long() =>
        Views.Check(Tensor.From(1f, 2, 3).Expand([40, 3]).Sum(0), i => 40 * (i[0] + 1));

    [Theory, InlineData(DType.Float32, 1), InlineData(DType.Float32, 300), InlineData(DType.Float64, 3)]
    public void NaN_wins_over_every_extreme(DType dtype, int width)
    {
        var x = Tensor.Uniform([90, width], generator: new Generator(1)).To(dtype);
        var spoilt = Tensor.Where(Tensor.Arange(0, 90).EqualTo(70).Unsqueeze(-1), Tensor.Scalar(double.NaN, dtype), x);
        Views.Check(spoilt.Max(0), _ => double.NaN);
        Views.Check(spoilt.Min(), _ => double.NaN);
        Views.Check(spoilt.Max(1), i => i[0] == 70 ? double.NaN : Elements(x, [1], [i[0], 0]).Max());
    }

    [Fact]
    public void Infinite_rows_have_infinite_LogSumExp()
    {
        var x = Tensor.From(new[,] { { double.NegativeInfinity, double.NegativeInfinity }, { double.PositiveInfinity, 1 }, { 1000, 1000 } });
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity, 1000 + Math.Log(2)], x.LogSumExp(1).ToArray<double>());
        Assert.Equal([float.NegativeInfinity, float.PositiveInfinity, 1000 + (float)Math.Log(2)], x.To(DType.Float32).LogSumExp(1).ToArray<float>());
    }

    [Fact]
    public void A_sum_of_nothing_is_0_and_a_mean_of_nothing_is_NaN()
    {
        Assert.Equal([0f, 0], Tensor.Zeros([2, 0]).Sum(1).ToArray<float>());
        Assert.True(double.IsNaN(Tensor.Zeros([0]).Mean().Item()));
        Assert.True(double.IsNaN(Tensor.From(3f).Var(0).Item()));
    }

    [Fact]
    public void Sums_of_ten_million_floats_are_exact_to_1e_6()
    {
        var x = Tensor.Uniform([10_000_000], 0, 1, new Generator(3));
        var exact = 0.0;
        foreach (var value in x.AsSpan<float>()) exact += value;
        Assert.Equal(exact, x.Sum().Item(), exact * 1e-7);
        Assert.Equal(exact, x.Reshape(10, 1_000_000).Transpose().Sum().Item(), exact * 1e-7);
        Assert.Equal(exact, x.Reshape(1_000_000, 10).Sum(0).Sum().Item(), exact * 2e-7);
        Assert.Equal(exact, x.Reshape(100, 100_000).Sum(1).Sum().Item(), exact * 2e-7);
        GC.KeepAlive(x);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var x = Tensor.Normal([64, 90, 70], generator: new Generator(5));
        Func<Tensor>[] reductions = [() => x.Sum(), () => x.Sum(0), () => x.Sum(2), () => x.Sum([0, 2]), () => x.Sum([1, 2]), () => x.Var([0, 1]), () => x.LogSumExp(0), () => x.Max(0)];
        var before = ThreadTeam.Threads;
        try
        {
            foreach (var reduction in reductions)
            {
                ThreadTeam.Threads = 1;
                var one = reduction().ToArray<float>();
                ThreadTeam.Threads = 3;
                Assert.Equal(one, reduction().ToArray<float>());
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    /// <summary>The elements of x that are folded into the result's index (folded axes at length 1).</summary>
    static List<double> Elements(Tensor x, int[] axes, int[] index)
    {
        var elements = new List<double>();
        int[] folded = [.. x.Shape.Select((d, i) => axes.Contains(i) ? d : 1)];
        foreach (var offset in Views.Indices(Shape.Create(folded))) elements.Add(Views.At(x, [.. index.Select((at, i) => at + offset[i])]));
        return elements;
    }
}
