using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>The same elements in row-major order under another shape of the same length.</summary>
    internal sealed record Reshape(Shape To) : ViewOp
    {
        private protected override Tensor View(Tensor x) => x.Shape == To ? x : x.Contiguous().ViewContiguous(To);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy.Reshape(x.Shape);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The same elements in row-major order under another shape. One dimension may be −1: what is left. No copy if contiguous.</summary>
        /// <exception cref="ArgumentException">The lengths differ.</exception>
        [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // Reshape([2, -1]) is this one.
        public Tensor Reshape(params ReadOnlySpan<int> dims) => Reshape(Fill(dims));

        /// <summary>The same elements in row-major order under another shape. No copy if contiguous.</summary>
        /// <exception cref="ArgumentException">The lengths differ.</exception>
        public Tensor Reshape(Shape shape)
        {
            if (shape.Length != Length) throw new ArgumentException($"Reshape: {Shape} has {Length} elements, {shape} has {shape.Length}.");
            return shape == Shape ? this : new Reshape(shape).Apply(this);
        }

        private Shape Fill(ReadOnlySpan<int> dims)
        {
            var free = dims.IndexOf(-1);
            if (free < 0) return Shape.Create(dims);
            var known = 1L;
            for (var i = 0; i < dims.Length; i++) if (i != free) known *= dims[i];
            if (known <= 0 || Length % known != 0)
                throw new ArgumentException($"Reshape: {Shape} with {Length} elements does not divide into [{string.Join(", ", dims.ToArray())}].");
            var filled = dims.ToArray();
            filled[free] = Shape.Dimension(Length / known, "Reshape");
            return Shape.Create(filled);
        }

        /// <summary>Axes <paramref name="start"/> to <paramref name="end"/> (both included) as one.</summary>
        public Tensor Flatten(int start = 0, int end = -1)
        {
            if (Rank == 0) return Reshape(1);
            var (first, last) = (Shape.Axis(start), Shape.Axis(end));
            return Reshape(Shape.Merge(first, last));
        }

        /// <summary>With an axis of length 1 put in; −1 puts it last.</summary>
        public Tensor Unsqueeze(int axis)
        {
            var at = axis < 0 ? axis + Rank + 1 : axis;
            return (uint)at <= (uint)Rank ? Reshape(Shape.Insert(at, 1))
                : throw new ArgumentOutOfRangeException(nameof(axis), $"Unsqueeze: axis {axis} of shape {Shape}: expected −{Rank + 1} ≤ axis ≤ {Rank}.");
        }

        /// <summary>Without an axis of length 1.</summary>
        /// <exception cref="ArgumentException">The axis is longer than 1.</exception>
        public Tensor Squeeze(int axis)
        {
            var at = Shape.Axis(axis);
            return Shape[at] == 1 ? Reshape(Shape.Remove(at)) : throw new ArgumentException($"Squeeze: axis {axis} of shape {Shape} has length {Shape[at]}, not 1.");
        }
    }
}
