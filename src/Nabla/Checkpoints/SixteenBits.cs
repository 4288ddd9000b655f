using System.Numerics;

namespace Nabla.Checkpoints;

/// <summary>
/// Half-precision and brain floats to Float32 and back, on the bits, a register at a time: exact one way, rounded to nearest with ties to
/// even the other. NaNs keep the upper bits of their payload, so that there and back gives the same 16 bits for all 65,536 of them.
/// </summary>
internal static class SixteenBits
{
    public const int SignBits = 0x8000;
    public const int Infinity32 = 0x7F800000;
    public const int Magnitude32 = 0x7FFFFFFF;

    public static unsafe void Widen<W>(ushort* from, uint* to, long count) where W : struct, IWidening
    {
        var i = 0L;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var low, out var high);
            W.Of(low).Store(to + i);
            W.Of(high).Store(to + i + Vector<uint>.Count);
        }
        for (; i < count; i++) to[i] = W.Of(new Vector<uint>(from[i]))[0];
    }

    /// <summary>False if a finite number became infinite.</summary>
    public static unsafe bool Round<R>(int* from, ushort* to, long count) where R : struct, IRounding
    {
        var overflow = Vector<int>.Zero;
        var i = 0L;
        for (; i <= count - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var low = R.Of(Vector.Load(from + i), ref overflow);
            var high = R.Of(Vector.Load(from + i + Vector<int>.Count), ref overflow);
            Vector.Narrow(low.As<int, uint>(), high.As<int, uint>()).Store(to + i);
        }
        for (; i < count; i++) to[i] = (ushort)R.Of(new Vector<int>(from[i]), ref overflow)[0];
        return overflow == Vector<int>.Zero;
    }
}

/// <summary>The Float32 of 16 bits, each in the lower half of its lane.</summary>
internal interface IWidening
{
    static abstract Vector<uint> Of(Vector<uint> bits);
}

/// <summary>
/// The 16 bits nearest to a Float32, in the lower half of each lane; a finite number that becomes infinite is marked as overflow.
/// </summary>
internal interface IRounding
{
    static abstract Vector<int> Of(Vector<int> bits, ref Vector<int> overflow);
}

/// <summary>Half precision: 1 bit of sign, 5 of exponent with bias 15, 10 of significand. Float32: 1, 8 with bias 127, 23.</summary>
internal readonly unsafe struct HalfToSingle : IConversion<ushort, uint>, IWidening
{
    private const uint Rebias = (127 - 15) << 23;

    public static bool Convert(ushort* from, uint* to, long count)
    {
        SixteenBits.Widen<HalfToSingle>(from, to, count);
        return true;
    }

    public static Vector<uint> Of(Vector<uint> bits)
    {
        var moved = (bits & new Vector<uint>(0x7FFF)) << 13;
        var exponent = moved & new Vector<uint>(0x1Fu << 23);
        var normal = moved + new Vector<uint>(Rebias);
        // The largest exponent means infinity and NaN in both.
        var special = normal + new Vector<uint>(Rebias);
        // Exponent 0 means that there is no leading 1: read with one, 2⁻¹⁴ too much is subtracted again, of two normal numbers and exactly.
        var leading = new Vector<uint>(Rebias + (1u << 23));
        var subnormal = ((moved + leading).As<uint, float>() - leading.As<uint, float>()).As<float, uint>();
        var result = Vector.ConditionalSelect(Vector.Equals(exponent, Vector<uint>.Zero), subnormal, normal);
        result = Vector.ConditionalSelect(Vector.Equals(exponent, new Vector<uint>(0x1Fu << 23)), special, result);
        return result | ((bits & new Vector<uint>(SixteenBits.SignBits)) << 16);
    }
}

/// <summary>A brain float is the upper half of a Float32.</summary>
internal readonly unsafe struct BrainToSingle : IConversion<ushort, uint>, IWidening
{
    public static bool Convert(ushort* from, uint* to, long count)
    {
        SixteenBits.Widen<BrainToSingle>(from, to, count);
        return true;
    }

    public static Vector<uint> Of(Vector<uint> bits) => bits << 16;
}

