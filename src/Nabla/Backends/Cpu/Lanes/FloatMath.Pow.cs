using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>xᵉ = exp(e · ln|x|), with the logarithm in two floats: its error is multiplied by up to 88.</summary>
internal static unsafe partial class FloatMath<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Pow(V x, V exponent)
    {
        var a = V.Abs(x);
        var log = LogInTwo(a, out var logLow);
        log = V.Select(V.Equal(a, V.Zero), -Infinity, V.Select(V.Equal(a, Infinity), Infinity, log));

        var product = exponent * log;
        var rest = V.MultiplyAdd(exponent, logLow, V.MultiplyAdd(exponent, log, -product));
        var bounded = V.LessThan(V.Abs(product), V.Constant(120));
        product = V.AtMost(V.Constant(120), V.AtLeast(V.Constant(-120), product));
        var shifted = V.MultiplyAdd(product, V.Constant(1.4426950408889634), V.Constant(Rounder));
        var n = shifted - V.Constant(Rounder);
        var r = V.MultiplyAdd(n, V.Constant(-Log2Lo), V.MultiplyAdd(n, V.Constant(-Log2Hi), product)) + V.Select(bounded, rest, V.Zero);
        return WithSpecialCases(V.Scale(V.One + PolynomialExpm1(r), n), x, a, exponent);
    }

    /// <summary>
    /// ln a = e · ln 2 + 2 artanh s, s = (m − 1) / (m + 1), to about 2⁻³² of its value, for a positive and finite;
    /// 2 artanh s = 2s + ⅔s³ + s⁵ · tail (error of the fit 1.8e-11).
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    static V LogInTwo(V a, out V low)
    {
        var normal = Normal(a, out var shift);
        var exponent = Exponent(normal);
        var e = V.FromInteger(exponent) + shift;
        var m = Mantissa(normal, exponent);
        var f = m - V.One;

        var divisor = m + V.One;
        var divisorLow = m - (divisor - V.One);
        var reciprocal = V.One / divisor;
        var s = f * reciprocal;
        var sLow = V.MultiplyAdd(-s, divisorLow, V.MultiplyAdd(-s, divisor, f)) * reciprocal;

        // s³ in two floats, and ⅔ too: cube + cubeLow, 0.6666667 − 2e-8
        var u = s * s;
        var uLow = V.MultiplyAdd(s + s, sLow, V.MultiplyAdd(s, s, -u));
        var cube = u * s;
        var cubeLow = V.MultiplyAdd(uLow, s, V.MultiplyAdd(u, s, -cube));
        var tail = V.MultiplyAdd(V.Constant(0.234314039), u, V.Constant(0.285466164));
        tail = V.MultiplyAdd(tail, u, V.Constant(0.400001556));
        tail = V.MultiplyAdd(tail, u, V.Constant(2.0 / 3 - (float)(2.0 / 3)));
        var small = V.MultiplyAdd(cube, tail, V.MultiplyAdd(e, V.Constant(Log2Lo), sLow + sLow));
        var rest = V.MultiplyAdd(cube, V.Constant(2.0 / 3), V.MultiplyAdd(cubeLow, V.Constant(2.0 / 3), small));

        // the parts shrink from first to last, so each sum's rounding error is found exactly
        var first = e * V.Constant(Log2Hi);
        var second = s + s;
        var high = first + second;
        var restAndError = rest + (second - (high - first));
        var sum = high + restAndError;
        low = restAndError - (sum - high);
        return sum;
    }

    [MethodImpl(AggressiveInlining)]
    static V WithSpecialCases(V power, V x, V a, V exponent)
    {
        var half = exponent * V.Constant(0.5);
        var whole = V.Equal(V.Floor(exponent), exponent);
        var odd = V.Select(V.Equal(V.Floor(half), half), V.Zero, whole);
        var negative = V.LessThan(x, V.Zero);
        power = V.Select(odd, power | (x & SignBit), power);
        power = V.Select(V.Equal(a, V.One) & V.Equal(exponent, exponent), V.One | (x & odd & SignBit), power);
        power = V.Select(V.Select(whole, V.Zero, negative & V.LessThan(a, Infinity)), NaN, power);
        power = V.Select(V.Equal(x, V.One) | V.Equal(exponent, V.Zero), V.One, power);
        return V.Select(V.Equal(x, x) | V.Equal(exponent, V.Zero), power, NaN);
    }
}
