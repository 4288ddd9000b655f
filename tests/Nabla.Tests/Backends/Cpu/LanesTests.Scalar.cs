using Nabla.Backends;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed unsafe class ScalarLaneTests
{
    [Fact]
    public void Double_erf_is_exact_to_1e_15()
    {
        // Abramowitz and Stegun, table 7.1, and Wolfram's digits
        (double X, double Y)[] known =
        [
            (0.1, 0.112462916018284892203), (0.46875, 0.492613473217937902), (0.5, 0.520499877813046537683), (1, 0.842700792949714869341),
            (2, 0.995322265018952734162), (3, 0.999977909503001414559), (-1, -0.842700792949714869341), (7, 1), (double.NegativeInfinity, -1),
        ];
        foreach (var (x, y) in known)
            Assert.Equal(y, DoubleMath.Erf(x), Math.Abs(y) * 5e-16);
        for (var x = 1e-3; x < 6; x += 1e-3)
            Assert.Equal(ErfOf.Exact(x), DoubleMath.Erf(x), (1e-15 + 1.2e-16 * x * x) * ErfOf.Exact(x));   // the series' own exp(−x²) rounds x²
        Assert.True(double.IsNaN(DoubleMath.Erf(double.NaN)));
    }

    [Fact]
    public void Double_log1p_is_exact_to_1e_15()
    {
        for (var x = 1e-18; x < 1e-3; x *= 1.01)
        {
            Assert.Equal(Log1pOf.Exact(x), DoubleMath.Log1p(x), 1e-15 * x);
            Assert.Equal(Log1pOf.Exact(-x), DoubleMath.Log1p(-x), 1e-15 * x);
        }
        Assert.Equal(Math.Log(3), DoubleMath.Log1p(2), 1e-15);
        Assert.Equal(double.NegativeInfinity, DoubleMath.Log1p(-1));
        Assert.Equal(double.PositiveInfinity, DoubleMath.Log1p(double.PositiveInfinity));
        Assert.True(double.IsNaN(DoubleMath.Log1p(-2)));
    }

    [Fact]
    public void Double_functions_are_those_of_Math()
    {
        double[] x = [-3, -0.5, 0, 0.25, 1, 700];
        Assert.Equal(x.Select(v => Math.Exp(v)), LaneRunner.Map<ExpOf>(x));
        Assert.Equal(x.Select(v => Math.Tanh(v)), LaneRunner.Map<TanhOf>(x));
        Assert.Equal(x.Select(v => Math.Sin(v)), LaneRunner.Map<SinOf>(x));
        Assert.Equal(x.Select(v => Math.Cos(v)), LaneRunner.Map<CosOf>(x));
        Assert.Equal(x.Select(v => Math.Log(v)), LaneRunner.Map<LogOf>(x));
    }

    [Fact]
    public void Integers_compute_exactly()
    {
        Assert.Equal(-4_611_686_018_427_387_903, Of<Int64Lane, long>(7, 4_611_686_018_427_387_910));
        Assert.Equal(-3, Of<Int32Lane, int>(7, 10));

        // |a − b| where a > b, else a − b
        static T Of<V, T>(T a, T b) where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var (x, y) = (V.Broadcast(a), V.Broadcast(b));
            return V.Sum(V.Select(V.LessThan(y, x), V.Abs(x - y), -V.Max(y - x, V.Zero)));
        }
    }

    [Fact]
    public void Exp_of_an_integer_says_what_to_do()
    {
        Assert.Equal("exp of int64: convert first, x.To(DType.Float32).", Assert.Throws<NotSupportedException>(Exp<Int64Lane>).Message);
        Assert.Equal("exp of int32: convert first, x.To(DType.Float32).", Assert.Throws<NotSupportedException>(Exp<Int32Lane>).Message);

        static void Exp<V>() where V : struct, ILane<V> => V.Exp(V.One);
    }
}
