using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>Views of tensors as one matrix.</summary>
internal static class Matrices
{
    /// <summary>x [.., width] as one matrix of all its rows, and the distance between them: x itself if there is one distance, else a dense copy.</summary>
    public static (Tensor X, nint Row) Rows(Tensor x) => RowStep(x) is { } row ? (x, row) : (RowLoops.Dense(x), x.Shape[^1]);

    /// <summary>x [.., rows, columns] with contiguous rows: itself, or a dense copy.</summary>
    public static Tensor WithRows(Tensor x) => x.Shape[^1] == 1 || x.Stride(x.Rank - 1) == 1 ? x : RowLoops.Dense(x);

    /// <summary>Where each matrix [.., rows, columns] of a batch begins, in elements from the first.</summary>
    public static long[] Offsets(Tensor x, Shape batch)
    {
        var offsets = new long[batch.Length];
        var run = new Collect(offsets);
        Strided.Walk(batch, [x.Matrices(batch)], ref run);
        return offsets;
    }

    private readonly struct Collect(long[] target) : IRun
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var i = 0L; i < length; i++) target[at + i] = offsets[0] + (i * steps[0]);
        }
    }

    /// <summary>The one distance between all neighbouring rows of x [.., width] in elements; null if there is none.</summary>
    public static nint? RowStep(Tensor x)
    {
        var (step, rows) = (0L, 1L);
        for (var axis = x.Rank - 2; axis >= 0; axis--)
        {
            if (x.Shape[axis] == 1) continue;
            if (rows == 1) step = x.Stride(axis);
            else if (x.Stride(axis) != rows * step) return null;
            rows *= x.Shape[axis];
        }
        return (nint)step;
    }
}
