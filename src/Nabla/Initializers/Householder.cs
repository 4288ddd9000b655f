using System.Numerics.Tensors;

namespace Nabla.Initializers;

/// <summary>
/// A = Q · R by reflections (Householder 1958; Golub and Van Loan, Algorithm 5.2.1), in float64. A has at least as many rows as columns. Column j of the
/// factors holds R above the diagonal and, from it on, the vector v of the reflection I − 2vvᵀ with ‖v‖ = 1 (0 where nothing was to be reflected).
/// </summary>
internal sealed class Householder
{
    private readonly int rows;
    private readonly double[][] columns;
    private readonly double[] diagonal;

    private Householder(double[][] columns)
    {
        (this.columns, rows, diagonal) = (columns, columns[0].Length, new double[columns.Length]);
        for (var j = 0; j < columns.Length; j++)
        {
            diagonal[j] = Reflect(columns[j].AsSpan(j));
            for (var k = j + 1; k < columns.Length; k++) Mirror(j, columns[k]);
        }
    }

    /// <summary>Factors a matrix whose columns are the rows of this one: [columns, rows], float64.</summary>
    public static Householder Of(Tensor transposed)
    {
        var (count, length) = (transposed.Shape[0], transposed.Shape[1]);
        var values = transposed.ToArray<double>();
        return new Householder([.. Enumerable.Range(0, count).Select(j => values[(j * length)..((j + 1) * length)])]);
    }

    /// <summary>Turns x into its reflection's v; returns the number that x becomes, followed by zeros.</summary>
    private static double Reflect(Span<double> x)
    {
        var norm = TensorPrimitives.Norm(x);
        if (norm == 0) return 0;
        var image = x[0] > 0 ? -norm : norm;                       // away from x, so that nothing cancels
        x[0] -= image;
        TensorPrimitives.Divide(x, TensorPrimitives.Norm(x), x);
        return image;
    }

    private void Mirror(int j, Span<double> vector)
    {
        var v = columns[j].AsSpan(j);
        var part = vector[j..];
        TensorPrimitives.MultiplyAdd(v, -2 * TensorPrimitives.Dot(v, part), part, part);
    }

    /// <summary>The first columns of Q one after another, as many as A has, each with the sign that makes R's diagonal positive.</summary>
    public double[] OrthonormalColumns()
    {
        var result = new double[columns.Length * rows];
        for (var c = 0; c < columns.Length; c++)
        {
            var column = result.AsSpan(c * rows, rows);
            column[c] = diagonal[c] < 0 ? -1 : 1;
            for (var j = columns.Length - 1; j >= 0; j--) Mirror(j, column);
        }
        return result;
    }

    /// <summary>The x of least ‖A · x − b‖; null if the columns of A depend on each other within rounding.</summary>
    public double[]? Solve(ReadOnlySpan<double> b)
    {
        var rest = b.ToArray();
        for (var j = 0; j < columns.Length; j++) Mirror(j, rest);
        var largest = diagonal.Max(Math.Abs);
        var x = new double[columns.Length];
        for (var i = columns.Length - 1; i >= 0; i--)
        {
            if (Math.Abs(diagonal[i]) <= 1e-13 * rows * largest) return null;
            var sum = rest[i];
            for (var j = i + 1; j < columns.Length; j++) sum -= columns[j][i] * x[j];
            x[i] = sum / diagonal[i];
        }
        return x;
    }
}
