using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>The measures of a pool over images: of the image, of the window, and of the result.</summary>
internal readonly record struct PoolSize(int Height, int Width, int KernelY, int KernelX, int StrideY, int StrideX, int PaddingY, int PaddingX, int Rows, int Columns)
{
    public long Image => (long)Height * Width;

    public long Places => (long)Rows * Columns;

    /// <summary>Whether it halves both sides: windows of 2 × 2 side by side, the most common pool.</summary>
    public bool IsHalving => (KernelY, KernelX, StrideY, StrideX, PaddingY, PaddingX) == (2, 2, 2, 2, 0, 0);
}

/// <summary>The largest element of each window over images, planes [planes, height, width], which are shared among the team. A NaN counts as the largest.</summary>
internal static unsafe class PoolLoops
{
    /// <summary>y [planes, rows, columns] from x [planes, height, width], both contiguous.</summary>
    public static void Max(PoolSize size, float* x, float* y, long planes)
    {
        if (!size.IsHalving) Run(size, planes, new MaxPart(size, x, y));
        else if (Simd.Has512) Run(size, planes, new HalvePart<Float512>(size, x, y));
        else if (Simd.Has256) Run(size, planes, new HalvePart<Float256>(size, x, y));
        else Run(size, planes, new HalvePart<Float128>(size, x, y));
    }

    /// <summary>dx[place of the first maximum of each window] = Σ dy, from x, the result y and dy, all contiguous.</summary>
    public static void MaxGradient(PoolSize size, float* x, float* y, float* dy, float* dx, long planes)
    {
        if (!size.IsHalving) Run(size, planes, new MaxGradientPart(size, x, dy, dx));
        else if (Simd.Has512) Run(size, planes, new HalveGradientPart<Float512>(size, x, y, dy, dx));
        else if (Simd.Has256) Run(size, planes, new HalveGradientPart<Float256>(size, x, y, dy, dx));
        else Run(size, planes, new HalveGradientPart<Float128>(size, x, y, dy, dx));
    }

    private static void Run<TPart>(PoolSize size, long planes, TPart part) where TPart : struct, IRange => ThreadTeam.Run(planes, 1 + (Grain / size.Image), ref part);

    private const long Grain = 1 << 14;

    private readonly struct MaxPart(PoolSize size, float* x, float* y) : IRange
    {
        public void Run(long start, long end)
        {
            var to = y + (start * size.Places);
            for (var plane = start; plane < end; plane++)
            for (var row = 0; row < size.Rows; row++)
            for (var column = 0; column < size.Columns; column++)
                *to++ = x[(plane * size.Image) + FirstLargest(size, x + (plane * size.Image), row, column)];
        }
    }

    private readonly struct MaxGradientPart(PoolSize size, float* x, float* dy, float* dx) : IRange
    {
        public void Run(long start, long end)
        {
            NativeMemory.Clear(dx + (start * size.Image), (nuint)((end - start) * size.Image * sizeof(float)));
            var from = dy + (start * size.Places);
            for (var plane = start; plane < end; plane++)
            for (var row = 0; row < size.Rows; row++)
            for (var column = 0; column < size.Columns; column++)
                dx[(plane * size.Image) + FirstLargest(size, x + (plane * size.Image), row, column)] += *from++;
        }
    }

    /// <summary>Where in the image the first maximum of a window stands.</summary>
    private static long FirstLargest(in PoolSize size, float* image, int row, int column)
    {
        int top = (row * size.StrideY) - size.PaddingY, left = (column * size.StrideX) - size.PaddingX;
        int first = Math.Max(left, 0), bottom = Math.Min(top + size.KernelY, size.Height), right = Math.Min(left + size.KernelX, size.Width);
        var best = ((long)Math.Max(top, 0) * size.Width) + first;
        for (var y = Math.Max(top, 0); y < bottom; y++)
        for (var x = first; x < right; x++)
        {
            var at = ((long)y * size.Width) + x;
            if (!(image[at] <= image[best]) && !float.IsNaN(image[best])) best = at;
        }
        return best;
    }
}
