using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Ops;

internal sealed partial record MatMul : ICpuKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType != DType.Bool;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        switch (output.DType)
        {
            case DType.Float32: Multiply(inputs[0], inputs[1], output); break;
            case DType.Float64: MultiplyEach<double>(inputs[0], inputs[1], output, DoubleProduct.Multiply); break;
            case DType.Int64: MultiplyEach<long>(inputs[0], inputs[1], output, PlainProduct.Multiply); break;
            default: MultiplyEach<int>(inputs[0], inputs[1], output, PlainProduct.Multiply); break;
        }
    }

    private static void Multiply(Tensor a, Tensor b, Tensor c)
    {
        var product = ProductOf<float>(a, b, c);
        if (c.Length == 0) return;
        if (c.Rank == 2)
        {
            MatrixProduct.Multiply(product, PackedOperand.Of(b, transposed: false));
        }
        else if (b.Rank == 2 && Matrices.RowStep(a) is { } row && c.Length / product.Columns <= int.MaxValue)
        {
            // One matrix for the whole batch: its rows are one long matrix.
            (product.Rows, product.ARow) = ((int)(c.Length / product.Columns), row);
            MatrixProduct.Multiply(product, PackedOperand.Of(b, transposed: false));
        }
        else
        {
            var (offsetsA, offsetsB) = (Matrices.Offsets(a, c.Shape[..^2]), Matrices.Offsets(b, c.Shape[..^2]));
            MatrixProduct.Multiply(product, offsetsA, offsetsB);
        }
    }

    private delegate void One<T>(in Product<T> product) where T : unmanaged;

    /// <summary>The products of a batch, one after another.</summary>
    private static unsafe void MultiplyEach<T>(Tensor a, Tensor b, Tensor c, One<T> multiply) where T : unmanaged
    {
        var product = ProductOf<T>(a, b, c);
        if (c.Length == 0) return;
        var (offsetsA, offsetsB) = (Matrices.Offsets(a, c.Shape[..^2]), Matrices.Offsets(b, c.Shape[..^2]));
        var (startA, startB) = ((nint)product.A, (nint)product.B);
        for (var i = 0; i < offsetsA.Length; i++)
        {
            product.A = (T*)startA + offsetsA[i];
            product.B = (T*)startB + offsetsB[i];
            multiply(product);
            product.C += (nint)product.Rows * product.Columns;
        }
    }

    /// <summary>The first product of the batch.</summary>
    private static unsafe Product<T> ProductOf<T>(Tensor a, Tensor b, Tensor c) where T : unmanaged => new()
    {
        Rows = a.Shape[^2], Columns = b.Shape[^1], Depth = a.Shape[^1],
        A = a.Pointer<T>(), ARow = (nint)a.Stride(a.Rank - 2), AColumn = (nint)a.Stride(a.Rank - 1),
        B = b.Pointer<T>(), BRow = (nint)b.Stride(b.Rank - 2), BColumn = (nint)b.Stride(b.Rank - 1),
        C = c.Pointer<T>(), CRow = b.Shape[^1],
    };
}
