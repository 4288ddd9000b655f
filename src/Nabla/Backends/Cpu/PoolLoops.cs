namespace Nabla.Backends.Cpu;

/// <summary>The measures of a pool over images: of the image, of the window, and of the result.</summary>
internal readonly record struct PoolSize(int Height, int Width, int KernelY, int KernelX, int StrideY, int StrideX, int PaddingY, int PaddingX, int Rows, int Columns)
{
    public long Image => (long)Height * Width;

    public long Places => (long)Rows * Columns;

    /// <summary>Whether it halves both sides: windows of 2 × 2 side by side, the most common pool.</summary>
    public bool IsHalving => (KernelY, KernelX, StrideY, StrideX, PaddingY, PaddingX) == (2, 2, 2, 2, 0, 0);

    /// <summary>The image's rows that the windows of a row of the result see: from the first to before the second.</summary>
    public (int Top, int Bottom) Seen(int row) => (Math.Max(0, (row * StrideY) - PaddingY), Math.Min(Height, (row * StrideY) - PaddingY + KernelY));

    /// <summary>The same of columns.</summary>
    public (int Left, int Right) SeenAcross(int column) => (Math.Max(0, (column * StrideX) - PaddingX), Math.Min(Width, (column * StrideX) - PaddingX + KernelX));
}

/// <summary>
/// Pools over images, planes [planes, height, width], which are shared among the team; tensors are float32 and contiguous. A register holds neighbouring windows of a row. In a maximum a NaN
/// counts as the largest.
/// </summary>
internal static unsafe class PoolLoops
{
    /// <summary>y [planes, rows, columns] = the largest element of each window of x [planes, height, width].</summary>
    public static void Max(PoolSize size, Tensor x, Tensor y) => Run(new MaxCode(size, x, y));

    /// <summary>dx[place of the first maximum of each window] = Σ dy, from x, the result y and dy.</summary>
    public static void MaxGradient(PoolSize size, Tensor x, Tensor y, Tensor dy, Tensor dx) => Run(new MaxGradientCode(size, x, y, dy, dx));

    /// <summary>y = the mean of each window, whose elements beyond the edges are zeros that count or not.</summary>
    public static void Average(PoolSize size, bool countPadding, Tensor x, Tensor y) => Run(new AverageCode(size, countPadding, x, y));

    /// <summary>dx = what arrives at the windows that hold an element, each a share of dy.</summary>
    public static void AverageGradient(PoolSize size, bool countPadding, Tensor dy, Tensor dx) => Run(new AverageGradientCode(size, countPadding, dy, dx));

    /// <summary>y [planes, rows, columns] = the means over a grid of parts of x [planes, height, width].</summary>
    public static void Adaptive(Tensor x, Tensor y) => Run(new AdaptiveCode(x, y));

    /// <summary>dx from dy.</summary>
    public static void AdaptiveGradient(Tensor dy, Tensor dx) => Run(new AdaptiveGradientCode(dy, dx));

    private static void Run<TCode>(TCode code) where TCode : struct, IPoolCode
    {
        if (Simd.Has512) code.Run<Float512>();
        else if (Simd.Has256) code.Run<Float256>();
        else code.Run<Float128>();
    }

    private static void Run<TPart>(Tensor image, TPart part) where TPart : struct, IRange
    {
        ThreadTeam.Run(image.Shape[..^2].Length, 1 + (Grain / ((long)image.Shape[^2] * image.Shape[^1])), ref part);
    }

    private const long Grain = 1 << 14;

    private interface IPoolCode
    {
        void Run<V>() where V : struct, IFloatLane<V>;
    }

    private readonly struct MaxCode(PoolSize size, Tensor x, Tensor y) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            if (size.IsHalving) PoolLoops.Run(x, new HalvePart<V>(size, x.Pointer<float>(), y.Pointer<float>()));
            else PoolLoops.Run(x, new PoolPart<V, PoolMaximum<V>>(size, default, x.Pointer<float>(), y.Pointer<float>()));
            GC.KeepAlive(x);
        }
    }

    private readonly struct MaxGradientCode(PoolSize size, Tensor x, Tensor y, Tensor dy, Tensor dx) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            if (size.IsHalving) PoolLoops.Run(x, new HalveGradientPart<V>(size, x.Pointer<float>(), y.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>()));
            else PoolLoops.Run(x, new MaxGradientPart<V>(size, x.Pointer<float>(), y.Pointer<float>(), dy.Pointer<float>(), dx.Pointer<float>()));
            GC.KeepAlive(x);
            GC.KeepAlive(y);
            GC.KeepAlive(dy);
        }
    }

    private readonly struct AverageCode(PoolSize size, bool countPadding, Tensor x, Tensor y) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            PoolLoops.Run(x, new PoolPart<V, PoolMean<V>>(size, new(size, countPadding), x.Pointer<float>(), y.Pointer<float>()));
            GC.KeepAlive(x);
        }
    }

    private readonly struct AverageGradientCode(PoolSize size, bool countPadding, Tensor dy, Tensor dx) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            PoolLoops.Run(dx, new MeanGradientPart<V>(size, new(size, countPadding), dy.Pointer<float>(), dx.Pointer<float>()));
            GC.KeepAlive(dy);
        }
    }

    private readonly struct AdaptiveCode(Tensor x, Tensor y) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            PoolLoops.Run(x, new AdaptivePart<V>(new(x.Shape, y.Shape), x.Pointer<float>(), y.Pointer<float>()));
            GC.KeepAlive(x);
        }
    }

    private readonly struct AdaptiveGradientCode(Tensor dy, Tensor dx) : IPoolCode
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            PoolLoops.Run(dx, new AdaptiveGradientPart<V>(new(dx.Shape, dy.Shape), dy.Pointer<float>(), dx.Pointer<float>()));
            GC.KeepAlive(dy);
        }
    }
}
