using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// y[j] = Σᵢ x[i, j], for a range of columns of rows <paramref name="stride"/> apart. Blocks of rows are summed on their own first, so that rounding grows with the square root of the
/// rows at worst; the order depends on nothing but the shape.
/// </summary>
internal readonly unsafe struct ColumnSums<V, T>(T* x, long rows, long stride, T* y) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    const int Block = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var j = start;
        for (; j <= end - 4 * V.Count; j += 4 * V.Count)
        {
            var (a, b, c, d) = (V.Zero, V.Zero, V.Zero, V.Zero);
            for (var first = 0L; first < rows; first += Block)
            {
                var (s, t, u, v) = (V.Zero, V.Zero, V.Zero, V.Zero);
                var from = x + first * stride + j;
                for (var i = Math.Min(Block, rows - first); i > 0; i--, from += stride)
                {
                    s += V.Load(from);
                    t += V.Load(from + V.Count);
                    u += V.Load(from + 2 * V.Count);
                    v += V.Load(from + 3 * V.Count);
                }
                a += s;
                b += t;
                c += u;
                d += v;
            }
            V.Store(y + j, a);
            V.Store(y + j + V.Count, b);
            V.Store(y + j + 2 * V.Count, c);
            V.Store(y + j + 3 * V.Count, d);
        }
        for (; j < end; j += V.Count) One(j, (int)Math.Min(V.Count, end - j));
    }

    void One(long j, int count)
    {
        var total = V.Zero;
        for (var first = 0L; first < rows; first += Block)
        {
            var sum = V.Zero;
            var from = x + first * stride + j;
            for (var i = Math.Min(Block, rows - first); i > 0; i--, from += stride) sum += count == V.Count ? V.Load(from) : V.LoadPart(from, count);
            total += sum;
        }
        if (count == V.Count) V.Store(y + j, total);
        else V.StorePart(y + j, total, count);
    }
}
