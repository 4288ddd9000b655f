using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Logarithms: x = m · 2ᵉ with √½ ≤ m &lt; √2.</summary>
internal static unsafe partial class FloatMath<V>
{
    const double SmallestNormal = 1.17549435082228751e-38;

    /// <summary>The bits of e (a 32-bit integer).</summary>
    [MethodImpl(AggressiveInlining)]
    static V Exponent(V x) => V.ShiftRight(V.SubtractBits(x, V.Bits(0x3F3504F3)), 23);

    [MethodImpl(AggressiveInlining)]
    static V Mantissa(V x, V exponent) => V.SubtractBits(x, V.ShiftLeft(exponent, 23));

    /// <summary>A denormal number times 2²³, which is normal; <paramref name="shift"/> takes it back from the exponent.</summary>
    [MethodImpl(AggressiveInlining)]
    static V Normal(V x, out V shift)
    {
        var tiny = V.LessThan(x, V.Constant(SmallestNormal));
        shift = V.Select(tiny, V.Constant(-23), V.Zero);
        return V.Select(tiny, x * V.Constant(8388608), x);
    }

    /// <summary>e · ln 2 + ln(1 + f) for √½ − 1 ≤ f &lt; √2 − 1; relative error of the fit 5.9e-9.</summary>
    [MethodImpl(AggressiveInlining)]
    static V LogOf(V f, V e)
    {
        var p = V.MultiplyAdd(V.Constant(-0.0786094666), f, V.Constant(0.128834978));
        p = V.MultiplyAdd(p, f, V.Constant(-0.131291002));
        p = V.MultiplyAdd(p, f, V.Constant(0.141809568));
        p = V.MultiplyAdd(p, f, V.Constant(-0.166244984));
        p = V.MultiplyAdd(p, f, V.Constant(0.200022951));
        p = V.MultiplyAdd(p, f, V.Constant(-0.250008106));
        p = V.MultiplyAdd(p, f, V.Constant(0.333333164));
        p = V.MultiplyAdd(p, f, V.Constant(-0.5));
        var small = V.MultiplyAdd(e, V.Constant(Log2Lo), f * f * p);
        return V.MultiplyAdd(e, V.Constant(Log2Hi), small + f);
    }

    [MethodImpl(AggressiveInlining)]
    public static V Log(V x)
    {
        var normal = Normal(x, out var shift);
        var exponent = Exponent(normal);
        var y = LogOf(Mantissa(normal, exponent) - V.One, V.FromInteger(exponent) + shift);
        var special = V.Select(V.Equal(x, V.Zero), -Infinity, V.Select(V.LessThan(x, V.Zero), NaN, x));
        return V.Select(V.LessThan(V.Zero, x) & V.LessThan(x, Infinity), y, special);
    }

    /// <summary>
    /// The exponent is that of 1 + x, and f = x · 2⁻ᵉ + (2⁻ᵉ − 1) is rounded once, so nothing is lost near 0. Past 2²⁴ the 1 no longer counts.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static V Log1p(V x)
    {
        var u = V.One + x;
        var exponent = Exponent(u);
        var scale = V.SubtractBits(V.One, V.ShiftLeft(exponent, 23));
        var f = V.Select(V.LessThan(x, V.Constant(16777216)), V.MultiplyAdd(x, scale, scale - V.One), Mantissa(u, exponent) - V.One);
        var y = LogOf(f, V.FromInteger(exponent));
        var special = V.Select(V.Equal(x, V.Constant(-1)), -Infinity, V.Select(V.LessThan(x, V.Zero), NaN, x));
        y = V.Select(V.LessThan(V.Constant(-1), x) & V.LessThan(x, Infinity), y, special);
        return V.Select(V.Equal(x, V.Zero), x, y);
    }
}
