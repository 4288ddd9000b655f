using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>
/// The gradient of a pool of maxima: tap after tap, the windows whose maximum it is and which have not found theirs yet. Windows that reach over an edge are searched one by one: nothing there wins.
/// </summary>
internal readonly unsafe struct MaxGradientPart<V>(PoolSize size, float* x, float* y, float* dy, float* dx) : IRange where V : struct, IFloatLane<V>
{
    public void Run(long start, long end)
    {
        var order = new StridedRow(size.Width, size.StrideX);
        var length = (long)order.Length * size.Height;
        var isSorted = size.StrideX > 1;
        float* image = isSorted ? Scratch.Mine.A.Of((nint)length) : null, gradient = isSorted ? Scratch.Mine.B.Of((nint)length) : null;
        for (var plane = start; plane < end; plane++)
        {
            float* from = x + (plane * size.Image), to = dx + (plane * size.Image);
            if (isSorted)
            {
                for (var i = 0; i < size.Height; i++) order.Sort<V>(from + ((long)i * size.Width), image + ((long)i * order.Length));
                Plane(order, plane, image, gradient);
                for (var i = 0; i < size.Height; i++) order.Join<V>(gradient + ((long)i * order.Length), to + ((long)i * size.Width));
            }
            else Plane(order, plane, from, to);
        }
    }

    private void Plane(StridedRow order, long plane, float* image, float* gradient)
    {
        NativeMemory.Clear(gradient, (nuint)order.Length * (nuint)size.Height * sizeof(float));
        // The windows that lie between the edges.
        var first = Math.Min(size.Columns, (size.PaddingX + size.StrideX - 1) / size.StrideX);
        var end = Math.Max(first, Math.Min(size.Columns, ((size.Width + size.PaddingX - size.KernelX) / size.StrideX) + 1));
        for (var r = 0; r < size.Rows; r++)
        {
            var place = (plane * size.Places) + ((long)r * size.Columns);
            for (var c = 0; c < first; c++) One(order, r, c, dy[place + c], image, gradient);
            for (var c = first; c < end; c += V.Count) Several(order, r, c, Math.Min(V.Count, end - c), y + place + c, dy + place + c, image, gradient);
            for (var c = end; c < size.Columns; c++) One(order, r, c, dy[place + c], image, gradient);
        }
    }

    private void Several(StridedRow order, int r, int c, int count, float* y, float* dy, float* image, float* gradient)
    {
        V largest = Square<V>.LoadPart(y, count), rest = Square<V>.LoadPart(dy, count);
        var (top, bottom) = size.Seen(r);
        var left = (c * size.StrideX) - size.PaddingX;
        for (var row = top; row < bottom; row++)
        for (var k = 0; k < size.KernelX; k++)
        {
            var at = ((long)row * order.Length) + order[left + k];
            var value = Square<V>.LoadPart(image + at, count);
            var wins = V.Equal(value, largest) | V.Select(V.Equal(value, value), V.Zero, V.Equal(V.Zero, V.Zero));
            Square<V>.StorePart(gradient + at, Square<V>.LoadPart(gradient + at, count) + V.Select(wins, rest, V.Zero), count);
            rest = V.Select(wins, V.Zero, rest);
        }
    }

    private void One(StridedRow order, int r, int c, float share, float* image, float* gradient)
    {
        var ((top, bottom), (left, right)) = (size.Seen(r), size.SeenAcross(c));
        var best = ((long)top * order.Length) + order[left];
        for (var row = top; row < bottom; row++)
        for (var column = left; column < right; column++)
        {
            var at = ((long)row * order.Length) + order[column];
            if (!(image[at] <= image[best]) && !float.IsNaN(image[best])) best = at;
        }
        gradient[best] += share;
    }
}

/// <summary>The gradient of a pool of means: each row of shares of dy is spread across, and added to the rows that its windows see.</summary>
internal readonly unsafe struct MeanGradientPart<V>(PoolSize size, PoolMean<V> mean, float* dy, float* dx) : IRange where V : struct, IFloatLane<V>
{
    public void Run(long start, long end)
    {
        var padded = size.Width + (2 * size.PaddingX);
        var order = new StridedRow(padded, size.StrideX);
        float* sorted = Scratch.Mine.A.Of(order.Length), row = size.StrideX == 1 ? sorted : Scratch.Mine.B.Of(padded);
        NativeMemory.Clear(dx + (start * size.Image), (nuint)((end - start) * size.Image * sizeof(float)));
        for (var plane = start; plane < end; plane++)
        for (var r = 0; r < size.Rows; r++)
        {
            new Span<float>(sorted, order.Length).Clear();
            Across(order, r, dy + (plane * size.Places) + ((long)r * size.Columns), sorted);
            if (size.StrideX > 1) order.Join<V>(sorted, row);
            var (top, bottom) = size.Seen(r);
            for (var i = top; i < bottom; i++) Lines<V>.Add(row + size.PaddingX, dx + (plane * size.Image) + ((long)i * size.Width), size.Width);
        }
    }

    private void Across(StridedRow order, int r, float* from, float* sorted)
    {
        for (var c = 0; c < size.Columns; c += V.Count)
        {
            var count = size.Columns - c;
            var share = mean.Result(Square<V>.LoadPart(from + c, count), r, c, count);
            for (var k = 0; k < size.KernelX; k++)
            {
                var to = sorted + order[k] + c;
                Square<V>.StorePart(to, Square<V>.LoadPart(to, count) + share, count);
            }
        }
    }
}
