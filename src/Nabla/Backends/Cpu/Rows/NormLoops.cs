namespace Nabla.Backends.Cpu.Rows;

/// <summary>Runs the normalisation kernels on the team, with the widest lanes the processor has. Tensors that are null are absent.</summary>
internal static unsafe class NormLoops
{
    const int Grain = 16 << 10;
    /// <summary>At most this many shares of the weight's gradient: their number must not depend on the threads, since their sum would.</summary>
    const int Shares = 32;

    /// <summary>x [.., width] with the weight's number of elements as width.</summary>
    public static void LayerNorm(Tensor x, Tensor? residual, Tensor? weight, Tensor? bias, long width, double epsilon, Tensor y)
    {
        (weight, bias) = (DenseOr(1, weight, width, x), DenseOr(0, bias, width, x));
        LaneChoice.Run(x.DType, new LayerNormCode(RowLoops.Dense(x), DenseOrNull(residual), weight, bias, y, width, epsilon), "Arithmetic");
    }

    /// <summary>dx is the gradient of the residual too.</summary>
    public static void LayerNormGradient(
        Tensor x, Tensor? residual, Tensor? weight, Tensor dy, long width, double epsilon, Tensor? dx, Tensor? dWeight, Tensor? dBias)
    {
        (x, residual, weight, dy) = (RowLoops.Dense(x), DenseOrNull(residual), DenseOr(1, weight, width, x), RowLoops.Dense(dy));
        LaneChoice.Run(x.DType, new LayerNormGradientCode(x, residual, weight, dy, width, epsilon, dx, dWeight, dBias), "Arithmetic");
    }

    static Tensor? DenseOrNull(Tensor? x) => x is null ? null : RowLoops.Dense(x);

    /// <summary>The tensor, or where it is absent a row of one value, so that the inner loops need not ask.</summary>
    static Tensor DenseOr(double value, Tensor? row, long width, Tensor like) =>
        row is not null ? RowLoops.Dense(row) : Tensor.Full([Shape.Dimension(width, "Normalisation")], value, like.DType);

    static T* Pointer<T>(Tensor? x) where T : unmanaged => x is null ? null : x.Pointer<T>();

    /// <summary>The sums over shares [shares, 2, width] → dWeight, dBias [width].</summary>
    static void Gather(Tensor shares, long width, Tensor? dWeight, Tensor? dBias)
    {
        var count = shares.Shape[0];
        if (dWeight is not null) RowLoops.ColumnSums(shares, dWeight, count, 2 * width, 0);
        if (dBias is not null) RowLoops.ColumnSums(shares, dBias, count, 2 * width, width);
    }

    readonly struct LayerNormCode(Tensor x, Tensor? residual, Tensor weight, Tensor bias, Tensor y, long width, double epsilon) : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var rows = new LayerNormRows<V, T>(
                x.Pointer<T>(), Pointer<T>(residual), weight.Pointer<T>(), bias.Pointer<T>(), y.Pointer<T>(), width, epsilon);
            ThreadTeam.Run(x.Length / width, Math.Max(1, Grain / width), ref rows);
            GC.KeepAlive(x);
            GC.KeepAlive(residual);
            GC.KeepAlive(weight);
            GC.KeepAlive(bias);
        }
    }

    readonly struct LayerNormGradientCode(
        Tensor x, Tensor? residual, Tensor weight, Tensor dy, long width, double epsilon, Tensor? dx, Tensor? dWeight, Tensor? dBias)
        : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var rows = x.Length / width;
            var chunk = Math.Max((rows + Shares - 1) / Shares, Math.Max(1, Grain / width));
            var chunks = (int)((rows + chunk - 1) / chunk);
            var shares = Tensor.Empty([chunks, 2, Shape.Dimension(width, "Normalisation")], x.DType);
            var body = new LayerNormGradientRows<V, T>(
                x.Pointer<T>(), Pointer<T>(residual), weight.Pointer<T>(), dy.Pointer<T>(), Pointer<T>(dx), shares.Pointer<T>(),
                rows, chunk, width, epsilon);
            ThreadTeam.Run(chunks, ref body);
            Gather(shares, width, dWeight, dBias);
            GC.KeepAlive(x);
            GC.KeepAlive(residual);
            GC.KeepAlive(weight);
            GC.KeepAlive(dy);
        }
    }
}
