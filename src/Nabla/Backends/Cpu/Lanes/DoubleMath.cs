namespace Nabla.Backends.Cpu;

/// <summary>What <see cref="Math"/> lacks.</summary>
internal static class DoubleMath
{
    /// <summary>ln(1 + x). The logarithm's argument is rounded; log(u) · x / (u − 1) undoes it (Goldberg 1991, theorem 4).</summary>
    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : u - 1 == x ? Math.Log(u) : double.IsInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>The error function by the rational approximations of Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).</summary>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a <= 0.46875)
            return x * Ratio(x * x, Near, NearBelow);
        if (double.IsNaN(x) || a >= 6)
            return double.IsNaN(x) ? x : Math.CopySign(1, x);
        return Math.CopySign(1 - Complement(a), x);
    }

    /// <summary>1 − erf a for a &gt; 0.46875.</summary>
    static double Complement(double a)
    {
        if (a <= 4)
            return ExpOfMinusSquare(a) * Ratio(a, Middle, MiddleBelow);
        var u = 1 / (a * a);
        return ExpOfMinusSquare(a) / a * (1 / Math.Sqrt(Math.PI) - u * Ratio(u, Far, FarBelow));
    }

    /// <summary>exp(−a²) with a² in two parts: rounded to sixteenths, and the rest.</summary>
    static double ExpOfMinusSquare(double a)
    {
        var head = Math.Truncate(a * 16) / 16;
        return Math.Exp(-head * head) * Math.Exp(-(a - head) * (a + head));
    }

    /// <summary>p(x) / q(x), the highest power first; q's leading coefficient is 1.</summary>
    static double Ratio(double x, ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        var (p, q) = (0.0, 1.0);
        foreach (var c in above) p = p * x + c;
        foreach (var c in below) q = q * x + c;
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
