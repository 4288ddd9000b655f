using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>A normalisation of x [batch, channels, ..] over sets of stretches, one stretch per example and channel, with one kernel for every choice of the sets.</summary>
internal abstract record ChannelNormalization(double Epsilon) : Normalization(Epsilon), ICpuKernel, ICpuGradientKernel
{
    /// <summary>Which stretches share a mean and a spread.</summary>
    private protected abstract StretchSets Sets(Tensor x);

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0] is { Length: > 0, DType.IsFloat: true } x && x.Shape[2..].Length > 1;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) =>
        NormLoops.ChannelNorm(Sets(inputs[0]), inputs[0], Optional(inputs, 1), Optional(inputs, 2), Epsilon, output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) => NormLoops.ChannelNormGradient(
        Sets(inputs[0]), inputs[0], Optional(inputs, 1), dy, Epsilon, gradients[0], Optional(gradients, 1), Optional(gradients, 2));
}
