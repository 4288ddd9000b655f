using Nabla.Backends.Cpu.Rows;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// Ioffe and Szegedy 2015, in training: each channel without its mean over the batch and divided by its spread, then · weight + bias.
    /// x: [batch, channels, ..], weight and bias: [channels] → same
    /// </summary>
    internal sealed record BatchNorm(double Epsilon) : ChannelNormalization(Epsilon)
    {
        private protected override StretchSets Sets(Tensor x) => new(x.Shape[0], x.Shape[1], 1, overBatch: true);

        protected override Shape ScaleShape(ReadOnlySpan<Tensor> inputs) => inputs[0].Rank >= 2 ? inputs[0].Shape[1..2]
            : throw new ArgumentException($"BatchNorm: x {inputs[0].Shape}: [batch, channels, ..] is needed.");

        protected override Tensor Normalized(Tensor x) => Channel(x).Apply(x);

        protected override Tensor NormalizedGradient(Tensor x, Tensor n, Tensor dn) => Channel(x).Gradient(x, n, dn);

        protected override Tensor Spread(Tensor scale, Tensor x) => scale.AsChannels(x.Rank);

        private Normalize Channel(Tensor x) => new(x.AllButChannels(), Epsilon);
    }

    /// <summary>
    /// Batch normalisation in use: (x − mean) / √(variance + ε) · weight + bias with statistics that are given.
    /// Inputs x [batch, channels, ..], mean, variance and, if wanted, weight and bias, all [channels].
    /// </summary>
    internal sealed partial record BatchNormInference(double Epsilon) : Op
    {
        public override string Name => "BatchNorm";

        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            DemandOneType(inputs);
            var x = inputs[0].Shape;
            if (x.Rank < 2) throw new ArgumentException($"BatchNorm: x {x}: [batch, channels, ..] is needed.");
            foreach (var input in inputs[1..])
                if (input.Shape != x[1..2]) throw new ArgumentException($"BatchNorm: mean, variance, weight or bias {input.Shape} does not fit x {x}: [{x[1]}] is needed, one per channel.");
            return x;
        }

        public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
        {
            var x = inputs[0];
            var scale = Scale(inputs);
            var shift = -inputs[1] * scale;
            if (inputs.Length > 4) shift += inputs[4];
            return (x * scale.AsChannels(x.Rank)) + shift.AsChannels(x.Rank);
        }

        public override Tensor?[]? Gradient(Backward call)
        {
            if (call.Needs(1) || call.Needs(2)) return null;
            var (x, dy, gradients) = (call.Inputs[0], call.Upstream, new Tensor?[call.Inputs.Length]);
            if (call.Needs(0)) gradients[0] = dy * Scale(call.Inputs).AsChannels(x.Rank);
            if (gradients.Length > 3 && call.Needs(3))
                gradients[3] = (dy * (x - call.Inputs[1].AsChannels(x.Rank))).Sum(x.AllButChannels()) / (call.Inputs[2] + Epsilon).Sqrt();
            if (gradients.Length > 4 && call.Needs(4)) gradients[4] = dy.Sum(x.AllButChannels());
            return gradients;
        }

        private Tensor Scale(ReadOnlySpan<Tensor> inputs)
        {
            var one = 1 / (inputs[2] + Epsilon).Sqrt();
            return inputs.Length > 3 ? one * inputs[3] : one;
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Batch normalisation in training: (x − mean) / √(variance + ε) · weight + bias with the statistics of this batch, per channel of x [batch, channels, ..].</summary>
        /// <param name="weight">[channels], or none.</param>
        /// <param name="bias">[channels], or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor BatchNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) => Normalized(new BatchNorm(epsilon), weight, bias);

        /// <summary>Batch normalisation in training, and the statistics that it used: the mean and the variance of each channel, without a gradient.</summary>
        internal (Tensor Result, Tensor Mean, Tensor Variance) BatchNormAndStatistics(Tensor weight, Tensor bias, double epsilon)
        {
            var op = new BatchNorm(epsilon);
            var y = Normalized(op, weight, bias);
            using var paused = Recorder.Pause();
            var (mean, variance) = op.StatisticsOf(this) ?? ChannelStatistics();
            return (y, mean, variance);
        }

        /// <summary>Batch normalisation in use: (x − mean) / √(variance + ε) · weight + bias with the given statistics, per channel of x [batch, channels, ..].</summary>
        /// <param name="mean">[channels]</param>
        /// <param name="variance">[channels]</param>
        /// <param name="weight">[channels], or none.</param>
        /// <param name="bias">[channels], or none.</param>
        /// <param name="epsilon">Added to the variance.</param>
        /// <exception cref="ArgumentException">The shapes do not fit.</exception>
        public Tensor BatchNormInference(Tensor mean, Tensor variance, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
        {
            ArgumentNullException.ThrowIfNull(mean);
            ArgumentNullException.ThrowIfNull(variance);
            var op = new BatchNormInference(epsilon);
            return (weight, bias) switch
            {
                (null, null) => op.Apply(this, mean, variance),
                ({ }, null) => op.Apply(this, mean, variance, weight),
                ({ }, { }) => op.Apply(this, mean, variance, weight, bias),
                _ => throw new ArgumentException($"BatchNorm: a bias {bias!.Shape} without a weight; give a weight of ones."),
            };
        }

        /// <summary>
        /// The mean and the variance (of the population, correction 0) of each channel of x [batch, channels, ..]: what batch normalisation keeps a running
        /// average of. No gradient is noted.
        /// </summary>
        public (Tensor Mean, Tensor Variance) ChannelStatistics()
        {
            if (Rank < 2) throw new ArgumentException($"ChannelStatistics: x {Shape}: [batch, channels, ..] is needed.");
            using var paused = Recorder.Pause();
            var axes = AllButChannels();
            return (Mean(axes), Var(axes, correction: 0));
        }

        internal int[] AllButChannels() => [.. Enumerable.Range(0, Rank).Where(axis => axis != 1)];
    }
}
