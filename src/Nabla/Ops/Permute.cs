using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>The axes in another order: axis i of the result is axis Axes[i] of x. A view.</summary>
    internal sealed record Permute(int[] Axes) : ViewOp
    {
        private protected override Tensor View(Tensor x)
        {
            var (dims, strides) = (new int[x.Rank], new long[x.Rank]);
            for (var i = 0; i < dims.Length; i++) (dims[i], strides[i]) = (x.Shape[Axes[i]], x.Stride(Axes[i]));
            return x.View(Shape.Create(dims), strides, x.Offset);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var inverse = new int[Axes.Length];
            for (var i = 0; i < inverse.Length; i++) inverse[Axes[i]] = i;
            return dy.Permute(inverse);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The axes in another order: axis i of the result is axis axes[i] of this. A view.</summary>
        /// <exception cref="ArgumentException">The axes are not a permutation of 0 … rank − 1.</exception>
        public Tensor Permute(params ReadOnlySpan<int> axes)
        {
            var order = axes.ToArray();
            for (var i = 0; i < order.Length; i++) order[i] = Shape.Axis(order[i]);
            if (order.Length != Rank || order.Distinct().Count() != Rank)
                throw new ArgumentException($"Permute: [{string.Join(", ", axes.ToArray())}] is not an order of the {Rank} axes of {Shape}; name each once.");
            return new Permute(order).Apply(this);
        }

        /// <summary>Two axes swapped; by default the last two. A view.</summary>
        public Tensor Transpose(int a = -2, int b = -1)
        {
            var order = new int[Rank];
            for (var i = 0; i < Rank; i++) order[i] = i;
            var (first, second) = (Shape.Axis(a), Shape.Axis(b));
            (order[first], order[second]) = (order[second], order[first]);
            return new Permute(order).Apply(this);
        }
    }
}
