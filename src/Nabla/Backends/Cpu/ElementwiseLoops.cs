using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>Runs elementwise formulas over tensors of any strides, with the widest lanes the processor has.</summary>
internal static unsafe class ElementwiseLoops
{
    public static void Unary<F>(F formula, Tensor x, Tensor y) where F : struct, IFormula
    {
        switch (x.DType)
        {
            case DType.Float32 when Simd.Has512: Unary<F, Float512, float>(formula, x, y); break;
            case DType.Float32 when Simd.Has256: Unary<F, Float256, float>(formula, x, y); break;
            case DType.Float32: Unary<F, Float128, float>(formula, x, y); break;
            case DType.Float64: Unary<F, Double1, double>(formula, x, y); break;
            case DType.Int64: Unary<F, Int64Lane, long>(formula, x, y); break;
            case DType.Int32: Unary<F, Int32Lane, int>(formula, x, y); break;
            default: throw new NotSupportedException($"Arithmetic on {x.DType}: convert first, x.To(DType.Float32).");
        }
    }

    public static void UnaryGradient<F>(F formula, Tensor x, Tensor y, Tensor dy, Tensor dx) where F : struct, IFormula
    {
        if (Simd.Has512) UnaryGradient<F, Float512>(formula, x, y, dy, dx);
        else if (Simd.Has256) UnaryGradient<F, Float256>(formula, x, y, dy, dx);
        else UnaryGradient<F, Float128>(formula, x, y, dy, dx);
    }

    public static void Binary<F>(F formula, Tensor a, Tensor b, Tensor y) where F : struct, IBinaryFormula
    {
        switch (a.DType)
        {
            case DType.Float32 when Simd.Has512: Binary<F, Float512, float>(formula, a, b, y); break;
            case DType.Float32 when Simd.Has256: Binary<F, Float256, float>(formula, a, b, y); break;
            case DType.Float32: Binary<F, Float128, float>(formula, a, b, y); break;
            case DType.Float64: Binary<F, Double1, double>(formula, a, b, y); break;
            case DType.Int64: Binary<F, Int64Lane, long>(formula, a, b, y); break;
            case DType.Int32: Binary<F, Int32Lane, int>(formula, a, b, y); break;
            default: throw new NotSupportedException($"Arithmetic on {a.DType}: convert first, x.To(DType.Float32).");
        }
    }

    public static void Compare<F>(F comparison, Tensor a, Tensor b, Tensor y) where F : struct, IComparison
    {
        switch (a.DType)
        {
            case DType.Float32 when Simd.Has512: Compare<F, Float512, float>(comparison, a, b, y); break;
            case DType.Float32 when Simd.Has256: Compare<F, Float256, float>(comparison, a, b, y); break;
            case DType.Float32: Compare<F, Float128, float>(comparison, a, b, y); break;
            case DType.Float64: Compare<F, Double1, double>(comparison, a, b, y); break;
            case DType.Int64: Compare<F, Int64Lane, long>(comparison, a, b, y); break;
            case DType.Int32: Compare<F, Int32Lane, int>(comparison, a, b, y); break;
            default: throw new NotSupportedException($"Comparison of {a.DType}: convert first, x.To(DType.Int32).");
        }
    }

    private static void Unary<F, V, T>(F formula, Tensor x, Tensor y) where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        var run = new UnaryRun<F, V, T>(formula, x.Pointer<T>(), y.Pointer<T>());
        Strided.Walk(y.Shape, [x], ref run);
    }

    private static void UnaryGradient<F, V>(F formula, Tensor x, Tensor y, Tensor dy, Tensor dx) where F : struct, IFormula where V : struct, ICpuLane<V, float>
    {
        var run = new UnaryGradientRun<F, V>(formula, x.Pointer<float>(), y.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>());
        Strided.Walk(dx.Shape, [x, y, dy], ref run);
    }

    private static void Binary<F, V, T>(F formula, Tensor a, Tensor b, Tensor y) where F : struct, IBinaryFormula where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        var run = new BinaryRun<F, V, T>(formula, a.Pointer<T>(), b.Pointer<T>(), y.Pointer<T>());
        Strided.Walk(y.Shape, [a, b], ref run);
    }

    private static void Compare<F, V, T>(F comparison, Tensor a, Tensor b, Tensor y) where F : struct, IComparison where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        var run = new CompareRun<F, V, T>(comparison, a.Pointer<T>(), b.Pointer<T>(), y.Pointer<byte>());
        Strided.Walk(y.Shape, [a, b], ref run);
    }

    /// <summary>One register's worth of a run: contiguous, broadcast (step 0) or gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load<V, T>(T* source, long step, long i, int count) where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        if (step == 1) return count == V.Count ? V.Load(source + i) : V.LoadPart(source + i, count);
        var gathered = stackalloc T[16];
        for (var j = 0; j < count; j++) gathered[j] = source[(i + j) * step];
        return V.LoadPart(gathered, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V, T>(T* target, V value, int count) where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        if (count == V.Count) V.Store(target, value);
        else V.StorePart(target, value, count);
    }

    private readonly struct UnaryRun<F, V, T>(F formula, T* x, T* y) : IRun where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var (source, step) = ((nint)(x + offsets[0]), steps[0]);
            for (var i = 0L; i < length; i += V.Count)
            {
                var count = (int)Math.Min(V.Count, length - i);
                Store(y + at + i, formula.Of(Load<V, T>((T*)source, step, i, count)), count);
            }
        }
    }

    private readonly struct UnaryGradientRun<F, V>(F formula, float* x, float* y, float* dy, float* dx) : IRun where F : struct, IFormula where V : struct, ICpuLane<V, float>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i += V.Count)
            {
                var count = (int)Math.Min(V.Count, length - i);
                var slope = formula.Slope(Load<V, float>(x + offsets[0], steps[0], i, count), Load<V, float>(y + offsets[1], steps[1], i, count));
                Store(dx + at + i, slope * Load<V, float>(dy + offsets[2], steps[2], i, count), count);
            }
        }
    }

    private readonly struct BinaryRun<F, V, T>(F formula, T* a, T* b, T* y) : IRun where F : struct, IBinaryFormula where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i += V.Count)
            {
                var count = (int)Math.Min(V.Count, length - i);
                Store(y + at + i, formula.Of(Load<V, T>(a + offsets[0], steps[0], i, count), Load<V, T>(b + offsets[1], steps[1], i, count)), count);
            }
        }
    }

    private readonly struct CompareRun<F, V, T>(F comparison, T* a, T* b, byte* y) : IRun where F : struct, IComparison where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i += V.Count)
            {
                var count = (int)Math.Min(V.Count, length - i);
                V.StoreMask(y + at + i, comparison.Holds(Load<V, T>(a + offsets[0], steps[0], i, count), Load<V, T>(b + offsets[1], steps[1], i, count)), count);
            }
        }
    }
}
