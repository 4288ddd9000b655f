using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// y = softmax(x) of each row; two rows at a time, since each waits twice for a sum over a register while the other goes on.
/// </summary>
internal readonly unsafe struct SoftmaxRows<V, T>(T* x, T* y, long width) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(width);
        var r = start;
        for (; r < end - 1; r += 2) Two(row, x + r * width, y + r * width, width);
        if (r < end) One(row, x + r * width, y + r * width);
    }

    // Each in a method of its own: the JIT inlines only so much into one, and an exponential that it leaves out is several times slower.

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static void One(Row<V, T> row, T* from, T* to)
    {
        var scale = V.One / row.Exponentials(from, row.Largest(from), to);
        for (var i = 0L; i < row.Whole; i += V.Count) V.Store(to + i, V.Load(to + i) * scale);
        if (row.Rest > 0) V.StorePart(to + row.Whole, V.LoadPart(to + row.Whole, row.Rest) * scale, row.Rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    static void Two(Row<V, T> row, T* from, T* to, long width)
    {
        var (first, second) = (row.Largest(from), row.Largest(from + width));
        var (a, b) = (row.Exponentials(from, first, to), row.Exponentials(from + width, second, to + width));
        (a, b) = (V.One / a, V.One / b);
        for (var i = 0L; i < row.Whole; i += V.Count)
        {
            V.Store(to + i, V.Load(to + i) * a);
            V.Store(to + width + i, V.Load(to + width + i) * b);
        }
        if (row.Rest == 0) return;
        V.StorePart(to + row.Whole, V.LoadPart(to + row.Whole, row.Rest) * a, row.Rest);
        V.StorePart(to + width + row.Whole, V.LoadPart(to + width + row.Whole, row.Rest) * b, row.Rest);
    }
}

/// <summary>dx = y · (dy − Σ y·dy) of each row.</summary>
internal readonly unsafe struct SoftmaxGradientRows<V, T>(T* y, T* dy, T* dx, long width) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(width);
        for (var r = start; r < end; r++)
        {
            T* a = y + r * width, b = dy + r * width, to = dx + r * width;
            var dot = row.Dot(a, b);
            for (var i = 0L; i < row.Whole; i += V.Count) V.Store(to + i, V.Load(a + i) * (V.Load(b + i) - dot));
            if (row.Rest > 0) V.StorePart(to + row.Whole, V.LoadPart(a + row.Whole, row.Rest) * (V.LoadPart(b + row.Whole, row.Rest) - dot), row.Rest);
        }
    }
}

/// <summary>y = x − max x − ln Σ exp(x − max x) of each row.</summary>
internal readonly unsafe struct LogSoftmaxRows<V, T>(T* x, T* y, long width) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(width);
        for (var r = start; r < end; r++)
        {
            T* from = x + r * width, to = y + r * width;
            var largest = row.Largest(from);
            var logarithm = V.Log(row.SumOfExponentials(from, largest));
            for (var i = 0L; i < row.Whole; i += V.Count) V.Store(to + i, V.Load(from + i) - largest - logarithm);
            if (row.Rest > 0) V.StorePart(to + row.Whole, V.LoadPart(from + row.Whole, row.Rest) - largest - logarithm, row.Rest);
        }
    }
}

/// <summary>dx = dy − exp y · Σ dy of each row.</summary>
internal readonly unsafe struct LogSoftmaxGradientRows<V, T>(T* y, T* dy, T* dx, long width) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(width);
        for (var r = start; r < end; r++)
        {
            T* a = y + r * width, b = dy + r * width, to = dx + r * width;
            var sum = row.Sum(b);
            for (var i = 0L; i < row.Whole; i += V.Count) V.Store(to + i, V.Load(b + i) - V.Exp(V.Load(a + i)) * sum);
            if (row.Rest > 0) V.StorePart(to + row.Whole, V.LoadPart(b + row.Whole, row.Rest) - V.Exp(V.LoadPart(a + row.Whole, row.Rest)) * sum, row.Rest);
        }
    }
}
