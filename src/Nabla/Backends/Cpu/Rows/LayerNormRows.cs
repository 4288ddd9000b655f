using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>y = (x − mean) / √(variance + ε) · weight + bias of each row; of x + residual, unless that is null.</summary>
internal readonly unsafe struct LayerNormRows<V, T>(T* x, T* residual, T* weight, T* bias, T* y, long width, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(width);
        var (part, little) = (V.Constant(1.0 / width), V.Constant(epsilon));
        for (var r = start; r < end; r++)
        {
            T* from = x + r * width, to = y + r * width;
            var mean = (residual == null ? row.Sum(from) : row.AddAndSum(from, residual + r * width, to)) * part;
            if (residual != null) from = to;
            var scale = V.One / V.Sqrt(V.MultiplyAdd(row.Deviation(from, mean), part, little));
            for (var i = 0L; i < row.Whole; i += V.Count)
            {
                V.Store(to + i, V.MultiplyAdd((V.Load(from + i) - mean) * scale, V.Load(weight + i), V.Load(bias + i)));
            }
            if (row.Rest == 0) continue;
            var last = (V.LoadPart(from + row.Whole, row.Rest) - mean) * scale;
            V.StorePart(to + row.Whole, V.MultiplyAdd(last, V.LoadPart(weight + row.Whole, row.Rest), V.LoadPart(bias + row.Whole, row.Rest)), row.Rest);
        }
    }
}

/// <summary>
/// The gradient of <see cref="LayerNormRows{V, T}"/>, in chunks of rows. With n = (x − mean) / s and g = dy · weight:
/// dx = (g − mean g − n · mean (g·n)) / s; each chunk leaves its share of dweight = Σ dy·n and dbias = Σ dy in its row [2, width] of the shares.
/// dx may be null. With a residual, x + residual stands for x.
/// </summary>
internal readonly unsafe struct LayerNormGradientRows<V, T>(
    T* x, T* residual, T* weight, T* dy, T* dx, T* shares, long rows, long chunk, long width, double epsilon) : IPart
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int part)
    {
        var row = new Row<V, T>(width);
        var (share, little) = (V.Constant(1.0 / width), V.Constant(epsilon));
        var dWeight = shares + part * 2 * width;
        NativeMemory.Clear(dWeight, (nuint)(2 * width * sizeof(T)));
        var sums = residual == null ? null : (T*)Scratch.Mine.A.Of((nint)(width * sizeof(T) / sizeof(float)));
        for (var r = part * chunk; r < Math.Min(rows, (part + 1) * chunk); r++)
        {
            T* from = x + r * width, upstream = dy + r * width;
            var mean = (residual == null ? row.Sum(from) : row.AddAndSum(from, residual + r * width, sums)) * share;
            if (residual != null) from = sums;
            var scale = V.One / V.Sqrt(V.MultiplyAdd(row.Deviation(from, mean), share, little));
            var (sum, dot) = Sums(row, from, upstream, mean, scale, dWeight);
            if (dx != null) Write(row, from, upstream, mean, scale, sum * share, dot * share, dx + r * width);
        }
    }

    /// <summary>Σ g and Σ g·n; adds the row to the shares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (V Sum, V Dot) Sums(in Row<V, T> row, T* from, T* upstream, V mean, V scale, T* dWeight)
    {
        // Two chains of sums, since each addition waits for the one before.
        var (sum, dot, sum2, dot2) = (V.Zero, V.Zero, V.Zero, V.Zero);
        var i = 0L;
        for (; i <= row.Whole - (2 * V.Count); i += 2 * V.Count)
        {
            Add(from + i, upstream + i, weight + i, mean, scale, dWeight + i, ref sum, ref dot);
            var j = i + V.Count;
            Add(from + j, upstream + j, weight + j, mean, scale, dWeight + j, ref sum2, ref dot2);
        }
        if (i < row.Whole) Add(from + i, upstream + i, weight + i, mean, scale, dWeight + i, ref sum, ref dot);
        (sum, dot) = (sum + sum2, dot + dot2);
        if (row.Rest > 0)
        {
            var rest = row.Rest;
            i = row.Whole;
            var d = V.LoadPart(upstream + i, rest);
            var n = (V.LoadPart(from + i, rest) - mean) * scale;
            V.StorePart(dWeight + i, V.MultiplyAdd(d, n, V.LoadPart(dWeight + i, rest)), rest);
            V.StorePart(dWeight + width + i, V.LoadPart(dWeight + width + i, rest) + d, rest);
            d *= V.LoadPart(weight + i, rest);
            sum += d;
            dot = V.MultiplyAdd(d, n, dot);
        }
        return (V.Broadcast(V.Sum(sum)), V.Broadcast(V.Sum(dot)));
    }

    /// <summary>One register of the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Add(T* from, T* upstream, T* weights, V mean, V scale, T* dWeight, ref V sum, ref V dot)
    {
        var d = V.Load(upstream);
        var n = (V.Load(from) - mean) * scale;
        V.Store(dWeight, V.MultiplyAdd(d, n, V.Load(dWeight)));
        V.Store(dWeight + width, V.Load(dWeight + width) + d);
        d *= V.Load(weights);
        sum += d;
        dot = V.MultiplyAdd(d, n, dot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Write(in Row<V, T> row, T* from, T* upstream, V mean, V scale, V meanG, V meanGn, T* to)
    {
        var slope = -(scale * meanGn);
        for (var i = 0L; i < row.Whole; i += V.Count)
        {
            var g = V.MultiplyAdd(V.Load(upstream + i), V.Load(weight + i), -meanG);
            V.Store(to + i, V.MultiplyAdd(V.Load(from + i) - mean, slope, g) * scale);
        }
        if (row.Rest == 0) return;
        var last = V.MultiplyAdd(V.LoadPart(upstream + row.Whole, row.Rest), V.LoadPart(weight + row.Whole, row.Rest), -meanG);
        V.StorePart(to + row.Whole, V.MultiplyAdd(V.LoadPart(from + row.Whole, row.Rest) - mean, slope, last) * scale, row.Rest);
    }
}
