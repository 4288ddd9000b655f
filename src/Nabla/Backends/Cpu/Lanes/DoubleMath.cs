using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Functions of doubles that <see cref="Math"/> lacks, for lanes of any width.</summary>
internal static class DoubleMath
{
    /// <summary>ln(1 + x). The logarithm's argument is rounded; log(u) · x / (u − 1) undoes it (Goldberg 1991, theorem 4).</summary>
    [MethodImpl(AggressiveInlining)]
    public static V Log1p<V>(V x) where V : struct, ILane<V>
    {
        var u = V.One + x;
        var rounded = u - V.One;
        var y = V.Select(V.Equal(rounded, V.Zero), x, V.Log(u) * (x / rounded));
        return V.Select(V.Equal(u, V.Constant(double.PositiveInfinity)), u, y);
    }

    /// <summary>The error function by the rational approximations of Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969). From 6 on it is 1.</summary>
    public static V Erf<V>(V x) where V : struct, ILane<V>
    {
        var a = V.Min(V.Abs(x), V.Constant(6));
        var square = a * a;
        var near = x * Ratio(square, Near, NearBelow);
        var inverse = V.One / square;
        var far = (V.Constant(0.56418958354775628695) - (inverse * Ratio(inverse, Far, FarBelow))) / a;   // 1/√π
        var beyond = V.One - (ExpOfMinusSquare(a) * V.Select(V.LessOrEqual(a, V.Constant(4)), Ratio(a, Middle, MiddleBelow), far));
        return V.Select(V.LessOrEqual(a, V.Constant(0.46875)), near, V.Select(V.LessThan(x, V.Zero), -beyond, beyond));
    }

    /// <summary>exp(−a²) with a² in two parts: rounded to sixteenths, and the rest.</summary>
    static V ExpOfMinusSquare<V>(V a) where V : struct, ILane<V>
    {
        var head = V.Floor(a * V.Constant(16)) * V.Constant(1.0 / 16);
        return V.Exp(-head * head) * V.Exp((head - a) * (a + head));
    }

    /// <summary>p(x) / q(x), the highest power first; q's leading coefficient is 1.</summary>
    static V Ratio<V>(V x, ReadOnlySpan<double> above, ReadOnlySpan<double> below) where V : struct, ILane<V>
    {
        var (p, q) = (V.Zero, V.One);
        foreach (var c in above) p = (p * x) + V.Constant(c);
        foreach (var c in below) q = (q * x) + V.Constant(c);
        return p / q;
    }

    static ReadOnlySpan<double> Near => [1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3];
    static ReadOnlySpan<double> NearBelow => [2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];
    static ReadOnlySpan<double> Middle =>
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
        8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
    ];
    static ReadOnlySpan<double> MiddleBelow =>
    [
        1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];
    static ReadOnlySpan<double> Far =>
        [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4];
    static ReadOnlySpan<double> FarBelow => [2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3];
}
