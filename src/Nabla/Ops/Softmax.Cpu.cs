using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record Softmax : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => LastAxis.Is(Axis, inputs[0]);
    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => RowLoops.Softmax(inputs[0], output);
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        if (gradients[0] is { } dx) RowLoops.SoftmaxGradient(output, dy, dx);
    }
}

internal sealed partial record LogSoftmax : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => LastAxis.Is(Axis, inputs[0]);
    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => RowLoops.LogSoftmax(inputs[0], output);
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        if (gradients[0] is { } dx) RowLoops.LogSoftmaxGradient(output, dy, dx);
    }
}

/// <summary>What the row kernels take: floats, along the last axis.</summary>
internal static class LastAxis
{
    public static bool Is(int axis, Tensor x) => axis == x.Rank - 1 && x.DType.IsFloat;
}
