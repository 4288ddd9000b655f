using Nabla.Backends.Cpu.Rows;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// Wu and He 2018: the channels in groups; each example's group without its mean and divided by its spread, then · weight + bias per channel.
    /// x: [batch, channels, ..], weight and bias: [channels] → same
    /// </summary>
    internal sealed record GroupNorm(int Groups, double Epsilon) : ChannelNormalization(Epsilon)
    {
        private protected override StretchSets Sets(Tensor x) => new(x.Shape[0], x.Shape[1], Groups, overBatch: false);

        protected override Shape ScaleShape(ReadOnlySpan<Tensor> inputs)
        {
            var x = inputs[0].Shape;
            if (x.Rank < 2) throw new ArgumentException($"GroupNorm: x {x}: [batch, channels, ..] is needed.");
            return x[1] % Groups == 0 ? x[1..2] : throw new ArgumentException($"GroupNorm: the {x[1]} channels of x {x} do not divide into {Groups} groups.");
        }

        protected override Tensor Normalized(Tensor x) => Row.Apply(Grouped(x)).Reshape(x.Shape);

        protected override Tensor NormalizedGradient(Tensor x, Tensor n, Tensor dn) => Row.Gradient(Grouped(x), Grouped(n), Grouped(dn)).Reshape(x.Shape);

        protected override Tensor Spread(Tensor scale, Tensor x) => scale.AsChannels(x.Rank);

        private Normalize Row => new([2], Epsilon);

        private Tensor Grouped(Tensor x) => x.Reshape([x.Shape[0], Groups, Shape.Dimension(x.Shape[1] / Groups * x.Shape[2..].Length, "GroupNorm")]);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Group normalisation of x [batch, channels, ..]: (x − mean) / √(variance + ε) over each example's group of channels, then · weight + bias.</summary>
        /// <param name="groups">How many; they divide the channels. 1: all together; as many as channels: instance normalisation.</param>
        /// <param name="weight">[channels], or none.</param>
        /// <param name="bias">[channels], or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
            return Normalized(new GroupNorm(groups, epsilon), weight, bias);
        }

        /// <summary>[channels] → [channels, 1, ..], so that it broadcasts against [batch, channels, ..] of a rank.</summary>
        internal Tensor AsChannels(int rank)
        {
            var dims = new int[rank - 1];
            Array.Fill(dims, 1);
            dims[0] = Shape[0];
            return Reshape(dims);
        }
    }
}
