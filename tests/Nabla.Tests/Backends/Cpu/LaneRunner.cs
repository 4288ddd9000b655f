using System.Runtime.Intrinsics;
using Nabla.Backends;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>A function of lanes and what it should give.</summary>
internal interface IFunction
{
    static abstract V Of<V>(V x) where V : struct, ILane<V>;
    static abstract double Exact(double x);
}

internal static unsafe class LaneRunner
{
    /// <summary>The widths this processor runs in hardware; 4 and 1 run everywhere.</summary>
    public static TheoryData<int> Widths =>
        Vector512.IsHardwareAccelerated ? [16, 8, 4, 1] : Vector256.IsHardwareAccelerated ? [8, 4, 1] : [4, 1];

    public static float[] Map<F>(int width, float[] x) where F : IFunction => width switch
    {
        16 => Map<F, Float512>(x),
        8 => Map<F, Float256>(x),
        4 => Map<F, Float128>(x),
        _ => Map<F, Float1>(x),
    };

    static float[] Map<F, V>(float[] x) where F : IFunction where V : struct, ICpuLane<V, float>
    {
        var y = new float[x.Length];
        fixed (float* source = x, target = y)
        {
            var i = 0;
            for (; i <= x.Length - V.Count; i += V.Count)
                V.Store(target + i, F.Of(V.Load(source + i)));
            if (i < x.Length)
                V.StorePart(target + i, F.Of(V.LoadPart(source + i, x.Length - i)), x.Length - i);
        }
        return y;
    }

    public static double[] Map<F, V>(double[] x) where F : IFunction where V : struct, ICpuLane<V, double>
    {
        var y = new double[x.Length];
        fixed (double* source = x, target = y)
        {
            var i = 0;
            for (; i <= x.Length - V.Count; i += V.Count) V.Store(target + i, F.Of(V.Load(source + i)));
            if (i < x.Length) V.StorePart(target + i, F.Of(V.LoadPart(source + i, x.Length - i)), x.Length - i);
        }
        return y;
    }

    /// <summary>About four hundred thousand floats between the limits, evenly spread over the bit patterns, both signs.</summary>
    public static float[] Sweep(float smallest, float largest)
    {
        var (first, last) = (BitConverter.SingleToInt32Bits(smallest), BitConverter.SingleToInt32Bits(largest));
        var step = Math.Max(1, (last - first) / 200_000);
        var values = new List<float>();
        for (long bits = first; bits <= last; bits += step)
        {
            values.Add(BitConverter.Int32BitsToSingle((int)bits));
            values.Add(-values[^1]);
        }
        return [.. values];
    }
}

internal readonly struct ExpOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Exp(x);
    public static double Exact(double x) => Math.Exp(x);
}

internal readonly struct LogOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Log(x);
    public static double Exact(double x) => Math.Log(x);
}

internal readonly struct Log1pOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Log1p(x);
    public static double Exact(double x) => Math.Abs(x) > 1e-3 ? Math.Log(1 + x) : x * (1 - x * (1.0 / 2 - x * (1.0 / 3 - x * (1.0 / 4 - x * (1.0 / 5 - x / 6)))));
}

internal readonly struct TanhOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Tanh(x);
    public static double Exact(double x) => Math.Tanh(x);
}

internal readonly struct SigmoidOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.One / (V.One + V.Exp(-x));
    public static double Exact(double x) => 1 / (1 + Math.Exp(-x));
}

internal readonly struct ErfOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Erf(x);

    /// <summary>erf x = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!: every term is positive, nothing cancels (Abramowitz and Stegun 7.1.6).</summary>
    public static double Exact(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        var (sum, term) = (0.0, x);
        for (var n = 1; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}

internal readonly struct NormalOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.NormalDistribution(x, out _);
    public static double Exact(double x) => (1 + ErfOf.Exact(x / Math.Sqrt(2))) / 2;
}

internal readonly struct NormalDensityOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V>
    {
        V.NormalDistribution(x, out var density);
        return density;
    }

    public static double Exact(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
}

internal readonly struct TimesNormalOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.TimesNormalDistribution(x);
    public static double Exact(double x) => x * NormalOf.Exact(x);
}

internal readonly struct SinOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Sin(x);
    public static double Exact(double x) => Math.Sin(x);
}

internal readonly struct CosOf : IFunction
{
    public static V Of<V>(V x) where V : struct, ILane<V> => V.Cos(x);
    public static double Exact(double x) => Math.Cos(x);
}
