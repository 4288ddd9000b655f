using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>
/// A normalisation of x [batch, channels, ..] over sets of stretches, one stretch per example and channel, with one kernel for every choice of the sets. Forward leaves the statistics for the way
/// back, and for whoever keeps a running average.
/// </summary>
internal abstract record ChannelNormalization(double Epsilon) : Normalization(Epsilon), ICpuKernel, ICpuGradientKernel
{
    private readonly Measured measured = new();

    /// <summary>Which stretches share a mean and a spread.</summary>
    private protected abstract StretchSets Sets(Tensor x);

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0] is { Length: > 0, DType.IsFloat: true } x && (x.Shape[2..].Length > 1 || Sets(x).Step > 1);

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var (x, sets) = (inputs[0], Sets(inputs[0]));
        var statistics = measured.Begin(x, sets.Sets);
        ChannelNormLoops.Forward(sets, x, Optional(inputs, 1), Optional(inputs, 2), Epsilon, output, statistics);
    }

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        if (measured.Of(inputs[0]) is null) Run(inputs, Tensor.Empty(output.Shape, output.DType));
        ChannelNormLoops.Gradient(Sets(inputs[0]), inputs[0], Optional(inputs, 1), dy, measured.Of(inputs[0])!, Epsilon, gradients[0], Optional(gradients, 1), Optional(gradients, 2));
    }

    /// <summary>The mean and the variance of each set of x, where the kernel has just normalised it; else null.</summary>
    public (Tensor Mean, Tensor Variance)? StatisticsOf(Tensor x) => measured.Of(x) is { } statistics ? (statistics[0], statistics[1]) : null;

    /// <summary>What was measured last, and of what. Not an attribute: it tells no two ops apart.</summary>
    private sealed class Measured : IEquatable<Measured>
    {
        private Tensor? x, statistics;

        /// <summary>Memory for means and variances [2, sets]. The walk back, which frees what its steps have made, does not see it.</summary>
        public Tensor Begin(Tensor of, long sets)
        {
            var log = MemoryPool.Log(null);
            try
            {
                statistics = Tensor.Empty([2, Shape.Dimension(sets, "Normalisation")], of.DType);
                x = of;
                return statistics;
            }
            finally
            {
                MemoryPool.Log(log);
            }
        }

        public Tensor? Of(Tensor of) => of == x ? statistics : null;

        public bool Equals(Measured? other) => other is not null;

        public override bool Equals(object? other) => Equals(other as Measured);

        public override int GetHashCode() => 0;
    }
}
