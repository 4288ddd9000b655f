using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record Linear : ICpuKernel, ICpuGradientKernel
{
    // A kernel's rows are counted by an int.
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32 && inputs[0].Shape[..^1].Length <= int.MaxValue;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => Multiply(inputs[0], inputs[1], inputs.Length > 2 ? inputs[2] : null, output);

    /// <summary>
    /// y = x · Wᵀ in the columns of the output from <paramref name="column"/> on, the bias being where the sums begin; and, if wanted, GELU(y), which may take the
    /// place of y.
    /// </summary>
    internal static unsafe void Multiply(Tensor input, Tensor weight, Tensor? bias, Tensor output, int column = 0, Tensor? gelu = null)
    {
        var (x, row) = Matrices.Rows(input);
        bias = bias is null ? null : RowLoops.Dense(bias);
        var product = new Product<float>
        {
            Rows = Shape.Dimension(x.Shape[..^1].Length, "Linear"), Columns = weight.Shape[0], Depth = weight.Shape[1],
            A = x.Pointer<float>(), ARow = row, AColumn = (nint)x.Stride(x.Rank - 1),
            B = weight.Pointer<float>(), BRow = (nint)weight.Stride(1), BColumn = (nint)weight.Stride(0),
            C = output.Pointer<float>() + column, CRow = output.Shape[^1], Bias = bias is null ? null : bias.Pointer<float>(),
            Epilogue = gelu is null ? null : Epilogue.Gelu, D = gelu is null ? null : gelu.Pointer<float>(),
        };
        MatrixProduct.Multiply(product, PackedOperand.Of(weight, transposed: true));
        GC.KeepAlive(x);
        GC.KeepAlive(bias);
    }

    /// <summary>dx = dy · W, dW = dyᵀ · x, db = the sum of dy's rows.</summary>
    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        dy = RowLoops.Dense(dy);
        if (gradients[0] is { } dx) InputGradient(dy, 0, inputs[1], dx, accumulate: false);
        if (gradients[1] is { } dw) WeightGradient(dy, 0, inputs[0], dw);
        if (gradients.Length > 2 && gradients[2] is { } db) RowLoops.ColumnSums(dy, db);
        GC.KeepAlive(dy);
    }

    /// <summary>dx = dy · W, or dx += dy · W, of the columns of a contiguous dy from <paramref name="column"/> on.</summary>
    internal static unsafe void InputGradient(Tensor dy, int column, Tensor weight, Tensor dx, bool accumulate) => MatrixProduct.Multiply(
        new Product<float>
        {
            Rows = Shape.Dimension(dx.Shape[..^1].Length, "Linear"), Columns = weight.Shape[1], Depth = weight.Shape[0],
            A = dy.Pointer<float>() + column, ARow = dy.Shape[^1], AColumn = 1,
            B = weight.Pointer<float>(), BRow = (nint)weight.Stride(0), BColumn = (nint)weight.Stride(1),
            C = dx.Pointer<float>(), CRow = weight.Shape[1], Accumulate = accumulate,
        },
        PackedOperand.Of(weight, transposed: false));

    /// <summary>dW = dyᵀ · x, of the columns of a contiguous dy from <paramref name="column"/> on.</summary>
    internal static unsafe void WeightGradient(Tensor dy, int column, Tensor input, Tensor dw)
    {
        var (x, row) = Matrices.Rows(input);
        MatrixProduct.Multiply(new Product<float>
        {
            Rows = dw.Shape[0], Columns = dw.Shape[1], Depth = Shape.Dimension(x.Shape[..^1].Length, "Linear"),
            A = dy.Pointer<float>() + column, ARow = 1, AColumn = dy.Shape[^1],
            B = x.Pointer<float>(), BRow = row, BColumn = (nint)x.Stride(x.Rank - 1),
            C = dw.Pointer<float>(), CRow = dw.Shape[1],
        });
        GC.KeepAlive(x);
    }
}
