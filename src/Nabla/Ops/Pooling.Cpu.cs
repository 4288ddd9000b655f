using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal abstract partial record Pool
{
    private protected PoolSize Size(Shape x, Shape y) =>
        new(x[^2], x[^1], Sliding.Kernel[0], Sliding.Kernel[1], Sliding.Stride[0], Sliding.Stride[1], Padding[0], Padding[1], y[^2], y[^1]);
}

internal sealed partial record MaxPool : ICpuKernel, ICpuGradientKernel
{
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => PoolLoops.Max(Size(inputs[0].Shape, output.Shape), RowLoops.Dense(inputs[0]), output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) =>
        PoolLoops.MaxGradient(Size(inputs[0].Shape, output.Shape), RowLoops.Dense(inputs[0]), output, RowLoops.Dense(dy), gradients[0]!);
}

internal sealed partial record AveragePool : ICpuKernel, ICpuGradientKernel
{
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => PoolLoops.Average(Size(inputs[0].Shape, output.Shape), CountPadding, RowLoops.Dense(inputs[0]), output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) =>
        PoolLoops.AverageGradient(Size(inputs[0].Shape, output.Shape), CountPadding, RowLoops.Dense(dy), gradients[0]!);
}

internal sealed partial record AdaptiveAveragePool : ICpuKernel, ICpuGradientKernel
{
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => PoolLoops.Adaptive(RowLoops.Dense(inputs[0]), output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) => PoolLoops.AdaptiveGradient(RowLoops.Dense(dy), gradients[0]!);
}
