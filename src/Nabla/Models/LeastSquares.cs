using Nabla.Initializers;

namespace Nabla.Models;

/// <summary>Fits lines and planes without descent.</summary>
public static class LeastSquares
{
    /// <summary>
    /// The w of least ‖x · w − y‖², by the factors x = Q · R in float64: R · w = Qᵀ · y, without the normal equations' xᵀ · x, which would square the
    /// condition. x: [examples, inputs], y: [examples] or [examples, outputs] → [inputs] or [inputs, outputs], float64
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit, there are fewer examples than inputs, or the columns of x depend on each other.</exception>
    public static Tensor Solve(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Rank != 2 || y.Rank is not (1 or 2) || y.Shape[0] != x.Shape[0])
            throw new ArgumentException($"LeastSquares: x {x.Shape}, y {y.Shape}: [examples, inputs] and [examples] or [examples, outputs] are needed.");
        if (x.Shape[0] < x.Shape[1] || x.Shape[1] == 0)
            throw new ArgumentException($"LeastSquares: x {x.Shape}: at least as many examples as inputs are needed, and at least one input.");
        var factors = Householder.Of(x.Transpose().To(DType.Float64));
        if (y.Rank == 1) return Tensor.From(Solved(y), [x.Shape[1]]);
        var solutions = Enumerable.Range(0, y.Shape[1]).SelectMany(output => Solved(y[.., output])).ToArray();
        return Tensor.From(solutions, [y.Shape[1], x.Shape[1]]).Transpose();

        double[] Solved(Tensor column) => factors.Solve(column.To(DType.Float64).ToArray<double>())
            ?? throw new ArgumentException($"LeastSquares: the {x.Shape[1]} columns of x depend on each other, so the solution is not unique. Leave one out.");
    }
}
