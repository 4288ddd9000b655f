using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>a · b over the last two axes: [.., m, k] · [.., k, n] → [.., m, n]; the axes before them broadcast. Views are taken as they are: a transpose costs nothing.</summary>
    internal sealed partial record MatMul : BinaryOp
    {
        public override Shape Infer(Shape a, Shape b)
        {
            if (a.Rank < 2 || b.Rank < 2) throw new ArgumentException($"MatMul: {a} · {b}: matrices are needed, at least two axes each.");
            if (a[^1] != b[^2]) throw new ArgumentException($"MatMul: {a} · {b}: {a[^1]} ≠ {b[^2]}. The columns of the first must be the rows of the second; see Transpose.");
            return [.. Shape.Broadcast(a[..^2], b[..^2], Name).Span, a[^2], b[^1]];
        }

        public override Tensor GradientA(Tensor a, Tensor b, Tensor y, Tensor dy) => dy.MatMul(b.Transpose()).SumTo(a.Shape);

        // One matrix for a batch: the sum over the batch is part of one long product.
        public override Tensor GradientB(Tensor a, Tensor b, Tensor y, Tensor dy) => b.Rank == 2 && a.Rank > 2
            ? a.Reshape(-1, a.Shape[^1]).Transpose().MatMul(dy.Reshape(-1, dy.Shape[^1]))
            : a.Transpose().MatMul(dy).SumTo(b.Shape);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// The matrix product: [.., m, k] · [.., k, n] → [.., m, n]; the axes before the last two broadcast. A vector [k] on the left is a row, on the right a
        /// column, and its axis goes from the result, as in NumPy.
        /// </summary>
        /// <exception cref="ArgumentException">The inner dimensions differ, or one has no axes.</exception>
        public Tensor MatMul(Tensor other)
        {
            ArgumentNullException.ThrowIfNull(other);
            if (Rank == 1 && other.Rank >= 1) return Unsqueeze(0).MatMul(other) is var row && other.Rank == 1 ? row.Reshape(Shape.Scalar) : row.Squeeze(-2);
            return other.Rank == 1 ? MatMul(other.Unsqueeze(1)).Squeeze(-1) : new MatMul().Apply(this, other);
        }
    }
}
