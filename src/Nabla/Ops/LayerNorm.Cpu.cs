using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record LayerNorm : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsFloat && inputs[0].Length > 0;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) =>
        NormLoops.LayerNorm(inputs[0], null, Optional(inputs, 1), Optional(inputs, 2), Width(inputs[0]), Epsilon, output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) => NormLoops.LayerNormGradient(
        inputs[0], null, Optional(inputs, 1), dy, Width(inputs[0]), Epsilon, gradients[0], Optional(gradients, 1), Optional(gradients, 2));

    private long Width(Tensor x) => x.Shape[^Axes..].Length;
}
