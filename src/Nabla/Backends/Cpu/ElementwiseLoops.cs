namespace Nabla.Backends.Cpu;

/// <summary>
/// Runs elementwise formulas over tensors of any strides. Dense operands go in one stretch; broadcast ones row by row; what is strided along
/// the innermost axis is copied first, by tiles, which is faster than to gather it.
/// </summary>
internal static class ElementwiseLoops
{
    /// <summary>Fewer elements than this are not worth another thread.</summary>
    public const int Grain = 16 << 10;

    /// <summary>y = f(x). The shapes are equal; y is contiguous and may be x.</summary>
    public static void Unary<F>(F formula, Tensor x, Tensor y) where F : struct, IFormula
    {
        if (!x.IsContiguous)
        {
            CopyLoops.Copy(x, y);
            x = y;
        }
        LaneChoice.Run(x.DType, new UnaryCode<F>(formula, x, y), "Arithmetic");
    }

    /// <summary>dx = f′(x) · dy.</summary>
    public static void UnaryGradient<F>(F formula, Tensor x, Tensor y, Tensor dy, Tensor dx) where F : struct, IFormula
    {
        x = Even(x, dx.Shape);
        y = F.SlopeReadsOutput ? Even(y, dx.Shape) : x;
        LaneChoice.Run(x.DType, new UnaryGradientCode<F>(formula, x, y, Even(dy, dx.Shape), dx), "Arithmetic");
    }

    /// <summary>y = f(a, b), broadcast to the shape of y, which is contiguous and may be a or b.</summary>
    public static void Binary<F>(F formula, Tensor a, Tensor b, Tensor y) where F : struct, IBinaryFormula =>
        LaneChoice.Run(a.DType, new BinaryCode<F>(formula, Even(a, y.Shape), Even(b, y.Shape), y), "Arithmetic");

    /// <summary>y = a ∘ b as bytes, broadcast to the shape of y, which is contiguous.</summary>
    public static void Compare<F>(F comparison, Tensor a, Tensor b, Tensor y) where F : struct, IComparison =>
        LaneChoice.Run(a.DType, new CompareCode<F>(comparison, Even(a, y.Shape), Even(b, y.Shape), y), "Comparison");

    /// <summary>The operand itself if its neighbours along the innermost axis of the result are next to each other or one and the same; else a dense copy.</summary>
    public static Tensor Even(Tensor x, Shape result)
    {
        if (x.IsContiguous) return x;
        for (var axis = 1; axis <= x.Rank; axis++)
        {
            if (result[^axis] == 1) continue;
            if (x.Shape[^axis] == 1 || x.Stride(x.Rank - axis) is 0 or 1) return x;
            var copy = Tensor.Empty(x.Shape, x.DType);
            CopyLoops.Copy(x, copy);
            return copy;
        }
        return x;
    }

    /// <summary>Whether all operands have the elements of the result in its order, one after another.</summary>
    private static bool Dense(Tensor a, Tensor b, Tensor y) => a.IsContiguous && b.IsContiguous && a.Length == y.Length && b.Length == y.Length;

    private readonly unsafe struct UnaryCode<F>(F formula, Tensor x, Tensor y) : ILaneCode where F : struct, IFormula
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var run = new UnaryRun<F, V, T>(formula, x.Pointer<T>(), y.Pointer<T>());
            ThreadTeam.Run(y.Length, Grain, ref run);
        }
    }

    private readonly unsafe struct UnaryGradientCode<F>(F formula, Tensor x, Tensor y, Tensor dy, Tensor dx) : ILaneCode where F : struct, IFormula
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var run = new UnaryGradientRun<F, V, T>(formula, x.Pointer<T>(), y.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>());
            if (Dense(x, y, dx) && dy.IsContiguous) ThreadTeam.Run(dx.Length, Grain, ref run);
            else Strided.Split(dx.Shape, [x, y, dy], Grain, ref run);
            GC.KeepAlive(x);
            GC.KeepAlive(y);
            GC.KeepAlive(dy);
        }
    }

    private readonly unsafe struct BinaryCode<F>(F formula, Tensor a, Tensor b, Tensor y) : ILaneCode where F : struct, IBinaryFormula
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var run = new BinaryRun<F, V, T>(formula, a.Pointer<T>(), b.Pointer<T>(), y.Pointer<T>());
            if (Dense(a, b, y)) ThreadTeam.Run(y.Length, Grain, ref run);
            else Strided.Split(y.Shape, [a, b], Grain, ref run);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }
    }

    private readonly unsafe struct CompareCode<F>(F comparison, Tensor a, Tensor b, Tensor y) : ILaneCode where F : struct, IComparison
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var run = new CompareRun<F, V, T>(comparison, a.Pointer<T>(), b.Pointer<T>(), y.Pointer<byte>());
            if (Dense(a, b, y)) ThreadTeam.Run(y.Length, Grain, ref run);
            else Strided.Split(y.Shape, [a, b], Grain, ref run);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }
    }
}
