using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record ConcatLinear : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => One.Accepts(inputs);

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    /// <summary>Each layer's product is written to its columns.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var column = 0;
        for (var i = 0; i < Count(inputs); i++)
        {
            var weight = Weight(inputs, i);
            Linear.Multiply(inputs[0], weight, Bias(inputs, i), output, column);
            column += weight.Shape[0];
        }
    }

    /// <summary>dx = Σ dyᵢ · Wᵢ adds up within the products.</summary>
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        dy = RowLoops.Dense(dy);
        var column = 0;
        for (var i = 0; i < Count(inputs); i++)
        {
            var weight = Weight(inputs, i);
            if (gradients[0] is { } dx) Linear.InputGradient(dy, column, weight, dx, accumulate: i > 0);
            if (Weight(gradients, i) is { } dw) Linear.WeightGradient(dy, column, inputs[0], dw);
            if (Bias(gradients, i) is { } db) RowLoops.ColumnSums(dy, db, dy.Length / dy.Shape[^1], dy.Shape[^1], column);
            column += weight.Shape[0];
        }
        GC.KeepAlive(dy);
    }
}
