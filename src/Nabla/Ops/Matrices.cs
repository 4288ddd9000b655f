using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>Views of tensors as one matrix.</summary>
internal static class Matrices
{
    /// <summary>x [.., width] as one matrix of all its rows, and the distance between them: x itself if there is one distance, else a dense copy.</summary>
    public static (Tensor X, nint Row) Rows(Tensor x) => RowStep(x) is { } row ? (x, row) : (RowLoops.Dense(x), x.Shape[^1]);

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
