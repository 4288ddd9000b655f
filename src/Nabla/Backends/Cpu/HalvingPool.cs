using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>The largest of each 2 × 2 pixels, a register of windows at a time: two of each row, of which the even and the odd elements are the window's left and right.</summary>
internal readonly unsafe struct HalvePart<V>(PoolSize size, float* x, float* y) : IRange where V : struct, IFloatLane<V>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        for (var row = start * size.Rows; row < end * size.Rows; row++)
        {
            var (plane, within) = Math.DivRem(row, size.Rows);
            var top = x + (plane * size.Image) + (2 * within * size.Width);
            var to = y + (row * size.Columns);
            for (var column = 0; column < size.Columns; column += V.Count)
            {
                var count = Math.Min(V.Count, size.Columns - column);
                var square = Square<V>.Load(top + (2 * column), size.Width, count);
                Square<V>.StorePart(to + column, V.Max(V.Max(square.A, square.B), V.Max(square.C, square.D)), count);
            }
        }
    }
}

/// <summary>Its gradient: of each window, the first element that is as large as the result takes what arrives.</summary>
internal readonly unsafe struct HalveGradientPart<V>(PoolSize size, float* x, float* y, float* dy, float* dx) : IRange where V : struct, IFloatLane<V>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        // What no window sees, the last row or column of an odd number, has no gradient.
        if (2 * size.Rows < size.Height || 2 * size.Columns < size.Width) NativeMemory.Clear(dx + (start * size.Image), (nuint)((end - start) * size.Image * sizeof(float)));
        for (var row = start * size.Rows; row < end * size.Rows; row++)
        {
            var (plane, within) = Math.DivRem(row, size.Rows);
            var (top, place) = ((plane * size.Image) + (2 * within * size.Width), row * size.Columns);
            for (var column = 0; column < size.Columns; column += V.Count)
            {
                var count = Math.Min(V.Count, size.Columns - column);
                var square = Square<V>.Load(x + top + (2 * column), size.Width, count);
                square.Share(Square<V>.LoadPart(y + place + column, count), Square<V>.LoadPart(dy + place + column, count)).Store(dx + top + (2 * column), size.Width, count);
            }
        }
    }
}

/// <summary>A register of windows of 2 × 2: A B in the upper row, C D in the lower.</summary>
internal readonly unsafe record struct Square<V>(V A, V B, V C, V D) where V : struct, IFloatLane<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Square<V> Load(float* top, int width, int count)
    {
        V left = LoadPart(top, 2 * count), right = LoadPart(top + V.Count, (2 * count) - V.Count);
        V below = LoadPart(top + width, 2 * count), next = LoadPart(top + width + V.Count, (2 * count) - V.Count);
        return new(V.Even(left, right), V.Odd(left, right), V.Even(below, next), V.Odd(below, next));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* top, int width, int count)
    {
        StorePart(top, V.ZipLow(A, B), 2 * count);
        StorePart(top + V.Count, V.ZipHigh(A, B), (2 * count) - V.Count);
        StorePart(top + width, V.ZipLow(C, D), 2 * count);
        StorePart(top + width + V.Count, V.ZipHigh(C, D), (2 * count) - V.Count);
    }

    /// <summary>dy at the first that is y, or not a number; 0 at the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Square<V> Share(V y, V dy)
    {
        V isA = Wins(A, y), isB = Wins(B, y), isC = Wins(C, y);
        var restB = V.Select(isA, V.Zero, dy);
        var restC = V.Select(isB, V.Zero, restB);
        return new(V.Select(isA, dy, V.Zero), V.Select(isB, restB, V.Zero), V.Select(isC, restC, V.Zero), V.Select(isC, V.Zero, restC));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Wins(V value, V largest) => V.Select(V.Equal(value, value), V.Equal(value, largest), V.Equal(V.Zero, V.Zero));

    /// <summary>As many elements as there are, up to a register of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LoadPart(float* source, int count) => count >= V.Count ? V.Load(source) : count > 0 ? V.LoadPart(source, count) : V.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePart(float* target, V value, int count)
    {
        if (count >= V.Count) V.Store(target, value);
        else if (count > 0) V.StorePart(target, value, count);
    }
}
