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

/// <summary>
/// The mean and the variance of a set in one pass over memory: each piece is summed, and its deviations from its own mean while it is still in the first-level cache; the pieces are joined as in
/// Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance".
/// </summary>
internal readonly unsafe struct SetStatistics<V, T>(long length) where V : struct, ICpuLane<V, T> where T : unmanaged
{
    private const int Piece = 4096;

    private readonly Row<V, T> piece = new(Math.Min(length, Piece)), last = new(((length - 1) % Piece) + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (V Mean, V Variance) Of(StretchSets sets, long set, T* x)
    {
        var (mean, spread, count) = (V.Zero, V.Zero, 0.0);
        for (var k = 0; k < sets.Count; k++)
        {
            var stretch = x + ((sets.First(set) + ((long)k * sets.Step)) * length);
            for (var i = 0L; i < length; i += Piece)
            {
                var size = Math.Min(Piece, length - i);
                var row = i + Piece >= length ? last : piece;
                var own = row.Sum(stretch + i) * V.Constant(1.0 / size);
                var apart = own - mean;
                var share = size / (count + size);
                spread += V.MultiplyAdd(apart * apart, V.Constant(count * share), row.Deviation(stretch + i, own));
                mean = V.MultiplyAdd(apart, V.Constant(share), mean);
                count += size;
            }
        }
        return (mean, spread * V.Constant(1 / count));
    }
}

/// <summary>y = (x − mean) / √(variance + ε) · weight + bias of each set, weight and bias per channel or null. Leaves the statistics [2, sets]: means, then variances.</summary>
internal readonly unsafe struct ChannelNormRows<V, T>(StretchSets sets, T* x, T* weight, T* bias, T* y, T* statistics, long length, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var (row, measure) = (new Row<V, T>(length), new SetStatistics<V, T>(length));
        for (var set = start; set < end; set++)
        {
            var (mean, variance) = measure.Of(sets, set, x);
            V.StorePart(statistics + set, mean, 1);
            V.StorePart(statistics + sets.Sets + set, variance, 1);
            var scale = V.One / V.Sqrt(variance + V.Constant(epsilon));
            for (var k = 0; k < sets.Count; k++)
            {
                var stretch = sets.First(set) + (long)k * sets.Step;
                var channel = stretch % sets.Channels;
                var factor = weight == null ? scale : scale * V.Broadcast(weight[channel]);
                row.Affine(x + stretch * length, mean, factor, bias == null ? V.Zero : V.Broadcast(bias[channel]), y + stretch * length);
            }
        }
    }
}

/// <summary>
/// The gradient of <see cref="ChannelNormRows{V, T}"/>, given the statistics that it left. Each stretch leaves its share of dweight = Σ dy·n and dbias = Σ dy of its channel in
/// the shares [batch, 2, channels]; dx (or null) follows from their sums as in <see cref="LayerNormGradientRows{V, T}"/>.
/// </summary>
internal readonly unsafe struct ChannelNormGradientRows<V, T>(StretchSets sets, T* x, T* weight, T* dy, T* dx, T* shares, T* statistics, long length, double epsilon) : IRange
    where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var row = new Row<V, T>(length);
        for (var set = start; set < end; set++)
        {
            var mean = V.Broadcast(statistics[set]);
            var scale = V.One / V.Sqrt(V.Broadcast(statistics[sets.Sets + set]) + V.Constant(epsilon));
            var (meanG, meanGn) = Means(row, set, mean, scale);
            if (dx != null) Write(row, set, mean, scale, meanG, meanGn);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    (V MeanG, V MeanGn) Means(in Row<V, T> row, long set, V mean, V scale)
    {
        var share = V.Constant(1.0 / ((double)sets.Count * length));
        var (sum, sumN) = (V.Zero, V.Zero);
        for (var k = 0; k < sets.Count; k++)
        {
            var stretch = sets.First(set) + (long)k * sets.Step;
            var channel = stretch % sets.Channels;
            var (dBias, dot) = row.SumAndCentredDot(x + stretch * length, mean, dy + stretch * length);
            var dWeight = dot * scale;
            var mine = shares + stretch / sets.Channels * 2 * sets.Channels + channel;
            V.StorePart(mine, dWeight, 1);
            V.StorePart(mine + sets.Channels, dBias, 1);
            var factor = weight == null ? V.One : V.Broadcast(weight[channel]);
            sum = V.MultiplyAdd(factor, dBias, sum);
            sumN = V.MultiplyAdd(factor, dWeight, sumN);
        }
        return (sum * share, sumN * share);
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
