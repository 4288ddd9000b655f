using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed class LanesTests
{
    public static TheoryData<int> Widths => LaneRunner.Widths;

    const float Inf = float.PositiveInfinity;

    [Theory, MemberData(nameof(Widths))]
    public void Exp_is_exact_to_2e_7(int width) => IsClose<ExpOf>(width, LaneRunner.Sweep(1e-30f, 110));

    [Theory, MemberData(nameof(Widths))]
    public void Log_is_exact_to_2e_7(int width) => IsClose<LogOf>(width, [.. LaneRunner.Sweep(float.Epsilon, float.MaxValue), .. Near(1)]);

    [Theory, MemberData(nameof(Widths))]
    public void Log1p_is_exact_to_2e_7(int width) => IsClose<Log1pOf>(width, LaneRunner.Sweep(1e-30f, float.MaxValue));

    [Theory, MemberData(nameof(Widths))]
    public void Tanh_is_exact_to_2e_7(int width) => IsClose<TanhOf>(width, LaneRunner.Sweep(1e-30f, 12));

    [Theory, MemberData(nameof(Widths))]
    public void Erf_is_exact_to_3e_7_and_a_half(int width) => IsClose<ErfOf>(width, LaneRunner.Sweep(1e-30f, 6), 3.5e-7);

    [Theory, MemberData(nameof(Widths))]
    public void Erf_is_nowhere_more_than_1(int width) => Assert.InRange(LaneRunner.Map<ErfOf>(width, LaneRunner.Sweep(3, float.MaxValue)).Max(), 1, 1);

    [Theory, MemberData(nameof(Widths))]
    public void Sigmoid_is_exact_to_3e_7(int width) => IsClose<SigmoidOf>(width, LaneRunner.Sweep(1e-30f, 85), 3e-7);

    [Theory, MemberData(nameof(Widths))]
    public void Sin_is_within_1e_7(int width) => IsNear<SinOf>(width, [.. LaneRunner.Sweep(1e-10f, 1e5f), .. LaneRunner.Sweep(1e5f, 1e30f)]);

    [Theory, MemberData(nameof(Widths))]
    public void Cos_is_within_1e_7(int width) => IsNear<CosOf>(width, [.. LaneRunner.Sweep(1e-10f, 1e5f), .. LaneRunner.Sweep(1e5f, 1e30f)]);

    [Theory, MemberData(nameof(Widths))]
    public void The_normal_distribution_is_within_1e_7_and_its_density_within_5e_7(int width)
    {
        float[] x = [.. Enumerable.Range(-60_000, 120_001).Select(i => i * 1e-4f)];
        IsNear<NormalOf>(width, x);
        IsNear<NormalDensityOf>(width, x, 5e-7);
    }

    [Theory, MemberData(nameof(Widths))]
    public void A_number_times_its_normal_distribution_is_within_1e_7_of_its_size(int width)
    {
        var x = Enumerable.Range(-60_000, 120_001).Select(i => i * 1e-4f).ToArray();
        var y = LaneRunner.Map<TimesNormalOf>(width, x);
        for (var i = 0; i < x.Length; i++)
            Assert.True(Error(y[i], TimesNormalOf.Exact(x[i]), Math.Abs(x[i])) <= 1e-7, $"{x[i]:R} → {y[i]:R}, exactly {TimesNormalOf.Exact(x[i]):R}");
    }

    [Theory, MemberData(nameof(Widths))]
    public void Special_values_are_those_of_IEEE_754(int width)
    {
        Same<ExpOf>(width, (0, 1), (-0f, 1), (Inf, Inf), (-Inf, 0), (float.NaN, float.NaN), (1e30f, Inf), (-1e30f, 0), (float.MaxValue, Inf), (89, Inf), (-104, 0));
        Same<LogOf>(width, (0, -Inf), (-0f, -Inf), (1, 0), (Inf, Inf), (-Inf, float.NaN), (-1, float.NaN), (float.NaN, float.NaN));
        Same<Log1pOf>(width, (0, 0), (-0f, -0f), (-1, -Inf), (-2, float.NaN), (Inf, Inf), (-Inf, float.NaN), (float.NaN, float.NaN), (float.Epsilon, float.Epsilon));
        Same<TanhOf>(width, (0, 0), (-0f, -0f), (Inf, 1), (-Inf, -1), (float.NaN, float.NaN), (1e30f, 1), (-1e-40f, -1e-40f), (float.MaxValue, 1));
        Same<ErfOf>(width, (0, 0), (-0f, -0f), (Inf, 1), (-Inf, -1), (float.NaN, float.NaN), (-1e30f, -1));
        Same<NormalOf>(width, (0, 0.5f), (-0f, 0.5f), (Inf, 1), (-Inf, 0), (float.NaN, float.NaN), (1e30f, 1), (-1e30f, 0));
        Same<TimesNormalOf>(width, (0, 0), (-0f, 0), (Inf, Inf), (-Inf, float.NaN), (float.NaN, float.NaN), (1e30f, 1e30f), (-1e30f, 0), (6, 6), (-6, 0));
        Same<NormalDensityOf>(width, (Inf, 0), (-Inf, 0), (float.NaN, float.NaN), (1e30f, 0), (-1e30f, 0));
        Same<SinOf>(width, (0, 0), (-0f, -0f), (Inf, float.NaN), (-Inf, float.NaN), (float.NaN, float.NaN));
        Same<CosOf>(width, (0, 1), (-0f, 1), (Inf, float.NaN), (-Inf, float.NaN), (float.NaN, float.NaN));
    }

    [Theory, MemberData(nameof(Widths))]
    public void Every_width_gives_the_bits_of_the_scalar_lane(int width)
    {
        float[] x = [.. LaneRunner.Sweep(float.Epsilon, float.MaxValue), 0, -0f, Inf, -Inf, float.NaN];
        SameBits(LaneRunner.Map<ExpOf>(1, x), LaneRunner.Map<ExpOf>(width, x));
        SameBits(LaneRunner.Map<LogOf>(1, x), LaneRunner.Map<LogOf>(width, x));
        SameBits(LaneRunner.Map<Log1pOf>(1, x), LaneRunner.Map<Log1pOf>(width, x));
        SameBits(LaneRunner.Map<TanhOf>(1, x), LaneRunner.Map<TanhOf>(width, x));
        SameBits(LaneRunner.Map<ErfOf>(1, x), LaneRunner.Map<ErfOf>(width, x));
        SameBits(LaneRunner.Map<NormalOf>(1, x), LaneRunner.Map<NormalOf>(width, x));
        SameBits(LaneRunner.Map<TimesNormalOf>(1, x), LaneRunner.Map<TimesNormalOf>(width, x));
        SameBits(LaneRunner.Map<NormalDensityOf>(1, x), LaneRunner.Map<NormalDensityOf>(width, x));
        SameBits(LaneRunner.Map<SigmoidOf>(1, x), LaneRunner.Map<SigmoidOf>(width, x));
        SameBits(LaneRunner.Map<SinOf>(1, x), LaneRunner.Map<SinOf>(width, x));
        SameBits(LaneRunner.Map<CosOf>(1, x), LaneRunner.Map<CosOf>(width, x));
    }

    static float[] Near(float centre) => [.. Enumerable.Range(-100_000, 200_001).Select(i => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(centre) + i))];

    static void IsClose<F>(int width, float[] x, double tolerance = 2e-7) where F : IFunction
    {
        var y = LaneRunner.Map<F>(width, x);
        var (worst, at) = (0.0, 0);
        for (var i = 0; i < x.Length; i++)
        {
            var exact = F.Exact(x[i]);
            var error = Error(y[i], exact, Math.Max(Math.Abs(exact), 1e-38));
            if (error > worst) (worst, at) = (error, i);
        }
        Assert.True(worst <= tolerance, $"{typeof(F).Name}({x[at]:R}) = {y[at]:R}, exactly {F.Exact(x[at]):R}: relative error {worst:E2}");
        TestContext.Current.TestOutputHelper?.WriteLine($"worst relative error {worst:E2}");
    }

    static void IsNear<F>(int width, float[] x, double tolerance = 1e-7) where F : IFunction
    {
        var y = LaneRunner.Map<F>(width, x);
        for (var i = 0; i < x.Length; i++)
            Assert.True(Error(y[i], F.Exact(x[i]), 1) <= tolerance, $"{typeof(F).Name}({x[i]:R}) = {y[i]:R}, exactly {F.Exact(x[i]):R}");
    }

    /// <summary>Infinite unless both are NaN, equal after rounding, or close on the given scale.</summary>
    static double Error(float actual, double exact, double scale)
        => actual.Equals((float)exact) ? 0 : double.IsNaN(actual) || double.IsNaN(exact) ? double.PositiveInfinity
            : Math.Abs(Math.Clamp(actual, -3.5e38, 3.5e38) - exact) / scale;

    static void Same<F>(int width, params (float X, float Y)[] pairs) where F : IFunction
    {
        float[] x = [.. pairs.Select(p => p.X)];
        SameBits([.. pairs.Select(p => p.Y)], LaneRunner.Map<F>(width, x), x);
    }

    static void SameBits(float[] expected, float[] actual, float[]? x = null)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i]) || (float.IsNaN(expected[i]) && float.IsNaN(actual[i])),
                $"element {i}{(x is null ? "" : $" of {x[i]:R}")}: {actual[i]:R}, expected {expected[i]:R}");
    }
}
