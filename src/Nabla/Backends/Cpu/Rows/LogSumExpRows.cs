using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>y = max x + ln Σ exp(x − max x) of each row, read from memory once. Where the largest is infinite nothing is subtracted: ∞ − ∞ is not a number.</summary>
internal readonly unsafe struct LogSumExpRows<V, T>(T* x, T* y, long width) : IRange where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var (row, infinity) = (new Row<V, T>(width), V.Constant(double.PositiveInfinity));
        for (var r = start; r < end; r++)
        {
            var largest = row.Largest(x + (r * width));
            largest = V.Select(V.LessThan(V.Abs(largest), infinity), largest, V.Zero);
            V.StorePart(y + r, largest + V.Log(row.SumOfExponentials(x + (r * width), largest)), 1);
        }
    }
}
