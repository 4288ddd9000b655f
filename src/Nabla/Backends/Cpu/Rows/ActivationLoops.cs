using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>The backward pass of an activation that follows a linear layer.</summary>
internal static unsafe class ActivationLoops
{
    /// <summary>As many rows as <see cref="ColumnSums{V, T}"/> sums on their own, so that the bias gradient has the same bits.</summary>
    private const int Block = 128;

    /// <summary>Columns of a work item, at most: their sums stay in the first-level cache. Fewer would read memory in jumps.</summary>
    private const int Width = 8192;

    /// <summary>
    /// dx = f′(x) · dy and, if wanted, its sum over all rows, for an f whose slope does not read its value. x, dy and dx: [.., columns],
    /// contiguous.
    /// </summary>
    public static void Gradient<F>(F formula, Tensor x, Tensor dy, Tensor dx, Tensor? columnSums) where F : struct, IFormula
    {
        if (columnSums is null) ElementwiseLoops.UnaryGradient(formula, x, x, dy, dx);
        else if (x.Length == 0) CopyLoops.Clear(columnSums);
        else LaneChoice.Run(x.DType, new GradientCode<F>(formula, x, dy, dx, columnSums), "Arithmetic");
    }

    private readonly struct GradientCode<F>(F formula, Tensor x, Tensor dy, Tensor dx, Tensor columnSums) : ILaneCode
        where F : struct, IFormula
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var columns = x.Shape[^1];
            var rows = Shape.Dimension(x.Length / columns, typeof(F).Name);
            var sums = Tensor.Empty([(rows + Block - 1) / Block, columns], x.DType);
            var items = new GradientItems<F, V, T>(
                formula, x.Pointer<T>(), dy.Pointer<T>(), dx.Pointer<T>(), sums.Pointer<T>(), rows, columns);
            ThreadTeam.Run(items.Count, ref items);
            RowLoops.ColumnSums(sums, columnSums);
            GC.KeepAlive(x);
            GC.KeepAlive(dy);
        }
    }

    /// <summary>A block of rows, up to <see cref="Width"/> columns of it.</summary>
    private readonly struct GradientItems<F, V, T>(F formula, T* x, T* dy, T* dx, T* sums, int rows, int columns) : IPart
        where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        private int Across => (columns + Width - 1) / Width;

        public int Count => (rows + Block - 1) / Block * Across;

        public void Run(int part)
        {
            var (block, first) = (part / Across, part % Across * Width);
            var count = Math.Min(Width, columns - first);
            var sum = sums + ((long)block * columns) + first;
            new Span<T>(sum, count).Clear();
            for (var row = block * Block; row < Math.Min(rows, (block + 1) * Block); row++)
            {
                var at = ((long)row * columns) + first;
                Row(x + at, dy + at, dx + at, sum, count);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private void Row(T* x, T* dy, T* dx, T* sum, int count)
        {
            var i = 0;
            for (; i <= count - V.Count; i += V.Count)
            {
                var d = Slope(V.Load(x + i)) * V.Load(dy + i);
                V.Store(dx + i, d);
                V.Store(sum + i, V.Load(sum + i) + d);
            }
            if (i < count) Rest(x + i, dy + i, dx + i, sum + i, count - i);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Rest(T* x, T* dy, T* dx, T* sum, int count)
        {
            var d = Slope(V.LoadPart(x, count)) * V.LoadPart(dy, count);
            V.StorePart(dx, d, count);
            V.StorePart(sum, V.LoadPart(sum, count) + d, count);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private V Slope(V x) => formula.Slope(x, x);
    }
}
