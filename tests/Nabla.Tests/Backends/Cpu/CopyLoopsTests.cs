using CsCheck;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed class CopyLoopsTests
{
    static readonly Gen<DType> Types = Views.Types(DType.Float32, DType.Float64, DType.Int64, DType.Int32, DType.Bool);

    [Fact]
    public void A_copy_of_a_view_has_its_elements_in_order() => Views.Shapes.SelectMany(shape => Types.SelectMany(dtype => Views.Of(shape, dtype))).Sample(x =>
    {
        var copy = x.Clone();
        Assert.True(copy.IsContiguous);
        Views.Check(copy, i => Views.At(x, i));
    }, iter: 400);

    [Fact]
    public void A_broadcast_copy_repeats_its_elements() => Views.Shapes.SelectMany(shape =>
        Views.Narrower(shape).SelectMany(s => Views.Of(s)).Select(x => x.Expand(Shape.Create(shape)))).Sample(x =>
            Views.Check(x.Clone(), i => Views.At(x, i)), iter: 300);

    [Fact]
    public void Matrices_are_transposed_by_tiles_with_their_edges() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[1, 3], Types).Sample((rows, columns, batch, dtype) =>
        {
            var x = (Tensor.Arange(0, batch * rows * columns) - 5).To(dtype).Reshape(batch, rows, columns);
            Views.Check(x.Transpose().Clone(), i => Views.At(x, [i[0], i[2], i[1]]));
            Views.Check(x.Permute(2, 0, 1).Clone(), i => Views.At(x, [i[1], i[2], i[0]]));
            Views.Check(x.Flip(1).Transpose().Clone(), i => Views.At(x, [i[0], rows - 1 - i[2], i[1]]));
        }, iter: 200);

    [Fact]
    public void The_gradient_of_a_slice_puts_it_back_between_zeros() => Views.Shapes.Where(s => s.Length > 0).SelectMany(s => Views.Of(s)).Sample(dy =>
    {
        var shape = dy.Shape.With(0, (dy.Shape[0] * 2) + 1);
        Views.Check(new Nabla.Ops.SlicePut(shape, 0, 1, 2).Apply(dy), i => i[0] % 2 == 1 ? Views.At(dy, [i[0] / 2, .. i[1..]]) : 0);
    }, iter: 200);

    [Fact]
    public void A_cast_of_a_view_converts_each_element() => Views.Shapes.SelectMany(shape => Types.SelectMany(from =>
        Views.Of(shape, from).Select(Types))).Sample((x, to) => Views.Check(x.To(to), i => to switch
        {
            DType.Float32 or DType.Float64 => Views.At(x, i),
            DType.Bool => Views.At(x, i) != 0 ? 1 : 0,
            _ => Math.Truncate(Views.At(x, i)),
        }), iter: 400);

    [Fact]
    public void Casts_beyond_the_range_give_the_nearest_and_NaN_gives_0()
    {
        double[] values = [.. Enumerable.Repeat(new[] { 1e300, -1e300, double.NaN, double.PositiveInfinity, 3e9 }, 5).SelectMany(v => v)];
        int[] ints = [int.MaxValue, int.MinValue, 0, int.MaxValue, int.MaxValue];
        long[] longs = [long.MaxValue, long.MinValue, 0, long.MaxValue, 3_000_000_000];
        var x = Tensor.From(values);
        Assert.Equal(Enumerable.Repeat(ints, 5).SelectMany(v => v), x.To(DType.Int32).ToArray<int>());
        Assert.Equal(Enumerable.Repeat(longs, 5).SelectMany(v => v), x.To(DType.Int64).ToArray<long>());
        Assert.Equal(Enumerable.Repeat(longs, 5).SelectMany(v => v), x.To(DType.Float32).To(DType.Int64).ToArray<long>());
    }

    [Theory, InlineData(1), InlineData(3)]
    public void A_large_transpose_is_split_without_a_seam(int threads)
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = threads;
            var x = Tensor.Arange(0, 400 * 700).Reshape(400, 700);
            Views.Check(x.Transpose().Clone(), i => (i[1] * 700) + i[0]);
            Views.Check(x[.., 3..].Clone(), i => (i[0] * 700) + i[1] + 3);
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }
}
