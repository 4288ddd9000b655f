using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>
/// Elementary functions of 32-bit floats, written once for every lane width. Relative error at most 2e-7 (sine and cosine: absolute 1e-7);
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

    /// <summary>Below 0.92 an odd polynomial (error of the fit 1.5e-8), above it 1 − exp(−g(|x|)) with g = −ln(1 − erf) (1.5e-9); from 3.93 on it is 1.</summary>
    [MethodImpl(AggressiveInlining)]
    public static V Erf(V x)
    {
        var a = V.AtMost(V.Constant(3.93), V.Abs(x));
        var u = a * a;
        var p = V.MultiplyAdd(V.Constant(-0.000599940657), u, V.Constant(0.00499483058));
        p = V.MultiplyAdd(p, u, V.Constant(-0.0267677195));
        p = V.MultiplyAdd(p, u, V.Constant(0.112818457));
        p = V.MultiplyAdd(p, u, V.Constant(-0.376124978));
        p = V.MultiplyAdd(p, u, V.Constant(0.128379151));
        var near = V.MultiplyAdd(p, a, a);

        var g = V.MultiplyAdd(V.Constant(0.000195935907), a, V.Constant(-0.00304320524));
        g = V.MultiplyAdd(g, a, V.Constant(0.0222268756));
        g = V.MultiplyAdd(g, a, V.Constant(-0.103931509));
        g = V.MultiplyAdd(g, a, V.Constant(-0.637182355));
        g = V.MultiplyAdd(g, a, V.Constant(-1.12767553));
        g = V.MultiplyAdd(g, a, V.Constant(-0.000195686269));
        var y = V.One + ReducedExpm1(g, out var shifted);
        var far = V.One - y * PowerOfTwo(shifted);

        return V.Select(V.LessThan(a, V.Constant(0.92)), near, far) | (x & SignBit);
    }
}
