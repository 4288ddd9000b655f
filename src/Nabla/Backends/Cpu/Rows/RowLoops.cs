namespace Nabla.Backends.Cpu.Rows;

/// <summary>Runs the row kernels on the team, with the widest lanes the processor has.</summary>
internal static unsafe class RowLoops
{
    /// <summary>Elements of cheap work that are worth another thread.</summary>
    const int Grain = 16 << 10;

    public static void Softmax(Tensor x, Tensor y) => Run(new SoftmaxCode(Dense(x), y));
    public static void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Run(new SoftmaxGradientCode(Dense(y), Dense(dy), dx));
    public static void LogSoftmax(Tensor x, Tensor y) => Run(new LogSoftmaxCode(Dense(x), y));
    public static void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Run(new LogSoftmaxGradientCode(Dense(y), Dense(dy), dx));

    /// <summary>One number per row of x [.., width].</summary>
    public static void LogSumExp(Tensor x, Tensor y) => Run(new LogSumExpCode(Dense(x), y));

    /// <summary>One loss per row of x [.., classes]; the labels are classes or the ignored label.</summary>
    public static void CrossEntropy(Tensor x, Tensor labels, double smoothing, long? ignored, Tensor losses) =>
        Run(new CrossEntropyCode(Dense(x), Dense(labels), losses, smoothing, ignored));

    public static void CrossEntropyGradient(Tensor x, Tensor labels, double smoothing, long? ignored, Tensor dy, Tensor dx) =>
        Run(new CrossEntropyGradientCode(Dense(x), Dense(labels), Dense(dy), dx, smoothing, ignored));

    /// <summary>The sum of the rows of x [.., width] → y [width].</summary>
    public static void ColumnSums(Tensor x, Tensor y) => ColumnSums(Dense(x), y, y.Length == 0 ? 0 : x.Length / y.Length, y.Length, 0);

    /// <summary>y = the sum of <paramref name="rows"/> rows of a contiguous x, <paramref name="stride"/> elements apart, from column <paramref name="first"/> on.</summary>
    public static void ColumnSums(Tensor x, Tensor y, long rows, long stride, long first) => LaneChoice.Run(x.DType, new ColumnSumsCode(x, y, rows, stride, first), "Sum");

    /// <summary>The tensor itself or a copy whose elements lie in row-major order.</summary>
    public static Tensor Dense(Tensor x)
    {
        if (x.IsContiguous) return x;
        var copy = Tensor.Empty(x.Shape, x.DType);
        CopyLoops.Copy(x, copy);
        return copy;
    }

    static void Run<TCode>(TCode code) where TCode : struct, IRowCode
    {
        if (code.Rows.Length > 0) LaneChoice.Run(code.Rows.DType, code, "Arithmetic");
    }

    static void Run<TRows>(TRows rows, Tensor x) where TRows : struct, IRange => ThreadTeam.Run(x.Length / x.Shape[^1], Math.Max(1, Grain / x.Shape[^1]), ref rows);

    interface IRowCode : ILaneCode
    {
        /// <summary>A tensor whose rows are worked on.</summary>
        Tensor Rows { get; }
    }

    readonly struct SoftmaxCode(Tensor x, Tensor y) : IRowCode
    {
        public Tensor Rows => y;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new SoftmaxRows<V, T>(x.Pointer<T>(), y.Pointer<T>(), y.Shape[^1]), y);
            GC.KeepAlive(x);
        }
    }

    readonly struct SoftmaxGradientCode(Tensor y, Tensor dy, Tensor dx) : IRowCode
    {
        public Tensor Rows => dx;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new SoftmaxGradientRows<V, T>(y.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), dx.Shape[^1]), dx);
            GC.KeepAlive(y);
            GC.KeepAlive(dy);
        }
    }

    readonly struct LogSoftmaxCode(Tensor x, Tensor y) : IRowCode
    {
        public Tensor Rows => y;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new LogSoftmaxRows<V, T>(x.Pointer<T>(), y.Pointer<T>(), y.Shape[^1]), y);
            GC.KeepAlive(x);
        }
    }

    readonly struct LogSoftmaxGradientCode(Tensor y, Tensor dy, Tensor dx) : IRowCode
    {
        public Tensor Rows => dx;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new LogSoftmaxGradientRows<V, T>(y.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), dx.Shape[^1]), dx);
            GC.KeepAlive(y);
            GC.KeepAlive(dy);
        }
    }

    readonly struct LogSumExpCode(Tensor x, Tensor y) : IRowCode
    {
        public Tensor Rows => x;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new LogSumExpRows<V, T>(x.Pointer<T>(), y.Pointer<T>(), x.Shape[^1]), x);
            GC.KeepAlive(x);
        }
    }

    readonly struct CrossEntropyCode(Tensor x, Tensor labels, Tensor losses, double smoothing, long? ignored) : IRowCode
    {
        public Tensor Rows => x;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new CrossEntropyRows<V, T>(x.Pointer<T>(), labels.Pointer<long>(), losses.Pointer<T>(), x.Shape[^1], smoothing, ignored), x);
            GC.KeepAlive(x);
            GC.KeepAlive(labels);
        }
    }

    readonly struct CrossEntropyGradientCode(Tensor x, Tensor labels, Tensor dy, Tensor dx, double smoothing, long? ignored) : IRowCode
    {
        public Tensor Rows => dx;

        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            RowLoops.Run(new CrossEntropyGradientRows<V, T>(x.Pointer<T>(), labels.Pointer<long>(), dy.Pointer<T>(), dx.Pointer<T>(), dx.Shape[^1], smoothing, ignored), dx);
            GC.KeepAlive(x);
            GC.KeepAlive(labels);
            GC.KeepAlive(dy);
        }
    }

    readonly struct ColumnSumsCode(Tensor x, Tensor y, long rows, long stride, long first) : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var sums = new ColumnSums<V, T>(x.Pointer<T>() + first, rows, stride, y.Pointer<T>());
            ThreadTeam.Run(y.Length, Math.Max(64, Grain / Math.Max(1, rows)), ref sums);
            GC.KeepAlive(x);
        }
    }
}
