using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>Without class weights. The kernel keeps nothing from forward to backward: to take the exponentials again is faster than to read them back.</summary>
internal sealed partial record CrossEntropy : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs.Length == 2 && inputs[0].DType.IsFloat && inputs[0].Shape[^1] > 0;
    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => RowLoops.CrossEntropy(inputs[0], inputs[1], Smoothing, Ignored, output);
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        if (gradients[0] is { } dx) RowLoops.CrossEntropyGradient(inputs[0], inputs[1], Smoothing, Ignored, dy, dx);
    }
}
