using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record LogSumExp : ICpuKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsFloat && inputs[0].Length > 0;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (Along == inputs[0].Rank - 1)
        {
            RowLoops.LogSumExp(inputs[0], output);
            return;
        }
        var shift = Tensor.Empty(output.Shape, output.DType);
        ReductionLoops.Run(default(LargestFold), inputs[0], Axes, shift);
        using (Recorder.Pause()) shift = Finite(shift);
        ReductionLoops.Run(default(LogSumExpFold), inputs[0], Axes, output, shift);
    }
}
