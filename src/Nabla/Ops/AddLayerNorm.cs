using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// LayerNorm(x + residual), what follows each half of a Transformer's layer.  Inputs x and residual [.., features], weight and bias
    /// [features] → same
    /// </summary>
    internal sealed partial record AddLayerNorm(double Epsilon) : Op
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            DemandOneType(inputs);
            var (x, residual, weight, bias) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape, inputs[3].Shape);
            if (residual != x) throw new ArgumentException($"AddLayerNorm: x {x} and residual {residual}: two of one shape are needed.");
            if (x.Rank < 1 || weight != x[^1..] || bias != weight)
                throw new ArgumentException($"AddLayerNorm: weight {weight} and bias {bias} do not fit x {x}: both need its last axis.");
            return x;
        }

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs) => (inputs[0] + inputs[1]).LayerNorm(inputs[2], inputs[3], Epsilon);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// LayerNorm(x + residual) over the last axis, in one pass: what a Transformer's layer ends with where the norm comes last. The sum
        /// is not stored; both inputs have the same gradient.
        /// </summary>
        /// <param name="residual">What is added, of the same shape: [.., features].</param>
        /// <param name="weight">[features]</param>
        /// <param name="bias">[features]</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ArgumentException">The shapes or the types do not fit.</exception>
        public Tensor AddLayerNorm(Tensor residual, Tensor weight, Tensor bias, double epsilon = 1e-5)
        {
            ArgumentNullException.ThrowIfNull(residual);
            ArgumentNullException.ThrowIfNull(weight);
            ArgumentNullException.ThrowIfNull(bias);
            return new AddLayerNorm(epsilon).Apply(this, residual, weight, bias);
        }
    }
}
