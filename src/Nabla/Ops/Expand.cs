using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Axes of length 1 stretched, and new axes in front, without copying.</summary>
    internal sealed record Expand(Shape To) : ViewOp
    {
        private protected override Tensor View(Tensor x)
        {
            var strides = new long[To.Rank];
            for (var i = 1; i <= x.Rank; i++)
            {
                var axis = x.Rank - i;
                strides[^i] = x.Shape[axis] == 1 ? 0 : x.Stride(axis);
            }
            return x.View(To, strides, x.Offset);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy.SumTo(x.Shape);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Axes of length 1 stretched to <paramref name="shape"/>, and new axes in front, without copying.</summary>
        /// <exception cref="ArgumentException">The shapes do not broadcast to exactly <paramref name="shape"/>.</exception>
        public Tensor Expand(Shape shape)
        {
            if (shape == Shape) return this;
            if (Shape.Broadcast(Shape, shape, "Expand") != shape) throw new ArgumentException($"Expand: {Shape} does not stretch to {shape}: only axes of length 1 do.");
            return new Expand(shape).Apply(this);
        }

        /// <summary>Summed over the axes that broadcasting stretched, so that it has this shape: the gradient of a stretch.</summary>
        internal Tensor SumTo(Shape shape)
        {
            if (shape == Shape) return this;
            var extra = Rank - shape.Rank;
            var axes = new List<int>();
            for (var i = 0; i < Rank; i++)
                if (i < extra || (shape[i - extra] == 1 && Shape[i] != 1)) axes.Add(i);
            return (axes.Count == 0 ? this : Sum(axes.ToArray(), keepDims: true)).Reshape(shape);
        }
    }
}
