using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// x [batch, channels, stretch] normalised over sets of stretches: group normalisation takes some neighbouring channels of one example, batch
/// normalisation one channel of all examples. Set s has <see cref="Count"/> stretches, the first at First(s), <see cref="Step"/> stretches apart.
/// </summary>
internal readonly struct StretchSets(int batch, int channels, int groups, bool overBatch)
{
    public long Sets => overBatch ? channels : (long)batch * groups;
    public int Count => overBatch ? batch : channels / groups;
    public int Step => overBatch ? channels : 1;
    public long First(long set) => overBatch ? set : set * Count;
    public int Channels => channels;
}

/// <summary>y = (x − mean) / √(variance + ε) · weight + bias of each set, weight and bias per channel or null.</summary>
internal readonly unsafe struct ChannelNormRows<V, T>(StretchSets sets, T* x, T* weight, T* bias, T* y, long length, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(length);
        for (var set = start; set < end; set++)
        {
            var (mean, scale) = Statistics(row, sets, set, x, length, epsilon);
            for (var k = 0; k < sets.Count; k++)
            {
                var stretch = sets.First(set) + (long)k * sets.Step;
                var channel = stretch % sets.Channels;
                var factor = weight == null ? scale : scale * V.Broadcast(weight[channel]);
                row.Affine(x + stretch * length, mean, factor, bias == null ? V.Zero : V.Broadcast(bias[channel]), y + stretch * length);
            }
        }
    }

    /// <summary>The mean of a set and 1 / √(variance + ε).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V Mean, V Scale) Statistics(in Row<V, T> row, StretchSets sets, long set, T* x, long length, double epsilon)
    {
        var share = V.Constant(1.0 / ((double)sets.Count * length));
        var first = x + sets.First(set) * length;
        var step = sets.Step * length;
        var sum = V.Zero;
        for (var k = 0; k < sets.Count; k++) sum += row.Sum(first + k * step);
        var mean = sum * share;
        var deviation = V.Zero;
        for (var k = 0; k < sets.Count; k++) deviation += row.Deviation(first + k * step, mean);
        return (mean, V.One / V.Sqrt(V.MultiplyAdd(deviation, share, V.Constant(epsilon))));
    }
}

/// <summary>
/// The gradient of <see cref="ChannelNormRows{V, T}"/>. Each stretch leaves its share of dweight = Σ dy·n and dbias = Σ dy of its channel in
/// the shares [batch, 2, channels]; dx (or null) follows from their sums as in <see cref="LayerNormGradientRows{V, T}"/>.
/// </summary>
internal readonly unsafe struct ChannelNormGradientRows<V, T>(StretchSets sets, T* x, T* weight, T* dy, T* dx, T* shares, long length, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(length);
        for (var set = start; set < end; set++)
        {
            var (mean, scale) = ChannelNormRows<V, T>.Statistics(row, sets, set, x, length, epsilon);
            var (meanG, meanGn) = Means(row, set, mean, scale);
            if (dx != null) Write(row, set, mean, scale, meanG, meanGn);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (V MeanG, V MeanGn) Means(in Row<V, T> row, long set, V mean, V scale)
    {
        var share = V.Constant(1.0 / ((double)sets.Count * length));
        var (sum, dot) = (V.Zero, V.Zero);
        for (var k = 0; k < sets.Count; k++)
        {
            var stretch = sets.First(set) + (long)k * sets.Step;
            var channel = stretch % sets.Channels;
            var dBias = row.Sum(dy + stretch * length);
            var dWeight = row.CentredDot(x + stretch * length, mean, dy + stretch * length) * scale;
            var mine = shares + stretch / sets.Channels * 2 * sets.Channels + channel;
            V.StorePart(mine, dWeight, 1);
            V.StorePart(mine + sets.Channels, dBias, 1);
            var factor = weight == null ? V.One : V.Broadcast(weight[channel]);
            sum = V.MultiplyAdd(factor, dBias, sum);
            dot = V.MultiplyAdd(factor, dWeight, dot);
        }
        return (sum * share, dot * share);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Write(in Row<V, T> row, long set, V mean, V scale, V meanG, V meanGn)
    {
        var slope = -(scale * scale * meanGn);
        var shift = -(scale * meanG);
        for (var k = 0; k < sets.Count; k++)
        {
            var stretch = sets.First(set) + (long)k * sets.Step;
            var factor = weight == null ? scale : scale * V.Broadcast(weight[stretch % sets.Channels]);
            row.AffineGradient(x + stretch * length, mean, slope, dy + stretch * length, factor, shift, dx + stretch * length);
        }
    }
}
