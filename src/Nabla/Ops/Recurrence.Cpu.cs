using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Recurrences;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record Recurrence<TCell> : ICpuKernel, ICpuGradientKernel
{
    /// <summary>What the way back takes from the way there: [rows, kept · hidden].</summary>
    private Tensor? kept;

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32 && Steps.Length > 0;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs) && kept is not null;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        kept = Recorder.Current is null ? null : Tensor.Empty([output.Shape[1], TCell.Kept * output.Shape[2]], DType.Float32);
        var (weight, columns) = (RowLoops.Dense(inputs[1]), inputs[1].Shape[0]);
        // One step alone is not worth packing for; a parameter keeps its packing.
        var packed = PackedOperand.Of(weight, transposed: true) ?? (Steps.Length > 1 ? RecurrenceLoops.Pack(weight, transposed: true) : null);
        RecurrenceLoops.Forward(Cell, Steps, RowLoops.Dense(inputs[0]), weight, packed, RowLoops.Dense(inputs[2]), RowLoops.Dense(inputs[3]), inputs.Length > 4 ? RowLoops.Dense(inputs[4]) : null, output, kept);
    }

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) => RecurrenceLoops.Backward(
        Cell, Steps, RowLoops.Dense(inputs[1]), RowLoops.Dense(inputs[3]), inputs.Length > 4 ? RowLoops.Dense(inputs[4]) : null, RowLoops.Dense(output), kept!, RowLoops.Dense(dy), gradients);
}
