using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>
/// The inner loops of a reduction. Registers (V of T) fold at most 32 steps before their result is joined in the wide number (W of A), so
/// that the error of a float sum does not grow with its length.
/// </summary>
internal static unsafe class FoldKernel<F, V, T, W, A>
    where F : struct, IFold
    where V : struct, ICpuLane<V, T> where T : unmanaged, INumber<T>
    where W : struct, ICpuLane<W, A> where A : unmanaged, INumber<A>
{
    /// <summary>How many registers of a row, or rows of a column, are folded before the accumulators are joined.</summary>
    public const int Steps = 64;

    /// <summary>total joined with <paramref name="length"/> elements next to each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static A Row(F fold, A total, T* x, long length, T centre)
    {
        var (i, count, c, start) = (0L, V.Count, V.Broadcast(centre), fold.Start<V>());
        while (i <= length - (4 * count))
        {
            V s0 = start, s1 = start, s2 = start, s3 = start;
            var last = Math.Min(length, i + (Steps * count)) - (4 * count);
            for (; i <= last; i += 4 * count)
            {
                s0 = fold.Join(s0, fold.Of(V.Load(x + i), c));
                s1 = fold.Join(s1, fold.Of(V.Load(x + i + count), c));
                s2 = fold.Join(s2, fold.Of(V.Load(x + i + (2 * count)), c));
                s3 = fold.Join(s3, fold.Of(V.Load(x + i + (3 * count)), c));
            }
            total = Join(fold, total, fold.Across<V, T>(fold.Join(fold.Join(s0, s1), fold.Join(s2, s3))));
        }
        if (i == length) return total;
        var s = start;
        for (; i <= length - count; i += count) s = fold.Join(s, fold.Of(V.Load(x + i), c));
        var rest = (int)(length - i);
        if (rest > 0) s = fold.Join(s, V.Select(V.First(rest), fold.Of(V.LoadPart(x + i, rest), c), start));
        return Join(fold, total, fold.Across<V, T>(s));
    }

    /// <summary>Each of <paramref name="width"/> totals joined with its column of <paramref name="rows"/> elements, <paramref name="stride"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Columns(F fold, A* totals, T* x, long rows, long stride, int width, T* centres)
    {
        var count = V.Count;
        var held = stackalloc T[4 * count];
        for (var row = 0L; row < rows; row += Steps, x += Steps * stride)
        {
            var height = Math.Min(Steps, rows - row);
            var j = 0;
            for (; j <= width - (4 * count); j += 4 * count)
            {
                FourColumns(fold, x + j, height, stride, centres + j, held);
                for (var i = 0; i < 4 * count; i++) totals[j + i] = Join(fold, totals[j + i], held[i]);
            }
            for (; j <= width - count; j += count)
            {
                V.Store(held, Column(fold, x + j, height, stride, F.Centred ? V.Load(centres + j) : V.Zero));
                for (var i = 0; i < count; i++) totals[j + i] = Join(fold, totals[j + i], held[i]);
            }
            if (j == width) continue;
            V.Store(held, PartOfColumn(fold, x + j, height, stride, F.Centred ? V.LoadPart(centres + j, width - j) : V.Zero, width - j));
            for (var i = 0; j < width; i++, j++) totals[j] = Join(fold, totals[j], held[i]);
        }
    }

    /// <summary>The finished folds of at most <see cref="Steps"/> rows, straight from the registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FewRows(F fold, T* y, T* x, long rows, long stride, int width, T* centres)
    {
        var (j, count) = (0, V.Count);
        for (; j <= width - (4 * count); j += 4 * count)
        {
            FourColumns(fold, x + j, rows, stride, centres + j, y + j);
            for (var i = j; i < j + (4 * count); i += count) V.Store(y + i, fold.Finish(V.Load(y + i), F.Centred ? V.Load(centres + i) : V.Zero));
        }
        for (; j <= width - count; j += count)
        {
            var centre = F.Centred ? V.Load(centres + j) : V.Zero;
            V.Store(y + j, fold.Finish(Column(fold, x + j, rows, stride, centre), centre));
        }
        if (j == width) return;
        var last = F.Centred ? V.LoadPart(centres + j, width - j) : V.Zero;
        V.StorePart(y + j, fold.Finish(PartOfColumn(fold, x + j, rows, stride, last, width - j), last), width - j);
    }

    /// <summary>Four neighbouring registers of columns at a time: rows are read in longer stretches, which the prefetcher follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourColumns(F fold, T* x, long height, long stride, T* centres, T* sums)
    {
        var count = V.Count;
        V c0 = F.Centred ? V.Load(centres) : V.Zero, c1 = F.Centred ? V.Load(centres + count) : V.Zero;
        V c2 = F.Centred ? V.Load(centres + (2 * count)) : V.Zero, c3 = F.Centred ? V.Load(centres + (3 * count)) : V.Zero;
        V s0 = fold.Start<V>(), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        var row = 0L;
        for (; row <= height - 2; row += 2, x += 2 * stride)
        {
            s0 = fold.Join(s0, fold.Of(V.Load(x), c0));
            s1 = fold.Join(s1, fold.Of(V.Load(x + count), c1));
            s2 = fold.Join(s2, fold.Of(V.Load(x + (2 * count)), c2));
            s3 = fold.Join(s3, fold.Of(V.Load(x + (3 * count)), c3));
            t0 = fold.Join(t0, fold.Of(V.Load(x + stride), c0));
            t1 = fold.Join(t1, fold.Of(V.Load(x + stride + count), c1));
            t2 = fold.Join(t2, fold.Of(V.Load(x + stride + (2 * count)), c2));
            t3 = fold.Join(t3, fold.Of(V.Load(x + stride + (3 * count)), c3));
        }
        if (row < height)
        {
            s0 = fold.Join(s0, fold.Of(V.Load(x), c0));
            s1 = fold.Join(s1, fold.Of(V.Load(x + count), c1));
            s2 = fold.Join(s2, fold.Of(V.Load(x + (2 * count)), c2));
            s3 = fold.Join(s3, fold.Of(V.Load(x + (3 * count)), c3));
        }
        V.Store(sums, fold.Join(s0, t0));
        V.Store(sums + count, fold.Join(s1, t1));
        V.Store(sums + (2 * count), fold.Join(s2, t2));
        V.Store(sums + (3 * count), fold.Join(s3, t3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Column(F fold, T* x, long height, long stride, V centre)
    {
        V s0 = fold.Start<V>(), s1 = s0, s2 = s0, s3 = s0;
        var row = 0L;
        for (; row <= height - 4; row += 4, x += 4 * stride)
        {
            s0 = fold.Join(s0, fold.Of(V.Load(x), centre));
            s1 = fold.Join(s1, fold.Of(V.Load(x + stride), centre));
            s2 = fold.Join(s2, fold.Of(V.Load(x + (2 * stride)), centre));
            s3 = fold.Join(s3, fold.Of(V.Load(x + (3 * stride)), centre));
        }
        for (; row < height; row++, x += stride) s0 = fold.Join(s0, fold.Of(V.Load(x), centre));
        return fold.Join(fold.Join(s0, s1), fold.Join(s2, s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PartOfColumn(F fold, T* x, long height, long stride, V centre, int width)
    {
        V even = fold.Start<V>(), odd = even;
        var row = 0L;
        for (; row <= height - 2; row += 2, x += 2 * stride)
        {
            even = fold.Join(even, fold.Of(V.LoadPart(x, width), centre));
            odd = fold.Join(odd, fold.Of(V.LoadPart(x + stride, width), centre));
        }
        if (row < height) even = fold.Join(even, fold.Of(V.LoadPart(x, width), centre));
        return fold.Join(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static A Join(F fold, A total, T value) => Join(fold, total, A.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static A Join(F fold, A a, A b) => W.Sum(fold.Join(W.Broadcast(a), W.Broadcast(b)));

    public static A Start(F fold) => W.Sum(fold.Start<W>());

    public static T Finish(F fold, A total, T centre) =>
        T.CreateTruncating(W.Sum(fold.Finish(W.Broadcast(total), W.Broadcast(A.CreateTruncating(centre)))));
}
