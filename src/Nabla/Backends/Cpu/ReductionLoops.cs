using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>
/// Folds some axes of a tensor of any strides. Work is cut by the shapes alone, never by the number of threads, and joined in order: the
/// same bits for any number of threads.
/// </summary>
internal static unsafe class ReductionLoops
{
    /// <summary>y = the fold of x over the axes (ascending), one element of y, which is contiguous, for each combination of the others.</summary>
    /// <param name="fold">How.</param>
    /// <param name="x">What.</param>
    /// <param name="axes">Over which axes.</param>
    /// <param name="y">The result.</param>
    /// <param name="centres">For a centred fold, a contiguous tensor like y.</param>
    public static void Run<F>(F fold, Tensor x, ReadOnlySpan<int> axes, Tensor y, Tensor? centres = null) where F : struct, IFold
    {
        switch (x.DType)
        {
            case DType.Float32 when Simd.Has512: Run<F, Float512, float, Double1, double>(fold, x, axes, y, centres); break;
            case DType.Float32 when Simd.Has256: Run<F, Float256, float, Double1, double>(fold, x, axes, y, centres); break;
            case DType.Float32: Run<F, Float128, float, Double1, double>(fold, x, axes, y, centres); break;
            case DType.Float64: Run<F, Double1, double, Double1, double>(fold, x, axes, y, centres); break;
            case DType.Int64: Run<F, Int64Lane, long, Int64Lane, long>(fold, x, axes, y, centres); break;
            case DType.Int32: Run<F, Int32Lane, int, Int32Lane, int>(fold, x, axes, y, centres); break;
            default: throw new NotSupportedException("Sum, Max and Min of Bool: convert first, x.To(DType.Int64).");
        }
        GC.KeepAlive(centres);
    }

    private static void Run<F, V, T, W, A>(F fold, Tensor x, ReadOnlySpan<int> axes, Tensor y, Tensor? centres)
        where F : struct, IFold
        where V : struct, ICpuLane<V, T> where T : unmanaged, INumber<T>
        where W : struct, ICpuLane<W, A> where A : unmanaged, INumber<A>
    {
        if (y.Length == 0) return;
        var c = centres is null ? null : centres.Pointer<T>();
        if (x.Length == 0)
        {
            var nothing = FoldKernel<F, V, T, W, A>.Finish(fold, FoldKernel<F, V, T, W, A>.Start(fold), T.Zero);
            new Span<T>(y.Pointer<T>(), checked((int)y.Length)).Fill(nothing);
            return;
        }
        Span<ReductionAxis> space = stackalloc ReductionAxis[ReductionPlan.Space(x)];
        var plan = new ReductionPlan(x, axes, space);
        if (plan.Inner.Step != 1)
        {
            var copy = Tensor.Empty(x.Shape, x.DType);
            CopyLoops.Copy(x, copy);
            Run<F, V, T, W, A>(fold, copy, axes, y, centres);
            GC.KeepAlive(copy);
            return;
        }
        fixed (ReductionAxis* kept = plan.Kept, folded = plan.Folded)
        {
            var outer = new ReductionAxes(kept, plan.Kept.Length);
            var (outputs, rows) = (ReductionPlan.Combinations(plan.Kept), ReductionPlan.Combinations(plan.Folded));
            if (plan.InnerFolded)
                Execute<RowItems<F, V, T, W, A>, A>(new(fold, x.Pointer<T>(), y.Pointer<T>(), c, outer, new(folded, plan.Folded.Length), outputs, rows, plan.Inner.Length));
            else
                Execute<ColumnItems<F, V, T, W, A>, A>(new(fold, x.Pointer<T>(), y.Pointer<T>(), c, outer, folded, plan.Folded.Length, outputs, rows, plan.Inner));
        }
    }

    /// <summary>Runs the items, into totals that are joined afterwards where the items hold only pieces of an output.</summary>
    private static void Execute<TItems, A>(TItems items) where TItems : struct, IReductionItems<A> where A : unmanaged
    {
        if (items.Pieces == 1)
        {
            Split(ref items, items.Items);
            return;
        }
        var totals = (A*)NativeMemory.Alloc((nuint)(items.Pieces * items.Outputs), (nuint)sizeof(A));
        try
        {
            items.Totals = totals;
            Split(ref items, items.Items);
            items.JoinPieces();
        }
        finally
        {
            NativeMemory.Free(totals);
        }

        static void Split(ref TItems items, long count)
        {
            var perPart = Math.Max(1, ElementwiseLoops.Grain / Math.Max(1, items.ElementsPerItem));
            var parts = new Parts<TItems>(items, count, Math.Max(perPart, (count + int.MaxValue - 1) / int.MaxValue));
            ThreadTeam.Run((int)((count + parts.PerPart - 1) / parts.PerPart), ref parts);
        }
    }

    private struct Parts<TItems>(TItems items, long count, long perPart) : IPart where TItems : struct, IRange
    {
        public readonly long PerPart = perPart;
        private TItems items = items;

        public void Run(int part) => items.Run(part * PerPart, Math.Min(count, (part + 1) * PerPart));
    }
}
