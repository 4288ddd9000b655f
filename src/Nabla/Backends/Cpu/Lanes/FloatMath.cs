using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>
/// Elementary functions of 32-bit floats, written once for every lane width. Relative error at most 2e-7 (the error function: 3.5e-7; sine and cosine: absolute 1e-7);
/// infinities, NaN, signed zeros and denormal numbers are handled as IEEE 754 asks.
/// The polynomials are minimax fits (Remez exchange in double precision); their errors stand beside them.
/// </summary>
internal static unsafe partial class FloatMath<V> where V : struct, IFloatLane<V>
{
    const double Log2Hi = 0.693359375, Log2Lo = -2.12194440054690583e-4;   // ln 2 in two parts; a product of the first with |n| < 2¹⁵ is exact
    const double Rounder = 12582912;   // 1.5 · 2²³: adding it leaves a whole number in the low bits

    static V Infinity { [MethodImpl(AggressiveInlining)] get => V.Bits(0x7F800000); }
    static V NaN { [MethodImpl(AggressiveInlining)] get => V.Bits(0x7FC00000); }
    static V SignBit { [MethodImpl(AggressiveInlining)] get => V.Bits(int.MinValue); }

    /// <summary>x = n · ln 2 + r with |r| ≤ ½ ln 2; returns eʳ − 1. The low bits of <paramref name="shifted"/> hold n.</summary>
    [MethodImpl(AggressiveInlining)]
    static V ReducedExpm1(V x, out V shifted)
    {
        shifted = V.MultiplyAdd(x, V.Constant(1.4426950408889634), V.Constant(Rounder));
        var n = shifted - V.Constant(Rounder);
        return PolynomialExpm1(V.MultiplyAdd(n, V.Constant(-Log2Lo), V.MultiplyAdd(n, V.Constant(-Log2Hi), x)));
    }

    /// <summary>eʳ − 1 for |r| ≤ ½ ln 2; relative error of the fit 1.3e-8.</summary>
    [MethodImpl(AggressiveInlining)]
    static V PolynomialExpm1(V r)
    {
        var p = V.MultiplyAdd(V.Constant(0.00139465544), r, V.Constant(0.00836664438));
        p = V.MultiplyAdd(p, r, V.Constant(0.0416662805));
        p = V.MultiplyAdd(p, r, V.Constant(0.16666542));
        p = V.MultiplyAdd(p, r, V.Constant(0.5));
        return V.MultiplyAdd(r * r, p, r);
    }

    /// <summary>2ⁿ where the low bits of <paramref name="shifted"/> hold n, −126 ≤ n ≤ 127.</summary>
    [MethodImpl(AggressiveInlining)]
    static V PowerOfTwo(V shifted) => V.AddBits(V.ShiftLeft(shifted, 23), V.One);

    /// <summary>x · 2ⁿ by two factors, so that neither overflows and a denormal result is rounded once.</summary>
    [MethodImpl(AggressiveInlining)]
    internal static V ScaleTwice(V x, V n)
    {
        var whole = V.SubtractBits(n + V.Constant(Rounder), V.Constant(Rounder));
        var half = V.ShiftRight(whole, 1);
        return x * PowerOfTwo(half) * PowerOfTwo(V.SubtractBits(whole, half));
    }

    [MethodImpl(AggressiveInlining)]
    public static V Exp(V x)
    {
        // beyond these limits the result is 0 or infinite
        x = V.AtMost(V.Constant(89), V.AtLeast(V.Constant(-104), x));
        var y = V.One + ReducedExpm1(x, out var shifted);
        return V.Scale(y, shifted - V.Constant(Rounder));
    }

    /// <summary>tanh |x| = e / (e + 2) with e = exp(2|x|) − 1, which loses nothing near 0; from 10 on it is 1.</summary>
    [MethodImpl(AggressiveInlining)]
    public static V Tanh(V x)
    {
        var twice = V.AtMost(V.Constant(20), V.Abs(x + x));
        var reduced = ReducedExpm1(twice, out var shifted);
        var power = PowerOfTwo(shifted);
        var e = V.MultiplyAdd(reduced, power, power - V.One);
        return e / (e + V.Constant(2)) | (x & SignBit);
    }

    /// <summary>
    /// x · P(x²) / Q(x²), a minimax fit with relative error 2e-8 whose rounding makes 3.2e-7 of it. From 3.668 on, where the error function is 2e-7
    /// from 1, the quotient is exactly 1, and it is nowhere more.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static V Erf(V x)
    {
        x = V.AtMost(V.Constant(3.6681035), V.AtLeast(V.Constant(-3.6681035), x));
        var u = x * x;
        var p = V.MultiplyAdd(V.Constant(2.0664365e-06), u, V.Constant(0.00028506556));
        var q = V.MultiplyAdd(V.Constant(3.827005e-05), u, V.Constant(0.0011574043));
        p = V.MultiplyAdd(p, u, V.Constant(0.0037384576));
        q = V.MultiplyAdd(q, u, V.Constant(0.014914499));
        p = V.MultiplyAdd(p, u, V.Constant(0.052668422));
        q = V.MultiplyAdd(q, u, V.Constant(0.11381992));
        p = V.MultiplyAdd(p, u, V.Constant(0.18966892));
        q = V.MultiplyAdd(q, u, V.Constant(0.5014225));
        p = V.MultiplyAdd(p, u, V.Constant(1.1283792));
        q = V.MultiplyAdd(q, u, V.One);
        return x * p / q;
    }
}
