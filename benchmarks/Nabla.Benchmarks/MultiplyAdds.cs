using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Benchmarks;

/// <summary>Nothing but multiply-adds in registers, as wide as the machine has them: the peak that products are measured against.</summary>
internal static class MultiplyAdds
{
    const int Rounds = 1 << 20, Sums = 12;

    static int Width => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    public static double FlopsPerRun => 2.0 * Rounds * Sums * Width;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Run() =>
        Vector512.IsHardwareAccelerated ? Loop<Wide512, Vector512<float>>()
        : Vector256.IsHardwareAccelerated ? Loop<Wide256, Vector256<float>>()
        : Loop<Wide128, Vector128<float>>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Loop<W, V>() where W : IWide<V>
    {
        V a = W.Constant(0.5f), b = W.Constant(0.25f);
        V s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (var round = 0; round < Rounds; round++)
        {
            (s0, s1, s2, s3) = (W.MultiplyAdd(s0, a, b), W.MultiplyAdd(s1, a, b), W.MultiplyAdd(s2, a, b), W.MultiplyAdd(s3, a, b));
            (s4, s5, s6, s7) = (W.MultiplyAdd(s4, a, b), W.MultiplyAdd(s5, a, b), W.MultiplyAdd(s6, a, b), W.MultiplyAdd(s7, a, b));
            (s8, s9, s10, s11) = (W.MultiplyAdd(s8, a, b), W.MultiplyAdd(s9, a, b), W.MultiplyAdd(s10, a, b), W.MultiplyAdd(s11, a, b));
        }
        return W.Sum(s0) + W.Sum(s1) + W.Sum(s2) + W.Sum(s3) + W.Sum(s4) + W.Sum(s5) + W.Sum(s6) + W.Sum(s7) + W.Sum(s8) + W.Sum(s9) + W.Sum(s10) + W.Sum(s11);
    }

    interface IWide<V>
    {
        static abstract V Constant(float value);
        static abstract V MultiplyAdd(V a, V b, V c);
        static abstract float Sum(V value);
    }

    readonly struct Wide512 : IWide<Vector512<float>>
    {
        public static Vector512<float> Constant(float value) => Vector512.Create(value);
        public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);
        public static float Sum(Vector512<float> value) => Vector512.Sum(value);
    }

    readonly struct Wide256 : IWide<Vector256<float>>
    {
        public static Vector256<float> Constant(float value) => Vector256.Create(value);
        public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
        public static float Sum(Vector256<float> value) => Vector256.Sum(value);
    }

    readonly struct Wide128 : IWide<Vector128<float>>
    {
        public static Vector128<float> Constant(float value) => Vector128.Create(value);
        public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.FusedMultiplyAdd(a, b, c);
        public static float Sum(Vector128<float> value) => Vector128.Sum(value);
    }
}