/// <inheritdoc cref="HalfToSingle"/>
internal readonly unsafe struct SingleToHalf : IConversion<int, ushort>, IRounding
{
    private const int Rebias = (127 - 15) << 23;

    /// <summary>65520, halfway between the largest half and the power of two after it: ties go to the even one, infinity.</summary>
    private const int FirstOverflow = 0x477FF000;

    /// <summary>2⁻¹⁴.</summary>
    private const int SmallestNormal = 0x38800000;

    public static bool Convert(int* from, ushort* to, long count) => SixteenBits.Round<SingleToHalf>(from, to, count);

    public static Vector<int> Of(Vector<int> bits, ref Vector<int> overflow)
    {
        var magnitude = bits & new Vector<int>(SixteenBits.Magnitude32);
        var infinity = new Vector<int>(SixteenBits.Infinity32);
        overflow |= Vector.GreaterThanOrEqual(magnitude, new Vector<int>(FirstOverflow)) & Vector.LessThan(magnitude, infinity);
        var cut = magnitude >> 13;
        var normal = (magnitude - new Vector<int>(Rebias) + new Vector<int>(0xFFF) + (cut & Vector<int>.One)) >> 13;
        // The distance of the floats from 0.5 on is 2⁻²⁴, that of the subnormal halves: the sum is rounded as they are.
        var half = new Vector<float>(0.5f);
        var subnormal = (magnitude.As<int, float>() + half).As<float, int>() - half.As<float, int>();
        var result = Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<int>(SmallestNormal)), subnormal, normal);
        var payload = cut & new Vector<int>(0x3FF);
        var quiet = Vector.Equals(payload, Vector<int>.Zero) & new Vector<int>(0x200);
        var special = new Vector<int>(0x7C00) | (Vector.GreaterThan(magnitude, infinity) & (payload | quiet));
        result = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, infinity), special, result);
        return result | ((bits >>> 16) & new Vector<int>(SixteenBits.SignBits));
    }
}

/// <inheritdoc cref="BrainToSingle"/>
internal readonly unsafe struct SingleToBrain : IConversion<int, ushort>, IRounding
{
    /// <summary>Halfway between the largest brain float and 2¹²⁸: ties go to the even one, infinity.</summary>
    private const int FirstOverflow = 0x7F7F8000;

    public static bool Convert(int* from, ushort* to, long count) => SixteenBits.Round<SingleToBrain>(from, to, count);

    public static Vector<int> Of(Vector<int> bits, ref Vector<int> overflow)
    {
        var magnitude = bits & new Vector<int>(SixteenBits.Magnitude32);
        var infinity = new Vector<int>(SixteenBits.Infinity32);
        overflow |= Vector.GreaterThanOrEqual(magnitude, new Vector<int>(FirstOverflow)) & Vector.LessThan(magnitude, infinity);
        var cut = bits >>> 16;
        var rounded = (bits + new Vector<int>(0x7FFF) + (cut & Vector<int>.One)) >>> 16;
        var quiet = Vector.Equals(cut & new Vector<int>(0x7F), Vector<int>.Zero) & new Vector<int>(0x40);
        return Vector.ConditionalSelect(Vector.GreaterThan(magnitude, infinity), cut | quiet, rounded);
    }
}

/// <summary>
/// A double to 16 bits, rounded once: through a Float32 that is rounded to odd (Boldo and Melquiond 2008), which keeps what the second
/// rounding has to know.
/// </summary>
internal readonly unsafe struct DoubleTo16<R> : IConversion<double, ushort> where R : struct, IRounding
{
    private const int Block = 256;

    public static bool Convert(double* from, ushort* to, long count)
    {
        var singles = stackalloc int[Block];
        var fits = true;
        for (var start = 0L; start < count; start += Block)
        {
            var length = Math.Min(Block, count - start);
            for (var i = 0L; i < length; i++) singles[i] = RoundToOdd(from[start + i]);
            fits &= SixteenBits.Round<R>(singles, to + start, length);
        }
        return fits;
    }

    /// <summary>The bits of the number itself if it is a Float32; else of the neighbour whose last bit is 1.</summary>
    private static int RoundToOdd(double x)
    {
        var nearest = (float)x;
        var bits = BitConverter.SingleToInt32Bits(nearest);
        if (double.IsNaN(x) || nearest == x) return bits;
        // The neighbour nearer to 0, whose bits with the last one set are those of the odd neighbour.
        return (Math.Abs((double)nearest) > Math.Abs(x) ? bits - 1 : bits) | 1;
    }
}
