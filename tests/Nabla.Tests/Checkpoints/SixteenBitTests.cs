using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

/// <summary>
/// Against System.Half and, for brain floats, against their definition: the upper half of a Float32, rounded to nearest with ties to even.
/// </summary>
public sealed class SixteenBitTests
{
    static readonly ushort[] AllBits = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];

    static float Half(int bits) => (float)BitConverter.UInt16BitsToHalf((ushort)bits);

    static float Brain(int bits) => BitConverter.Int32BitsToSingle(bits << 16);

    static unsafe float[] Widened(StoredType type, ushort[] bits)
    {
        var result = Tensor.Zeros([bits.Length]);
        fixed (ushort* from = bits) type.Decode((byte*)from, result);
        return result.ToArray<float>();
    }

    static unsafe (ushort[] Bits, bool Fits) Rounded(StoredType type, Tensor x)
    {
        var bits = new ushort[x.Length];
        fixed (ushort* to = bits) return (bits, type.Encode(x, 0, x.Length, (byte*)to));
    }

    static ushort Rounded(StoredType type, float x) => Rounded(type, Tensor.From(x)).Bits[0];

    [Fact]
    public void Every_half_widens_to_the_number_it_is() =>
        Assert.Equal(AllBits.Select(bits => Half(bits)), Widened(StoredType.Float16, AllBits));

    [Fact]
    public void Every_brain_float_widens_to_the_number_it_is() =>
        Assert.Equal(
            AllBits.Select(bits => BitConverter.SingleToInt32Bits(Brain(bits))),
            Widened(StoredType.BFloat16, AllBits).Select(BitConverter.SingleToInt32Bits));

    [Theory]
    [InlineData("F16"), InlineData("BF16")]
    public void Widening_and_rounding_gives_all_16_bit_patterns_back(string name)
    {
        var type = StoredType.Named(name)!;
        var (bits, fits) = Rounded(type, Tensor.From(Widened(type, AllBits), [AllBits.Length]));
        Assert.True(fits);
        Assert.Equal(AllBits, bits);
        (bits, fits) = Rounded(type, Tensor.From(Widened(type, AllBits), [AllBits.Length]).To(DType.Float64));
        Assert.True(fits);
        // Converting a NaN to double and back may set its quiet bit.
        Assert.Equal(AllBits.Where(IsNumber), bits.Where(IsNumber));
        Assert.All(AllBits.Zip(bits), pair => Assert.Equal(IsNumber(pair.First), IsNumber(pair.Second)));

        bool IsNumber(ushort x) => !float.IsNaN(name == "F16" ? Half(x) : Brain(x));
    }

    /// <summary>The halfway points between neighbours and the floats on both sides of them, for each pair of neighbours.</summary>
    [Fact]
    public void Halves_are_rounded_as_the_platform_rounds_them()
    {
        var halfways = Enumerable.Range(0, 0x7BFF).Select(bits => (float)(((double)Half(bits) + Half(bits + 1)) / 2));
        float[] x = [.. halfways.SelectMany(Around), .. Random()];
        x = [.. x.Where(value => Math.Abs(value) < 65520)];
        var (bits, fits) = Rounded(StoredType.Float16, Tensor.From(x, [x.Length]));
        Assert.True(fits);
        Assert.Equal(x.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), bits);
    }

    [Fact]
    public void Brain_floats_are_rounded_to_the_nearest_and_at_ties_to_the_even_one()
    {
        var halfways = Enumerable.Range(0, 0x7F7F).Select(bits => BitConverter.Int32BitsToSingle((bits << 16) + 0x8000));
        float[] x = [.. halfways.SelectMany(Around), .. Random()];
        x = [.. x.Where(value => Math.Abs((double)value) < 3.3961775292304e38)];
        var (bits, fits) = Rounded(StoredType.BFloat16, Tensor.From(x, [x.Length]));
        Assert.True(fits);
        Assert.Equal(x.Select(NearestBrain), bits);
    }

    /// <summary>By distances in double, where they are exact.</summary>
    static ushort NearestBrain(float x)
    {
        var below = BitConverter.SingleToInt32Bits(x) >>> 16;
        var (down, up) = (Math.Abs((double)x - Brain(below)), Math.Abs((double)Brain(below + 1) - x));
        return (ushort)(down < up || (down == up && below % 2 == 0) ? below : below + 1);
    }

    static IEnumerable<float> Around(float x) =>
        new[] { x, MathF.BitIncrement(x), MathF.BitDecrement(x) }.SelectMany(value => new[] { value, -value });

    static IEnumerable<float> Random()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
            if (BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)) is var x && float.IsFinite(x)) yield return x;
    }

    [Fact]
    public void Doubles_are_rounded_once()
    {
        // Halfway between 1 and the next half, and 2⁻⁴⁰ more: a Float32 in between is the tie.
        var tie = 1 + Math.Pow(2, -11);
        var little = Math.Pow(2, -40);
        double[] x = [tie, tie + little, tie - little, -tie - little, 1e-300, -1e-300, 1.5, double.PositiveInfinity, 65519.999999999];
        var (bits, fits) = Rounded(StoredType.Float16, Tensor.From(x, [x.Length]));
        Assert.True(fits);
        Assert.Equal(x.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), bits);
        var odd = 1 + Math.Pow(2, -8);
        Assert.Equal<ushort>([0x3F80, 0x3F81, 0x3F80], Rounded(StoredType.BFloat16, Tensor.From(odd, odd + little, odd - little)).Bits);
    }

    [Theory]
    [InlineData("F16", 65519.996f, true), InlineData("F16", 65520f, false), InlineData("F16", -65520f, false)]
    [InlineData("F16", float.MaxValue, false)]
    [InlineData("F16", float.PositiveInfinity, true), InlineData("F16", float.NegativeInfinity, true), InlineData("F16", float.NaN, true)]
    [InlineData("BF16", 3.3961773e38f, true), InlineData("BF16", 3.3961775e38f, false), InlineData("BF16", float.MinValue, false)]
    [InlineData("BF16", float.PositiveInfinity, true), InlineData("BF16", float.NaN, true)]
    public void Finite_numbers_that_would_become_infinite_do_not_fit(string name, float x, bool expected)
    {
        foreach (var length in new[] { 1, 15, 100 })
        {
            for (var at = 0; at < length; at++)
            {
                var values = new float[length];
                values[at] = x;
                Assert.Equal(expected, Rounded(StoredType.Named(name)!, Tensor.From(values, [length])).Fits);
                Assert.Equal(expected, Rounded(StoredType.Named(name)!, Tensor.From(values, [length]).To(DType.Float64)).Fits);
            }
        }
    }

    [Fact]
    public void NaNs_stay_NaNs_whatever_their_payload()
    {
        for (var payload = 1; payload < 1 << 23; payload += 4097)
        {
            foreach (var sign in new[] { 0, int.MinValue })
            {
                var x = BitConverter.Int32BitsToSingle(0x7F800000 | payload | sign);
                Assert.True(float.IsNaN(Half(Rounded(StoredType.Float16, x))), $"F16 of payload {payload:x}");
                Assert.True(float.IsNaN(Brain(Rounded(StoredType.BFloat16, x))), $"BF16 of payload {payload:x}");
            }
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_length_of_the_tensor()
    {
        var x = Tensor.Normal([70], generator: new Generator(3));
        foreach (var type in new[] { StoredType.Float16, StoredType.BFloat16 })
        {
            var whole = Rounded(type, x).Bits;
            for (var length = 0; length <= 70; length++)
            {
                Assert.Equal(whole[..length], Rounded(type, x[..length]).Bits);
                Assert.Equal(Widened(type, whole)[..length], Widened(type, whole[..length]));
            }
        }
    }
}
