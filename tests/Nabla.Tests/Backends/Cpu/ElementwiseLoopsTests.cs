using CsCheck;
using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Tests.Backends.Cpu;

public sealed class ElementwiseLoopsTests
{
    static readonly Gen<DType> Numbers = Views.Types(DType.Float32, DType.Float64, DType.Int64, DType.Int32);

    static readonly Gen<(Tensor A, Tensor B)> Pairs = Views.Shapes.SelectMany(shape => Numbers.SelectMany(dtype =>
        Views.Narrower(shape).SelectMany(a => Views.Of(a, dtype)).Select(Views.Narrower(shape).SelectMany(b => Views.Of(b, dtype)))));

    [Fact]
    public void Views_broadcast_as_index_by_index() => Pairs.Sample((a, b) =>
    {
        Views.Check(a + b, i => Views.At(a, i) + Views.At(b, i));
        Views.Check(a * b, i => Views.At(a, i) * Views.At(b, i));
        Views.Check(Tensor.Maximum(a, b), i => Math.Max(Views.At(a, i), Views.At(b, i)));
    }, iter: 300);

    [Fact]
    public void Comparisons_of_views_are_those_of_their_elements() => Pairs.Sample((a, b) =>
    {
        Views.Check(a < b, i => Views.At(a, i) < Views.At(b, i) ? 1 : 0);
        Views.Check(a.EqualTo(b), i => Views.At(a, i) == Views.At(b, i) ? 1 : 0);
    }, iter: 200);

    [Fact]
    public void Where_chooses_by_index() => Views.Shapes.SelectMany(shape => Views.Types(DType.Float32, DType.Float64, DType.Int32, DType.Bool).SelectMany(dtype =>
        Gen.Select(Views.Narrower(shape).SelectMany(c => Views.Of(c, DType.Bool)), Views.Narrower(shape).SelectMany(a => Views.Of(a, dtype)),
            Views.Narrower(shape).SelectMany(b => Views.Of(b, dtype))))).Sample((c, a, b) =>
            Views.Check(Tensor.Where(c, a, b), i => Views.At(c, i) != 0 ? Views.At(a, i) : Views.At(b, i)), iter: 200);

    [Fact]
    public void A_function_of_a_view_has_the_bits_of_the_scalar_lane() => Views.Shapes.SelectMany(s => Views.Of(s)).Sample(x =>
    {
        Views.Check(x.Exp(), i => Float1.Sum(Of<Float1>(Views.At(x, i))));

        static V Of<V>(double x) where V : struct, ICpuLane<V, float> => V.Exp(V.Constant(x));
    }, iter: 100);

    [Fact]
    public void The_fused_gradient_of_views_is_slope_times_upstream() => Views.Shapes.SelectMany(shape =>
        Gen.Select(Views.Of(shape), Views.Narrower(shape).SelectMany(s => Views.Of(s)).Select(dy => dy.Expand(Shape.Create(shape))))).Sample((x, dy) =>
        {
            var (y, dx) = (x.Square(), Tensor.Empty(x.Shape, DType.Float32));
            new Elementwise<Square>(default).RunGradient([x], y, dy, [dx]);
            Views.Check(dx, i => 2 * Views.At(x, i) * Views.At(dy, i));
        }, iter: 200);

    [Theory, InlineData(1), InlineData(3)]
    public void Large_tensors_are_split_without_a_seam(int threads)
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = threads;
            var (a, row) = (Tensor.Arange(0, 150_000).Reshape(150, 1000), Tensor.Arange(0, 1000));
            Views.Check(a + row, i => (i[0] * 1000) + i[1] + i[1]);
            Views.Check(a.Transpose() + a.Transpose(), i => 2 * ((i[1] * 1000) + i[0]));
            Views.Check(a < 75_000, i => i[0] < 75 ? 1 : 0);
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void Arithmetic_on_Bool_says_what_to_do() => Assert.Contains("convert first",
        Assert.Throws<NotSupportedException>(() => Tensor.From(true, false) + Tensor.From(true, true)).Message);
}
