using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record BatchNorm : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => TakesStretches(inputs[0]);

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) =>
        NormLoops.ChannelNorm(Sets(inputs[0]), inputs[0], Optional(inputs, 1), Optional(inputs, 2), Epsilon, output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) => NormLoops.ChannelNormGradient(
        Sets(inputs[0]), inputs[0], Optional(inputs, 1), dy, Epsilon, gradients[0], Optional(gradients, 1), Optional(gradients, 2));

    private static StretchSets Sets(Tensor x) => new(x.Shape[0], x.Shape[1], 1, overBatch: true);
}
