using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed unsafe class LanePowTests
{
    public static TheoryData<int> Widths => LaneRunner.Widths;

    [Theory, MemberData(nameof(Widths))]
    public void Pow_is_exact_to_2e_7(int width)
    {
        var random = new Random(1);
        var (x, e) = (new float[200_000], new float[400_000]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i % 4 == 0 ? 0.7f + 0.8f * random.NextSingle() : BitConverter.Int32BitsToSingle(random.Next(0x7F800000));
            // exponents that spread the results over the whole range of floats
            e[i] = (float)((random.NextDouble() * 174 - 86.5) / Math.Log(x[i]));
        }
        var y = Pow(width, x, e);
        for (var i = 0; i < x.Length; i++)
        {
            var exact = Math.Pow(x[i], e[i]);
            Assert.True(Math.Abs(y[i] - exact) <= 2e-7 * Math.Max(exact, 1e-38) || y[i] == (float)exact, $"{x[i]:R} ^ {e[i]:R} = {y[i]:R}, exactly {exact:R}");
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void Pow_of_special_values_is_that_of_IEEE_754(int width)
    {
        float[] values =
        [
            0, -0f, 1, -1, 2, -2, 3, -3, 0.5f, -0.5f, 2.5f, -2.5f, 1e-40f, -1e-40f, 1e30f, -1e30f, 16777217, -16777219, 33554432,
            float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        ];
        float[] x = [.. values.SelectMany(v => Enumerable.Repeat(v, values.Length))], e = [.. values.SelectMany(_ => values)];
        var y = Pow(width, x, e);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = (float)Math.Pow(x[i], e[i]);
            Assert.True(y[i].Equals(expected) && float.IsNegative(y[i]) == float.IsNegative(expected) || float.IsNaN(y[i]) && float.IsNaN(expected)
                || float.IsNormal(expected) && Math.Abs(y[i] / expected - 1) < 2e-7, $"{x[i]:R} ^ {e[i]:R} = {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void Pow_gives_the_bits_of_the_scalar_lane(int width)
    {
        var random = new Random(2);
        float[] Some() => [.. Enumerable.Range(0, 200_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))];
        var (x, e) = (Some(), Some());
        for (var i = 0; i < e.Length; i += 2) e[i] = random.Next(-9, 9) / 2f;
        var (one, many) = (Pow(1, x, e), Pow(width, x, e));
        for (var i = 0; i < x.Length; i++)
            Assert.True(one[i].Equals(many[i]), $"{x[i]:R} ^ {e[i]:R}: {many[i]:R}, scalar {one[i]:R}");
    }

    static float[] Pow(int width, float[] x, float[] e) => width switch
    {
        16 => Pow<Float512>(x, e),
        8 => Pow<Float256>(x, e),
        4 => Pow<Float128>(x, e),
        _ => Pow<Float1>(x, e),
    };

    static float[] Pow<V>(float[] x, float[] e) where V : struct, ICpuLane<V, float>
    {
        var y = new float[x.Length + V.Count];
        fixed (float* a = x, b = e, c = y)
        {
            var i = 0;
            for (; i <= x.Length - V.Count; i += V.Count)
                V.Store(c + i, V.Pow(V.Load(a + i), V.Load(b + i)));
            if (i < x.Length)
                V.StorePart(c + i, V.Pow(V.LoadPart(a + i, x.Length - i), V.LoadPart(b + i, x.Length - i)), x.Length - i);
        }
        return y[..x.Length];
    }
}
