using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// GELU(x · Wᵀ + b), the first half of a Transformer's feed-forward layer.  x: [.., inputs], W: [outputs, inputs], b: [outputs] → [..,
    /// outputs]
    /// </summary>
    internal sealed partial record LinearGelu : Op
    {
        private static readonly Linear Product = new();

        public override Shape Infer(ReadOnlySpan<Tensor> inputs) => Product.Infer(inputs);

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs) => inputs[0].Linear(inputs[1], inputs[2]).Gelu();
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>GELU(x · Wᵀ + b) with the exact GELU.  x: [.., inputs] → [.., outputs]</summary>
        /// <param name="weight">[outputs, inputs]</param>
        /// <param name="bias">[outputs]</param>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor LinearGelu(Tensor weight, Tensor bias)
        {
            ArgumentNullException.ThrowIfNull(weight);
            ArgumentNullException.ThrowIfNull(bias);
            return new LinearGelu().Apply(this, weight, bias);
        }
    }
}
