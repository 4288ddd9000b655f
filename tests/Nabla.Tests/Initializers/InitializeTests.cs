using Nabla.Initializers;

namespace Nabla.Tests.Initializers;

public class InitializeTests
{
    static double[] Draw(Initializer initializer, Shape shape, ulong seed = 7) => initializer(shape, new Generator(seed)).To(DType.Float64).ToArray<double>();

    static (double Mean, double Deviation) Moments(double[] x)
    {
        var mean = x.Average();
        return (mean, Math.Sqrt(x.Average(v => (v - mean) * (v - mean))));
    }

    static readonly Shape Large = [400, 250];

    public static TheoryData<string, double> Uniforms => new()
    {
        { "Uniform", 1 / Math.Sqrt(250) },
        { "KaimingUniform", Math.Sqrt(2.0 * 3 / 250) },
        { "XavierUniform", Math.Sqrt(6.0 / 650) },
        { "Range", 0.3 },
    };

    [Theory, MemberData(nameof(Uniforms))]
    public void Uniform_ones_fill_their_bounds_evenly(string name, double bound)
    {
        var x = Draw(name switch
        {
            "Uniform" => Initialize.Uniform(fanIn: 250),
            "KaimingUniform" => Initialize.KaimingUniform(fanIn: 250),
            "XavierUniform" => Initialize.XavierUniform(fanIn: 250, fanOut: 400),
            _ => Initialize.Uniform(-0.3, 0.3),
        }, Large);
        var (mean, deviation) = Moments(x);
        Assert.All(x, v => Assert.InRange(v, -bound * 1.000001, bound));
        Assert.Equal(0, mean, 4 * bound / Math.Sqrt(3.0 * x.Length));
        Assert.Equal(bound / Math.Sqrt(3), deviation, 0.01 * bound);
        Assert.True(x.Max() > 0.999 * bound && x.Min() < -0.999 * bound);
    }

    public static TheoryData<string, double, double> Normals => new()
    {
        { "Normal", 3, 0.5 },
        { "KaimingNormal", 0, Math.Sqrt(2.0 / 250) },
        { "KaimingNormal of gain 1", 0, Math.Sqrt(1.0 / 250) },
        { "XavierNormal", 0, Math.Sqrt(2.0 / 650) },
    };

    [Theory, MemberData(nameof(Normals))]
    public void Normal_ones_have_their_mean_and_deviation(string name, double expectedMean, double expectedDeviation)
    {
        var x = Draw(name switch
        {
            "Normal" => Initialize.Normal(3, 0.5),
            "KaimingNormal" => Initialize.KaimingNormal(fanIn: 250),
            "XavierNormal" => Initialize.XavierNormal(fanIn: 250, fanOut: 400),
            _ => Initialize.KaimingNormal(fanIn: 250, gain: 1),
        }, Large);
        var (mean, deviation) = Moments(x);
        Assert.Equal(expectedMean, mean, 4 * expectedDeviation / Math.Sqrt(x.Length));
        Assert.Equal(expectedDeviation, deviation, 0.01 * expectedDeviation);
        Assert.Equal(0.6827, x.Count(v => Math.Abs(v - expectedMean) < expectedDeviation) / (double)x.Length, 0.006);
    }

    [Fact]
    public void Truncated_normal_keeps_its_bounds_and_the_moments_of_theory()
    {
        // Mean 0 and variance 1 − 2 · 2 · φ(2) / (Φ(2) − Φ(−2)) of a standard normal cut at ±2.
        var x = Draw(Initialize.TruncatedNormal(0, 0.02), Large);
        Assert.All(x, v => Assert.InRange(v, -0.0400001, 0.0400001));
        var (mean, deviation) = Moments(x);
        Assert.Equal(0, mean, 0.02 * 4 / Math.Sqrt(x.Length));
        Assert.Equal(0.02 * Math.Sqrt(1 - (4 * 0.05399096651 / 0.95449973610)), deviation, 0.0002);
        Assert.Equal(0.6826894921 / 0.95449973610, x.Count(v => Math.Abs(v) < 0.02) / (double)x.Length, 0.006);
    }

    [Fact]
    public void Truncated_normal_of_one_side_has_the_mean_of_theory()
    {
        var x = Draw(Initialize.TruncatedNormal(1, 2, low: 1, high: 100), Large);
        Assert.All(x, v => Assert.InRange(v, 1, 100));
        Assert.Equal(1 + (2 * Math.Sqrt(2 / Math.PI)), x.Average(), 0.02);
    }

    [Theory, InlineData(40, 20), InlineData(20, 40), InlineData(30, 30), InlineData(1, 5)]
    public void Orthogonal_rows_or_columns_are_at_right_angles(int rows, int columns)
    {
        var w = Initialize.Orthogonal(gain: 2)([rows, columns], new Generator(3)).To(DType.Float64);
        var product = rows <= columns ? w.MatMul(w.Transpose()) : w.Transpose().MatMul(w);
        Reference.AssertClose(Tensor.Eye(Math.Min(rows, columns), dtype: DType.Float64) * 4, product, "wᵀw", 1e-6);
    }

    [Fact]
    public void Orthogonal_matrices_of_many_seeds_have_no_favourite_sign()
    {
        var first = Enumerable.Range(0, 400).Select(seed => Draw(Initialize.Orthogonal(), [3, 3], (ulong)seed)[0]).ToArray();
        Assert.Equal(0, first.Average(), 4 / Math.Sqrt(3 * 400));
    }

    [Fact]
    public void Orthogonal_takes_the_axes_after_the_first_as_one() =>
        Assert.Equal(Shape.Create(4, 2, 3), Initialize.Orthogonal()([4, 2, 3], new Generator(1)).Shape);

    [Fact]
    public void Constants_are_constant()
    {
        Assert.All(Draw(Initialize.Zeros, [3]), v => Assert.Equal(0, v));
        Assert.All(Draw(Initialize.Ones, [3]), v => Assert.Equal(1, v));
        Assert.All(Draw(Initialize.Constant(0.5), [3]), v => Assert.Equal(0.5, v));
    }

    [Fact]
    public void The_same_generator_gives_the_same_bits()
    {
        foreach (var initializer in (Initializer[])[Initialize.KaimingUniform(9), Initialize.TruncatedNormal(), Initialize.Orthogonal()])
        {
            Assert.Equal(Draw(initializer, [30, 9]), Draw(initializer, [30, 9]));
            Assert.NotEqual(Draw(initializer, [30, 9]), Draw(initializer, [30, 9], seed: 8));
        }
    }

    [Fact]
    public void Impossible_demands_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Initialize.Uniform(fanIn: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initialize.XavierNormal(3, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Initialize.TruncatedNormal(0, 0));
        Assert.Throws<ArgumentException>(() => Initialize.TruncatedNormal(0, 1, 2, 1));
        Assert.Throws<ArgumentException>(() => Initialize.Orthogonal()([5], new Generator(1)));
    }
}
