using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// loss = ln Σ exp x − (1 − smoothing) · x[label] − smoothing · mean x of each row, with x relative to its maximum; 0 where the label is ignored.
/// </summary>
internal readonly unsafe struct CrossEntropyRows<V, T>(T* x, long* labels, T* losses, int classes, double smoothing, long? ignored) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(classes);
        var (likely, even, count) = (V.Constant(1 - smoothing), V.Constant(smoothing), V.Constant(classes));
        for (var r = start; r < end; r++)
        {
            var label = labels[r];
            var loss = V.Zero;
            if (label != ignored)
            {
                var from = x + r * classes;
                var largest = row.Largest(from);
                loss = V.Log(row.SumOfExponentials(from, largest)) - likely * (V.Broadcast(from[label]) - largest);
                if (smoothing != 0) loss -= even * (row.Sum(from) / count - largest);
            }
            V.StorePart(losses + r, loss, 1);
        }
    }
}

/// <summary>dx = (softmax(x) − (1 − smoothing) · onehot(label) − smoothing / classes) · dy of each row; 0 where the label is ignored.</summary>
internal readonly unsafe struct CrossEntropyGradientRows<V, T>(T* x, long* labels, T* dy, T* dx, int classes, double smoothing, long? ignored) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(classes);
        var (likely, even) = (V.Constant(1 - smoothing), V.Constant(smoothing / classes));
        for (var r = start; r < end; r++)
        {
            T* from = x + r * classes, to = dx + r * classes;
            if (labels[r] == ignored)
            {
                new Span<T>(to, classes).Clear();
                continue;
            }
            var upstream = V.Broadcast(dy[r]);
            var scale = upstream / row.Exponentials(from, row.Largest(from), to);
            var rest = upstream * even;
            for (var i = 0L; i < row.Whole; i += V.Count) V.Store(to + i, V.Load(to + i) * scale - rest);
            if (row.Rest > 0) V.StorePart(to + row.Whole, V.LoadPart(to + row.Whole, row.Rest) * scale - rest, row.Rest);
            V.StorePart(to + labels[r], V.Broadcast(to[labels[r]]) - upstream * likely, 1);
        }
    }
}
