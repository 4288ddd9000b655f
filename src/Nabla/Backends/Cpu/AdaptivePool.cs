using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>A plane cut into a grid of parts of equal size, from ⌊i · length / parts⌋ to ⌈(i + 1) · length / parts⌉ along each axis.</summary>
internal readonly record struct PartGrid(int Height, int Width, int Rows, int Columns)
{
    public PartGrid(Shape image, Shape parts) : this(image[^2], image[^1], parts[^2], parts[^1]) { }

    public long Image => (long)Height * Width;

    public long Places => (long)Rows * Columns;

    public bool IsWhole => Places == 1;

    public (int Top, int Bottom) Down(int row) => Part(row, Height, Rows);

    public (int Left, int Right) Across(int column) => Part(column, Width, Columns);

    private static (int Start, int End) Part(int i, int length, int parts) => ((int)((long)i * length / parts), (int)((((i + 1L) * length) + parts - 1) / parts));
}

/// <summary>The means over a grid of parts.</summary>
internal readonly unsafe struct AdaptivePart<V>(PartGrid grid, float* x, float* y) : IRange where V : struct, IFloatLane<V>
{
    public void Run(long start, long end)
    {
        var row = Scratch.Mine.A.Of(grid.Width);
        for (var plane = start; plane < end; plane++)
        {
            float* from = x + (plane * grid.Image), to = y + (plane * grid.Places);
            if (grid.IsWhole) *to = Lines<V>.Sum(from, grid.Image) / grid.Image;
            else
                for (var i = 0; i < grid.Rows; i++, to += grid.Columns) Row(from, i, row, to);
        }
    }

    private void Row(float* image, int i, float* row, float* to)
    {
        var (top, bottom) = grid.Down(i);
        NativeMemory.Clear(row, (nuint)grid.Width * sizeof(float));
        for (var r = top; r < bottom; r++) Lines<V>.Add(image + ((long)r * grid.Width), row, grid.Width);
        for (var j = 0; j < grid.Columns; j++)
        {
            var (left, right) = grid.Across(j);
            to[j] = Lines<V>.Sum(row + left, right - left) / ((float)(bottom - top) * (right - left));
        }
    }
}

/// <summary>Their gradient: every element takes its share of each part that holds it.</summary>
internal readonly unsafe struct AdaptiveGradientPart<V>(PartGrid grid, float* dy, float* dx) : IRange where V : struct, IFloatLane<V>
{
    public void Run(long start, long end)
    {
        var row = Scratch.Mine.A.Of(grid.Width);
        for (var plane = start; plane < end; plane++)
        {
            float* from = dy + (plane * grid.Places), to = dx + (plane * grid.Image);
            if (grid.IsWhole)
            {
                new Span<float>(to, checked((int)grid.Image)).Fill(*from / grid.Image);
                continue;
            }
            NativeMemory.Clear(to, (nuint)grid.Image * sizeof(float));
            for (var i = 0; i < grid.Rows; i++, from += grid.Columns) Row(from, i, row, to);
        }
    }

    private void Row(float* from, int i, float* row, float* image)
    {
        var (top, bottom) = grid.Down(i);
        NativeMemory.Clear(row, (nuint)grid.Width * sizeof(float));
        for (var j = 0; j < grid.Columns; j++)
        {
            var (left, right) = grid.Across(j);
            var share = from[j] / ((float)(bottom - top) * (right - left));
            for (var column = left; column < right; column++) row[column] += share;
        }
        for (var r = top; r < bottom; r++) Lines<V>.Add(row, image + ((long)r * grid.Width), grid.Width);
    }
}

/// <summary>Neighbouring floats, a register at a time.</summary>
internal static unsafe class Lines<V> where V : struct, IFloatLane<V>
{
    public static void Add(float* source, float* target, int length)
    {
        for (var i = 0; i < length; i += V.Count)
            Square<V>.StorePart(target + i, Square<V>.LoadPart(target + i, length - i) + Square<V>.LoadPart(source + i, length - i), length - i);
    }

    public static float Sum(float* source, long length)
    {
        V a = V.Zero, b = V.Zero, c = V.Zero, d = V.Zero;
        var i = 0L;
        for (; i + (4 * V.Count) <= length; i += 4 * V.Count)
        {
            a += V.Load(source + i);
            b += V.Load(source + i + V.Count);
            c += V.Load(source + i + (2 * V.Count));
            d += V.Load(source + i + (3 * V.Count));
        }
        for (; i < length; i += V.Count) a += Square<V>.LoadPart(source + i, (int)Math.Min(length - i, V.Count));
        return V.Sum((a + b) + (c + d));
    }
}
