using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record Linear : ICpuKernel, ICpuGradientKernel
{
    // A kernel's rows are counted by an int.
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32 && inputs[0].Shape[..^1].Length <= int.MaxValue;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    /// <summary>y = x · Wᵀ, the bias being where the sums begin.</summary>
    public unsafe void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var weight = inputs[1];
        var (x, row) = Matrices.Rows(inputs[0]);
        var bias = inputs.Length > 2 ? RowLoops.Dense(inputs[2]) : null;
        var product = new Product<float>
        {
            Rows = Shape.Dimension(x.Shape[..^1].Length, "Linear"), Columns = weight.Shape[0], Depth = weight.Shape[1],
            A = x.Pointer<float>(), ARow = row, AColumn = (nint)x.Stride(x.Rank - 1),
            B = weight.Pointer<float>(), BRow = (nint)weight.Stride(1), BColumn = (nint)weight.Stride(0),
            C = output.Pointer<float>(), CRow = weight.Shape[0], Bias = bias is null ? null : bias.Pointer<float>(),
        };
        MatrixProduct.Multiply(product, PackedOperand.Of(weight, transposed: true));
        GC.KeepAlive(x);
        GC.KeepAlive(bias);
    }

    /// <summary>dx = dy · W, dW = dyᵀ · x, db = the sum of dy's rows.</summary>
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        dy = RowLoops.Dense(dy);
        if (gradients[0] is { } dx) InputGradient(dy, inputs[1], dx);
        if (gradients[1] is { } dw) WeightGradient(dy, inputs[0], dw);
        if (gradients.Length > 2 && gradients[2] is { } db) RowLoops.ColumnSums(dy, db);
        GC.KeepAlive(dy);
    }

    private static unsafe void InputGradient(Tensor dy, Tensor weight, Tensor dx) => MatrixProduct.Multiply(
        new Product<float>
        {
            Rows = Shape.Dimension(dx.Shape[..^1].Length, "Linear"), Columns = weight.Shape[1], Depth = weight.Shape[0],
            A = dy.Pointer<float>(), ARow = weight.Shape[0], AColumn = 1,
            B = weight.Pointer<float>(), BRow = (nint)weight.Stride(0), BColumn = (nint)weight.Stride(1),
            C = dx.Pointer<float>(), CRow = weight.Shape[1],
        },
        PackedOperand.Of(weight, transposed: false));

    private static unsafe void WeightGradient(Tensor dy, Tensor input, Tensor dw)
    {
        var (x, row) = Matrices.Rows(input);
        MatrixProduct.Multiply(new Product<float>
        {
            Rows = dw.Shape[0], Columns = dw.Shape[1], Depth = Shape.Dimension(x.Shape[..^1].Length, "Linear"),
            A = dy.Pointer<float>(), ARow = 1, AColumn = dw.Shape[0],
            B = x.Pointer<float>(), BRow = row, BColumn = (nint)x.Stride(x.Rank - 1),
            C = dw.Pointer<float>(), CRow = dw.Shape[1],
        });
        GC.KeepAlive(x);
    }
}
