using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Elementary functions to within two units of the last place; infinities, NaN, signed zeros and denormal numbers are handled as IEEE 754 asks.</summary>
internal readonly unsafe partial struct DoubleVector
{
    const double Log2Hi = 6.93147180369123816490e-1, Log2Lo = 1.90821492927058770002e-10;   // ln 2 in two parts; a product of the first with |n| < 2¹⁵ is exact
    const double Rounder = 6755399441055744;   // 1.5 · 2⁵²: adding it leaves a whole number in the low bits
    const long BitsOfOne = 0x3FF0000000000000, BitsOfRootOfHalf = 0x3FE6A09E667F3BCD;

    [MethodImpl(AggressiveInlining)]
    public static DoubleVector Exp(DoubleVector x)
    {
        // Beyond these limits the result is 0 or infinite. By two factors: neither overflows, and a denormal result is rounded once.
        var y = One + ReducedExpm1(new(Vector.MinNative(Vector.Create(710.0), Vector.MaxNative(Vector.Create(-746.0), x.value))), out var n);
        var half = Floor(n * Constant(0.5));
        return y * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>tanh |x| = e / (e + 2) with e = exp(2|x|) − 1, which loses nothing near 0; from 22 on it is 1.</summary>
    [MethodImpl(AggressiveInlining)]
    public static DoubleVector Tanh(DoubleVector x)
    {
        var reduced = ReducedExpm1(new(Vector.MinNative(Vector.Create(44.0), Vector.Abs(x.value + x.value))), out var n);
        var power = PowerOfTwo(n);
        var e = MultiplyAdd(reduced, power, power - One);
        return new(Vector.CopySign((e / (e + Constant(2))).value, x.value));
    }

    /// <summary>
    /// x = 2ᵏ · (1 + f) with √½ ≤ 1 + f &lt; √2; with s = f / (2 + f), ln(1 + f) = 2 artanh s = f − ½f² + s · (½f² + ⅔s² + ⅖s⁴ + …), which rounds only what is small
    /// beside f. What is left out of the series is below 2⁻⁶⁰.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static DoubleVector Log(DoubleVector x)
    {
        var tiny = LessThan(x, Constant(2.2250738585072014e-308));
        var bits = Select(tiny, x * Constant(18014398509481984), x).value.As<double, long>();   // 2⁵⁴
        var biased = (bits + Vector.Create(BitsOfOne - BitsOfRootOfHalf)) >>> 52;               // k + 1023
        var k = new DoubleVector((biased | Vector.Create(0x4330000000000000)).As<long, double>()) - Constant(4503599627370496 + 1023) - Select(tiny, Constant(54), Zero);
        var f = new DoubleVector((bits - (biased << 52) + Vector.Create(BitsOfOne)).As<long, double>()) - One;

        var s = f / (Constant(2) + f);
        var z = s * s;
        var r = MultiplyAdd(z, Constant(2.0 / 21), Constant(2.0 / 19));
        r = MultiplyAdd(z, r, Constant(2.0 / 17));
        r = MultiplyAdd(z, r, Constant(2.0 / 15));
        r = MultiplyAdd(z, r, Constant(2.0 / 13));
        r = MultiplyAdd(z, r, Constant(2.0 / 11));
        r = MultiplyAdd(z, r, Constant(2.0 / 9));
        r = MultiplyAdd(z, r, Constant(2.0 / 7));
        r = MultiplyAdd(z, r, Constant(2.0 / 5));
        r = MultiplyAdd(z, r, Constant(2.0 / 3));
        var h = Constant(0.5) * f * f;
        var y = (k * Constant(Log2Hi)) - (h - MultiplyAdd(s, MultiplyAdd(z, r, h), k * Constant(Log2Lo)) - f);

        var ofPositive = Select(Equal(x, Constant(double.PositiveInfinity)), x, y);
        return Select(LessThan(Zero, x), ofPositive, Select(Equal(x, Zero), Constant(double.NegativeInfinity), Constant(double.NaN)));
    }

    public static DoubleVector Sin(DoubleVector x) => OneByOne(x, &Math.Sin);

    public static DoubleVector Cos(DoubleVector x) => OneByOne(x, &Math.Cos);

    [MethodImpl(NoInlining)]
    public static DoubleVector Pow(DoubleVector x, DoubleVector exponent)
    {
        for (var i = 0; i < Count; i++) ((double*)&x)[i] = Math.Pow(((double*)&x)[i], ((double*)&exponent)[i]);
        return x;
    }

    [MethodImpl(NoInlining)]
    static DoubleVector OneByOne(DoubleVector x, delegate*<double, double> function)
    {
        for (var i = 0; i < Count; i++) ((double*)&x)[i] = function(((double*)&x)[i]);
        return x;
    }

    /// <summary>x = n · ln 2 + r with |r| ≤ ½ ln 2; returns eʳ − 1 by its series, of which what is left out is below 2⁻⁵⁶ of it.</summary>
    [MethodImpl(AggressiveInlining)]
    static DoubleVector ReducedExpm1(DoubleVector x, out DoubleVector n)
    {
        n = MultiplyAdd(x, Constant(1.4426950408889634), Constant(Rounder)) - Constant(Rounder);
        var r = MultiplyAdd(n, Constant(-Log2Lo), MultiplyAdd(n, Constant(-Log2Hi), x));
        var p = MultiplyAdd(r, Constant(1.0 / 6227020800), Constant(1.0 / 479001600));
        p = MultiplyAdd(r, p, Constant(1.0 / 39916800));
        p = MultiplyAdd(r, p, Constant(1.0 / 3628800));
        p = MultiplyAdd(r, p, Constant(1.0 / 362880));
        p = MultiplyAdd(r, p, Constant(1.0 / 40320));
        p = MultiplyAdd(r, p, Constant(1.0 / 5040));
        p = MultiplyAdd(r, p, Constant(1.0 / 720));
        p = MultiplyAdd(r, p, Constant(1.0 / 120));
        p = MultiplyAdd(r, p, Constant(1.0 / 24));
        p = MultiplyAdd(r, p, Constant(1.0 / 6));
        p = MultiplyAdd(r, p, Constant(1.0 / 2));
        return MultiplyAdd(r * r, p, r);
    }

    /// <summary>2ⁿ for a whole number n from −1022 to 1023.</summary>
    [MethodImpl(AggressiveInlining)]
    static DoubleVector PowerOfTwo(DoubleVector n) => new((((n + Constant(Rounder)).value.As<double, long>() << 52) + Vector.Create(BitsOfOne)).As<long, double>());
}
