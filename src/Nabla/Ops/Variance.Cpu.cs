using Nabla.Backends.Cpu;

namespace Nabla.Ops;

internal sealed partial record Variance : ICpuKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsFloat && inputs[0].Length > 0;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var (x, mean) = (inputs[0], Tensor.Empty(output.Shape, output.DType));
        ReductionLoops.Run(new SumFold((double)x.Length / output.Length), x, Axes, mean);
        ReductionLoops.Run(new SquaresFold(Freedom(x)), x, Axes, output, mean);
    }
}
