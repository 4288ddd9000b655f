using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>What a pool makes of a window's elements.</summary>
internal interface IPoolFold<V> where V : struct
{
    /// <summary>What stands beyond the edges and changes nothing.</summary>
    static abstract float Nothing { get; }
    static abstract V Fold(V all, V next);
    /// <summary>The results of neighbouring windows, of which <paramref name="row"/> and <paramref name="column"/> are the first.</summary>
    V Result(V all, int row, int column, int count);
}

/// <summary>The largest.</summary>
internal readonly struct PoolMaximum<V> : IPoolFold<V> where V : struct, IFloatLane<V>
{
    public static float Nothing => float.NegativeInfinity;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static V Fold(V all, V next) => V.Max(all, next);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public V Result(V all, int row, int column, int count) => all;
}

/// <summary>The mean.</summary>
internal readonly struct PoolMean<V>(PoolSize size, bool countPadding) : IPoolFold<V> where V : struct, IFloatLane<V>
{
    private readonly float[] across = Across(size, countPadding);

    public static float Nothing => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static V Fold(V all, V next) => all + next;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe V Result(V all, int row, int column, int count)
    {
        var (top, bottom) = size.Seen(row);
        fixed (float* columns = across) return all / (Square<V>.LoadPart(columns + column, count) * V.Broadcast(countPadding ? size.KernelY : bottom - top));
    }

    /// <summary>How many columns of each window count; 1 beyond the last window.</summary>
    private static float[] Across(PoolSize size, bool countPadding)
    {
        var columns = new float[size.Columns];
        for (var i = 0; i < columns.Length; i++)
        {
            var (left, right) = size.SeenAcross(i);
            columns[i] = countPadding ? size.KernelX : right - left;
        }
        return columns;
    }
}

/// <summary>Pools planes: the rows that a row of windows sees are folded into one, and that across.</summary>
internal readonly unsafe struct PoolPart<V, TFold>(PoolSize size, TFold fold, float* x, float* y) : IRange where V : struct, IFloatLane<V> where TFold : struct, IPoolFold<V>
{
    public void Run(long start, long end)
    {
        var padded = size.Width + (2 * size.PaddingX);
        var order = new StridedRow(padded, size.StrideX);
        float* row = Scratch.Mine.A.Of(padded), sorted = size.StrideX == 1 ? row : Scratch.Mine.B.Of(order.Length);
        new Span<float>(row, padded).Fill(TFold.Nothing);
        for (var plane = start; plane < end; plane++)
        for (var r = 0; r < size.Rows; r++)
        {
            Down(x + (plane * size.Image), r, row + size.PaddingX);
            if (size.StrideX > 1) order.Sort<V>(row, sorted);
            Across(order, sorted, r, y + (plane * size.Places) + ((long)r * size.Columns));
        }
    }

    private void Down(float* image, int r, float* row)
    {
        var (top, bottom) = size.Seen(r);
        var from = image + ((long)top * size.Width);
        for (var i = 0; i < size.Width; i += V.Count, from += V.Count)
        {
            var count = size.Width - i;
            var all = Square<V>.LoadPart(from, count);
            for (var k = 1; k < bottom - top; k++) all = TFold.Fold(all, Square<V>.LoadPart(from + ((long)k * size.Width), count));
            Square<V>.StorePart(row + i, all, count);
        }
    }

    private void Across(StridedRow order, float* sorted, int r, float* to)
    {
        for (var c = 0; c < size.Columns; c += V.Count)
        {
            var count = size.Columns - c;
            var all = Square<V>.LoadPart(sorted + c, count);
            for (var k = 1; k < size.KernelX; k++) all = TFold.Fold(all, Square<V>.LoadPart(sorted + order[k] + c, count));
            Square<V>.StorePart(to + c, fold.Result(all, r, c, count), count);
        }
    }
}
