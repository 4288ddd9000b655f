using CsCheck;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Lanes of one double, and of a register of them: where this process has no such registers, they are slow but right.</summary>
public sealed unsafe class DoubleLanesTests
{
    const double Inf = double.PositiveInfinity, NaN = double.NaN, Denormal = 5e-324;

    public static TheoryData<bool> Lanes => [false, true];

    static double[] Map<F>(bool vector, params double[] x) where F : IFunction => vector ? LaneRunner.Map<F, DoubleVector>(x) : LaneRunner.Map<F, Double1>(x);

    [Theory, MemberData(nameof(Lanes))]
    public void Exp_is_within_two_units_of_the_last_place(bool vector) => IsWithin<ExpOf>(2, vector, [.. Sweep(1e-300, 1), .. Sweep(1, 745)]);

    [Theory, MemberData(nameof(Lanes))]
    public void Log_is_within_two_units_of_the_last_place(bool vector) => IsWithin<LogOf>(2, vector, [.. Sweep(Denormal, double.MaxValue), .. Sweep(0.5, 2), .. Sweep(0.999, 1.001)]);

    [Theory, MemberData(nameof(Lanes))]
    public void Tanh_is_within_three_units_of_the_last_place(bool vector) => IsWithin<TanhOf>(3, vector, [.. Sweep(1e-300, 1e-3), .. Sweep(1e-3, 25)]);

    [Theory, MemberData(nameof(Lanes))]
    public void Sin_cos_and_pow_are_those_of_Math(bool vector)
    {
        double[] x = [-3, -0.5, 0, 0.25, 1, 700, 1e300];
        Assert.Equal(x.Select(Math.Sin), Map<SinOf>(vector, x));
        Assert.Equal(x.Select(Math.Cos), Map<CosOf>(vector, x));
        Assert.Equal(x.Select(v => Math.Pow(v, 2.5)), Map<PowOf>(vector, x));
    }

    [Theory, MemberData(nameof(Lanes))]
    public void Erf_is_exact_to_1e_15(bool vector)
    {
        // Abramowitz and Stegun, table 7.1, and Wolfram's digits
        (double X, double Y)[] known =
        [
            (0.1, 0.112462916018284892203), (0.46875, 0.492613473217937902), (0.5, 0.520499877813046537683), (1, 0.842700792949714869341),
            (2, 0.995322265018952734162), (3, 0.999977909503001414559), (-1, -0.842700792949714869341), (7, 1), (-Inf, -1),
        ];
        foreach (var ((x, exact), y) in known.Zip(Map<ErfOf>(vector, [.. known.Select(one => one.X)]))) Assert.Equal(exact, y, Math.Abs(exact) * 5e-16);
        double[] points = [.. Enumerable.Range(1, 5999).Select(i => i * 1e-3)];
        foreach (var (x, y) in points.Zip(Map<ErfOf>(vector, points))) Assert.Equal(ErfOf.Exact(x), y, (1e-15 + 1.2e-16 * x * x) * ErfOf.Exact(x));   // the series' own exp(−x²) rounds x²
    }

    [Theory, MemberData(nameof(Lanes))]
    public void Log1p_is_exact_to_1e_15(bool vector)
    {
        double[] points = [.. Enumerable.Range(0, 3400).Select(i => 1e-18 * Math.Pow(1.01, i)).SelectMany(x => new[] { x, -x })];
        foreach (var (x, y) in points.Zip(Map<Log1pOf>(vector, points))) Assert.Equal(Log1pOf.Exact(x), y, 1e-15 * Math.Abs(x));
        Assert.Equal(Math.Log(3), Map<Log1pOf>(vector, 2)[0], 1e-15);
    }

    [Theory, MemberData(nameof(Lanes))]
    public void Special_values_are_those_of_IEEE_754(bool vector)
    {
        Same<ExpOf>(vector, (0, 1), (-0.0, 1), (Inf, Inf), (-Inf, 0), (NaN, NaN), (1e300, Inf), (-1e300, 0), (710, Inf), (-746, 0), (-744.8, Denormal));
        Same<LogOf>(vector, (0, -Inf), (-0.0, -Inf), (1, 0), (Inf, Inf), (-Inf, NaN), (-1, NaN), (NaN, NaN));
        Same<Log1pOf>(vector, (0, 0), (-0.0, -0.0), (-1, -Inf), (-2, NaN), (Inf, Inf), (-Inf, NaN), (NaN, NaN), (Denormal, Denormal));
        Same<TanhOf>(vector, (0, 0), (-0.0, -0.0), (Inf, 1), (-Inf, -1), (NaN, NaN), (1e300, 1), (-1e-310, -1e-310));
        Same<ErfOf>(vector, (0, 0), (-0.0, -0.0), (Inf, 1), (-Inf, -1), (NaN, NaN), (-1e300, -1));
    }

