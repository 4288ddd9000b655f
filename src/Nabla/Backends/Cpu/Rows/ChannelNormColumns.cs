using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// Batch normalisation of x [batch, channels]: y = (x − mean) / √(variance + ε) · weight + bias of each column, weight and bias or null. A register of columns at a time, so that the batch is read
/// from memory once. Leaves the statistics [2, channels]: means, then variances.
/// </summary>
internal readonly unsafe struct ChannelNormColumns<V, T>(long batch, long channels, T* x, T* weight, T* bias, T* y, T* statistics, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        for (var j = start; j < end; j += V.Count)
        {
            var columns = new Columns<V, T>((int)Math.Min(V.Count, end - j));
            var (mean, variance) = Statistics(columns, j);
            columns.Store(statistics + j, mean);
            columns.Store(statistics + channels + j, variance);
            var factor = V.One / V.Sqrt(variance + V.Constant(epsilon));
            if (weight != null) factor *= columns.Load(weight + j);
            var shift = bias == null ? V.Zero : columns.Load(bias + j);
            for (var i = 0L; i < batch; i++) columns.Store(y + (i * channels) + j, V.MultiplyAdd(columns.Load(x + (i * channels) + j) - mean, factor, shift));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (V Mean, V Variance) Statistics(Columns<V, T> columns, long j)
    {
        var share = V.Constant(1.0 / batch);
        V a = V.Zero, b = a, c = a, d = a;
        for (var i = 0L; i < batch; i++) (a, b, c, d) = (b, c, d, a + columns.Load(x + (i * channels) + j));
        var mean = ((a + b) + (c + d)) * share;
        a = b = c = d = V.Zero;
        for (var i = 0L; i < batch; i++)
        {
            var apart = columns.Load(x + (i * channels) + j) - mean;
            (a, b, c, d) = (b, c, d, V.MultiplyAdd(apart, apart, a));
        }
        return (mean, ((a + b) + (c + d)) * share);
    }
}

/// <summary>The gradient of <see cref="ChannelNormColumns{V, T}"/>, given the statistics that it left: dweight = Σ dy·n, dbias = Σ dy, dx as in <see cref="LayerNormGradientRows{V, T}"/>; each may be null.</summary>
internal readonly unsafe struct ChannelNormGradientColumns<V, T>(long batch, long channels, T* x, T* weight, T* dy, T* dx, T* dWeight, T* dBias, T* statistics, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        for (var j = start; j < end; j += V.Count)
        {
            var columns = new Columns<V, T>((int)Math.Min(V.Count, end - j));
            var mean = columns.Load(statistics + j);
            var scale = V.One / V.Sqrt(columns.Load(statistics + channels + j) + V.Constant(epsilon));
            var (sum, sumN) = Sums(columns, j, mean, scale);
            if (dWeight != null) columns.Store(dWeight + j, sumN);
            if (dBias != null) columns.Store(dBias + j, sum);
            if (dx != null) Write(columns, j, mean, scale, sum, sumN);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (V Sum, V SumN) Sums(Columns<V, T> columns, long j, V mean, V scale)
    {
        V a = V.Zero, b = a, s = a, t = a;
        for (var i = 0L; i < batch; i++)
        {
            var g = columns.Load(dy + (i * channels) + j);
            (a, b) = (b, V.MultiplyAdd(columns.Load(x + (i * channels) + j) - mean, g, a));
            (s, t) = (t, s + g);
        }
        return (s + t, (a + b) * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(Columns<V, T> columns, long j, V mean, V scale, V sum, V sumN)
    {
        var factor = weight == null ? scale : scale * columns.Load(weight + j);
        var share = factor * V.Constant(1.0 / batch);
        var slope = -(share * scale * sumN);
        var shift = -(share * sum);
        for (var i = 0L; i < batch; i++)
        {
            var at = (i * channels) + j;
            columns.Store(dx + at, V.MultiplyAdd(columns.Load(dy + at), factor, V.MultiplyAdd(columns.Load(x + at) - mean, slope, shift)));
        }
    }
}

/// <summary>A register of neighbouring columns, or as many as are left.</summary>
internal readonly unsafe struct Columns<V, T>(int count) where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(T* source) => count == V.Count ? V.Load(source) : V.LoadPart(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* target, V value)
    {
        if (count == V.Count) V.Store(target, value);
        else V.StorePart(target, value, count);
    }
}
