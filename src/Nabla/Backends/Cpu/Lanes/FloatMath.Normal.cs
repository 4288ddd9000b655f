using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>
/// The normal distribution and its density, piece by piece: |x| falls into one of sixteen intervals 0.36 wide, whose polynomial is looked up in a
/// register; its derivative is the density. Two thirds of the time of an error function, which divides, and an exponential.
/// </summary>
internal static unsafe partial class FloatMath<V>
{
    const double Interval = 0.36;

    /// <summary>
    /// Φ(x), absolute error 6e-8, and its density, absolute error 5e-7 (up to 5: 3e-7), by Horner's rule for a polynomial and its derivative. Beyond ±5.22, where the
    /// distribution is 9e-8 from them, exactly 0 or 1 and density 0.
    /// </summary>
    [MethodImpl(AggressiveInlining)]
    public static V NormalDistribution(V x, out V density)
    {
        var s = V.AtMost(V.Constant(15), V.Abs(x) * V.Constant(1 / Interval));
        var piece = s + V.Constant(Rounder);   // its low bits number the nearest middle of an interval
        var r = s - (piece - V.Constant(Rounder));
        var slope = At(5, piece);
        var p = V.MultiplyAdd(slope, r, At(4, piece));
        slope = V.MultiplyAdd(slope, r, p);
        p = V.MultiplyAdd(p, r, At(3, piece));
        slope = V.MultiplyAdd(slope, r, p);
        p = V.MultiplyAdd(p, r, At(2, piece));
        slope = V.MultiplyAdd(slope, r, p);
        p = V.MultiplyAdd(p, r, At(1, piece));
        density = V.MultiplyAdd(slope, r, p) * V.Constant(1 / Interval);
        return V.Constant(0.5) + (V.MultiplyAdd(p, r, At(0, piece)) | (x & SignBit));
    }

    /// <summary>x · Φ(x) = x/2 + |x| · (Φ(|x|) − ½), error 6e-8 of |x|; exactly x or 0 beyond ±5.22. Less than half of the time of the error function.</summary>
    [MethodImpl(AggressiveInlining)]
    public static V TimesNormalDistribution(V x)
    {
        var size = V.Abs(x);
        var s = V.AtMost(V.Constant(15), size * V.Constant(1 / Interval));
        var piece = s + V.Constant(Rounder);
        var r = s - (piece - V.Constant(Rounder));
        var p = V.MultiplyAdd(At(5, piece), r, At(4, piece));
        for (var power = 3; power >= 0; power--) p = V.MultiplyAdd(p, r, At(power, piece));
        return V.MultiplyAdd(size, p, V.Constant(0.5) * x);
    }

    [MethodImpl(AggressiveInlining)]
    static V At(int power, V piece) => V.Lookup(NormalPieces.Coefficients + (16 * power), piece);
}

/// <summary>
/// Φ(x) − ½ = Σ cₖ rᵏ with r = x / 0.36 − the piece's number. The derivatives are interpolations of the density at Chebyshev's points, and the constants
/// centre the error, which is 1.4e-8 and that of the density 2.3e-7. The last piece is the saturation.
/// </summary>
internal static unsafe class NormalPieces
{
    /// <summary>Six rows of sixteen, each in a cache line of its own. <see cref="LaneChoice"/> touches them before any loop is compiled, so that their address is a constant there.</summary>
    public static readonly float* Coefficients = Aligned(
    [
        0f, 0.140576422f, 0.264237493f, 0.359928906f, 0.425066292f, 0.464069694f, 0.484613657f, 0.494132251f,
        0.498011619f, 0.499402344f, 0.499840885f, 0.499962538f, 0.499992192f, 0.499998569f, 0.499999762f, 0.5f,
        0.143619224f, 0.134607822f, 0.110826455f, 0.0801552609f, 0.0509255864f, 0.0284220576f, 0.0139344679f, 0.00600123638f,
        0.00227042148f, 0.000754549401f, 0.000220284695f, 5.6493227e-05f, 1.27269368e-05f, 2.51864435e-06f, 4.37849849e-07f, 0f,
        0f, -0.00872226153f, -0.0143627143f, -0.0155819831f, -0.0131999627f, -0.00920891948f, -0.0054178671f, -0.00272222189f,
        -0.00117698405f, -0.000440029078f, -0.0001427237f, -4.02568876e-05f, -9.89165983e-06f, -2.12009218e-06f, -3.96770588e-07f, 0f,
        -0.00310213305f, -0.00253068819f, -0.00115288841f, 0.000288067939f, 0.00118092948f, 0.00137516868f, 0.00110329699f, 0.000693563896f,
        0.000357730052f, 0.000154795023f, 5.69064978e-05f, 1.79143244e-05f, 4.85489909e-06f, 1.13693409e-06f, 2.30711436e-07f, 0f,
        0f, 0.000267799012f, 0.000381795398f, 0.000306974107f, 0.000132474364f, -2.2486518e-05f, -9.62876511e-05f, -9.80114419e-05f,
        -6.73193426e-05f, -3.5826346e-05f, -1.55210946e-05f, -5.60704029e-06f, -1.71243528e-06f, -4.46024302e-07f, -9.96669485e-08f, 0f,
        5.99008599e-05f, 4.19494681e-05f, 2.54834822e-06f, -2.93136782e-05f, -3.6432175e-05f, -2.36001342e-05f, -6.36996674e-06f, 4.30078398e-06f,
        6.95678227e-06f, 5.29759654e-06f, 2.88298816e-06f, 1.23337054e-06f, 4.31357137e-07f, 1.25889258e-07f, 3.10395833e-08f, 0f,
    ]);

    static float* Aligned(ReadOnlySpan<float> values)
    {
        var memory = new Span<float>(NativeMemory.AlignedAlloc((nuint)values.Length * sizeof(float), 64), values.Length);
        values.CopyTo(memory);
        return (float*)Unsafe.AsPointer(ref memory[0]);
    }
}
