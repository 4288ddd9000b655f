namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// Runs the kernels of group and batch normalisation on the team, with the widest lanes the processor has. Tensors that are null are absent; the statistics [2, sets] are the means and the
/// variances.
/// </summary>
internal static unsafe class ChannelNormLoops
{
    const int Grain = 16 << 10;

    /// <summary>x [batch, channels, ..] normalised over the sets.</summary>
    public static void Forward(StretchSets sets, Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor statistics) =>
        LaneChoice.Run(x.DType, new ForwardCode(sets, RowLoops.Dense(x), Dense(weight), Dense(bias), y, statistics, epsilon), "Arithmetic");

    public static void Gradient(StretchSets sets, Tensor x, Tensor? weight, Tensor dy, Tensor statistics, double epsilon, Tensor? dx, Tensor? dWeight, Tensor? dBias) =>
        LaneChoice.Run(x.DType, new GradientCode(sets, RowLoops.Dense(x), Dense(weight), RowLoops.Dense(dy), statistics, epsilon, dx, dWeight, dBias), "Arithmetic");

    static Tensor? Dense(Tensor? x) => x is null ? null : RowLoops.Dense(x);

    static T* Pointer<T>(Tensor? x) where T : unmanaged => x is null ? null : x.Pointer<T>();

    static long Stretch(Tensor x) => x.Shape[2..].Length;

    /// <summary>A batch of single numbers per channel lies in columns.</summary>
    static bool InColumns(StretchSets sets, Tensor x) => sets.Step > 1 && Stretch(x) == 1;

    static void Run<TSets>(StretchSets sets, Tensor x, TSets body) where TSets : struct, IRange
    {
        var parts = new Parts<TSets>(body, sets.Sets, Math.Max(1, Grain * sets.Sets / x.Length));
        ThreadTeam.Run(checked((int)((sets.Sets + parts.Each - 1) / parts.Each)), ref parts);
    }

    /// <summary>Sets are large, so that even two of them are worth two threads.</summary>
    struct Parts<TSets>(TSets body, long sets, long each) : IPart where TSets : struct, IRange
    {
        public readonly long Each = each;
        TSets body = body;

        public void Run(int part) => body.Run(part * Each, Math.Min(sets, (part + 1) * Each));
    }

    readonly struct ForwardCode(StretchSets sets, Tensor x, Tensor? weight, Tensor? bias, Tensor y, Tensor statistics, double epsilon) : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            if (InColumns(sets, x))
            {
                var columns = new ChannelNormColumns<V, T>(sets.Count, sets.Channels, x.Pointer<T>(), Pointer<T>(weight), Pointer<T>(bias), y.Pointer<T>(), statistics.Pointer<T>(), epsilon);
                ThreadTeam.Run(sets.Channels, Math.Max(16, Grain / sets.Count), ref columns);
            }
            else
            {
                ChannelNormLoops.Run(sets, x, new ChannelNormRows<V, T>(
                    sets, x.Pointer<T>(), Pointer<T>(weight), Pointer<T>(bias), y.Pointer<T>(), statistics.Pointer<T>(), Stretch(x), epsilon));
            }
            GC.KeepAlive(x);
            GC.KeepAlive(weight);
            GC.KeepAlive(bias);
            GC.KeepAlive(statistics);
        }
    }

    readonly struct GradientCode(StretchSets sets, Tensor x, Tensor? weight, Tensor dy, Tensor statistics, double epsilon, Tensor? dx, Tensor? dWeight, Tensor? dBias) : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            if (InColumns(sets, x))
            {
                var columns = new ChannelNormGradientColumns<V, T>(sets.Count, sets.Channels, x.Pointer<T>(), Pointer<T>(weight), dy.Pointer<T>(), Pointer<T>(dx), Pointer<T>(dWeight),
                    Pointer<T>(dBias), statistics.Pointer<T>(), epsilon);
                ThreadTeam.Run(sets.Channels, Math.Max(16, Grain / sets.Count), ref columns);
            }
            else
            {
                var shares = Tensor.Empty([x.Shape[0], 2, sets.Channels], x.DType);
                ChannelNormLoops.Run(sets, x, new ChannelNormGradientRows<V, T>(
                    sets, x.Pointer<T>(), Pointer<T>(weight), dy.Pointer<T>(), Pointer<T>(dx), shares.Pointer<T>(), statistics.Pointer<T>(), Stretch(x), epsilon));
                if (dWeight is not null) RowLoops.ColumnSums(shares, dWeight, x.Shape[0], 2L * sets.Channels, 0);
                if (dBias is not null) RowLoops.ColumnSums(shares, dBias, x.Shape[0], 2L * sets.Channels, sets.Channels);
            }
            GC.KeepAlive(x);
            GC.KeepAlive(weight);
            GC.KeepAlive(dy);
            GC.KeepAlive(statistics);
        }
    }
}
