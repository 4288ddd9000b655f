using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>y = x · Wᵀ + b.  x: [.., inputs], W: [outputs, inputs], b: [outputs] or absent → [.., outputs]</summary>
    internal sealed partial record Linear : Op
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (x, weight) = (inputs[0], inputs[1]);
            DemandOneType(inputs);
            if (x.Rank < 1 || weight.Rank != 2)
                throw new ArgumentException($"Linear: x {x.Shape} · weightᵀ {weight.Shape}: x is [.., inputs] and the weight [outputs, inputs].");
            if (x.Shape[^1] != weight.Shape[1])
                throw new ArgumentException($"Linear: x {x.Shape} · weightᵀ {weight.Shape.Reversed()}: {x.Shape[^1]} ≠ {weight.Shape[1]}. The last axis of x must have the length of the weight's: inputs.");
            if (inputs.Length > 2 && inputs[2].Shape != weight.Shape[..1])
                throw new ArgumentException($"Linear: bias {inputs[2].Shape} does not fit weight {weight.Shape}: [{weight.Shape[0]}] is needed, one per output.");
            return x.Shape.With(x.Rank - 1, weight.Shape[0]);
        }

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
        {
            var product = Rows(inputs[0]).MatMul(inputs[1].Transpose());
            return (inputs.Length > 2 ? product + inputs[2] : product).Reshape(Infer(inputs));
        }

        public override Tensor?[] Gradient(Backward call)
        {
            var (x, weight, dy) = (call.Inputs[0], call.Inputs[1], Rows(call.Upstream));
            var gradients = new Tensor?[call.Inputs.Length];
            if (call.Needs(0)) gradients[0] = dy.MatMul(weight).Reshape(x.Shape);
            if (call.Needs(1)) gradients[1] = dy.Transpose().MatMul(Rows(x));
            if (gradients.Length > 2 && call.Needs(2)) gradients[2] = dy.Sum(0);
            return gradients;
        }

        /// <summary>All axes but the last as one, so that there is a single matrix product.</summary>
        private static Tensor Rows(Tensor x) => x.Rank == 2 ? x : x.Reshape([Shape.Dimension(x.Shape[..^1].Length, "Linear"), x.Shape[^1]]);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>x · Wᵀ + b.  x: [.., inputs] → [.., outputs]</summary>
        /// <param name="weight">[outputs, inputs]</param>
        /// <param name="bias">[outputs], or none.</param>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor Linear(Tensor weight, Tensor? bias = null)
        {
            ArgumentNullException.ThrowIfNull(weight);
            return bias is null ? new Linear().Apply(this, weight) : new Linear().Apply(this, weight, bias);
        }
    }
}
