using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// Ba, Kiros and Hinton 2016: each row, the last Axes axes, without its mean and divided by its spread, then · weight + bias.
    /// x: [.., features], weight and bias: [features] → same
    /// </summary>
    internal sealed partial record LayerNorm(int Axes, double Epsilon) : Normalization(Epsilon)
    {
        protected override Shape ScaleShape(ReadOnlySpan<Tensor> inputs) => inputs[0].Rank >= Axes ? inputs[0].Shape[^Axes..]
            : throw new ArgumentException($"LayerNorm: x {inputs[0].Shape} has fewer than the {Axes} axes of its weight {inputs[1].Shape}.");

        protected override Tensor Normalized(Tensor x) => Last(x).Apply(x);

        protected override Tensor NormalizedGradient(Tensor x, Tensor n, Tensor dn) => Last(x).Gradient(x, n, dn);

        protected override Tensor Spread(Tensor scale, Tensor x) => scale;

        private Normalize Last(Tensor x) => new([.. Enumerable.Range(x.Rank - Axes, Axes)], Epsilon);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Layer normalisation: (x − mean) / √(variance + ε) · weight + bias over the last axes.</summary>
        /// <param name="weight">[features]: as many last axes as it has are normalised; none: the last one.</param>
        /// <param name="bias">As the weight, or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ArgumentException">The shapes do not fit, or there is a bias without a weight.</exception>
        public Tensor LayerNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) =>
            Normalized(new LayerNorm(weight?.Rank ?? 1, epsilon), weight, bias);

        private Tensor Normalized(Op op, Tensor? weight, Tensor? bias) => (weight, bias) switch
        {
            (null, null) => op.Apply(this),
            ({ }, null) => op.Apply(this, weight),
            ({ }, { }) => op.Apply(this, weight, bias),
            _ => throw new ArgumentException($"{op.Name}: a bias {bias!.Shape} without a weight; give a weight of ones."),
        };
    }
}