    [Fact]
    public void A_register_loads_stores_masks_and_folds_as_single_elements_do()
    {
        var count = DoubleVector.Count;
        Gen.Double[-1, 1].Array[count].Select(Gen.Int[1, count]).Sample((values, part) =>
        {
            var (back, bytes) = (Enumerable.Repeat(-7.0, count + 2).ToArray(), Enumerable.Repeat((byte)9, count + 2).ToArray());
            fixed (double* x = values, y = back)
            fixed (byte* b = bytes)
            {
                var loaded = part < count ? DoubleVector.LoadPart(x, part) : DoubleVector.Load(x);
                DoubleVector.StorePart(y + 1, loaded, part);
                DoubleVector.StoreMask(b + 1, DoubleVector.LessThan(DoubleVector.Zero, loaded), part);
                Assert.Equal(values.Take(part).Count(value => value > 0), DoubleVector.Sum(DoubleVector.Select(DoubleVector.LoadMask(b + 1, part), DoubleVector.One, DoubleVector.Zero)));
                Assert.Equal(part, DoubleVector.Sum(DoubleVector.Select(DoubleVector.First(part), DoubleVector.One, DoubleVector.Zero)));
                Assert.Equal(values.Take(part).Sum(), DoubleVector.Sum(loaded), 1e-15);
                Assert.Equal((values.Max(), values.Min()), (DoubleVector.Largest(DoubleVector.Load(x)), DoubleVector.Smallest(DoubleVector.Load(x))));
            }
            Assert.Equal([-7, .. values.Take(part), .. Enumerable.Repeat(-7.0, count + 1 - part)], back);
            Assert.Equal([9, .. values.Take(part).Select(value => (byte)(value > 0 ? 1 : 0)), .. Enumerable.Repeat((byte)9, count + 1 - part)], bytes);
        }, iter: 300);
    }

    [Fact]
    public void Max_and_min_give_NaN_if_either_is_NaN()
    {
        var (nan, one) = (DoubleVector.Constant(NaN), DoubleVector.One);
        Assert.All([DoubleVector.Max(nan, one), DoubleVector.Max(one, nan), DoubleVector.Min(nan, one), DoubleVector.Min(one, nan)], v => Assert.True(double.IsNaN(DoubleVector.Sum(v))));
        Assert.True(double.IsNaN(DoubleVector.Largest(nan)));
    }

    static void IsWithin<F>(long units, bool vector, double[] x) where F : IFunction
    {
        foreach (var (at, y) in x.Zip(Map<F>(vector, x)))
        {
            var exact = F.Exact(at);
            var apart = double.IsNaN(exact) ? (double.IsNaN(y) ? 0 : long.MaxValue) : Math.Abs(BitConverter.DoubleToInt64Bits(exact) - BitConverter.DoubleToInt64Bits(y));
            if (apart > units) Assert.Fail($"{at:R} → {y:R}, exactly {exact:R}: {apart} units");
        }
    }

    static void Same<F>(bool vector, params (double X, double Y)[] known) where F : IFunction
    {
        foreach (var ((x, exact), y) in known.Zip(Map<F>(vector, [.. known.Select(one => one.X)])))
            Assert.True(double.IsNaN(exact) ? double.IsNaN(y) : BitConverter.DoubleToInt64Bits(exact) == BitConverter.DoubleToInt64Bits(y), $"{typeof(F).Name}({x:R}) = {y:R}, not {exact:R}");
    }

    /// <summary>Both signs of numbers evenly spread over the bit patterns between the limits.</summary>
    static double[] Sweep(double smallest, double largest)
    {
        var (first, last) = (BitConverter.DoubleToInt64Bits(smallest), BitConverter.DoubleToInt64Bits(largest));
        var step = (last - first) / 50_000;
        return [.. Enumerable.Range(0, 50_000).Select(i => BitConverter.Int64BitsToDouble(first + (i * step))).SelectMany(x => new[] { x, -x })];
    }

    readonly struct PowOf : IFunction
    {
        public static V Of<V>(V x) where V : struct, Nabla.Backends.ILane<V> => V.Pow(x, V.Constant(2.5));
        public static double Exact(double x) => Math.Pow(x, 2.5);
    }
}
