using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Ops;

/// <summary>
/// How a parameter served as a right operand: the window that was multiplied, and its packing from the second use on. It is kept with the storage
/// until the contents change: a step of training uses each window once and packs nothing twice, inference and recurrence pack once.
/// </summary>
internal sealed class PackedOperand
{
    /// <summary>Below this many elements the product packs as fast as it would read.</summary>
    private const long WorthKeeping = 4096;

    private readonly long offset, row, column;
    private readonly int rows, columns;
    private PackedMatrix? packed;

    private PackedOperand(Tensor b) => (offset, row, column, rows, columns) = (b.Offset, b.Stride(0), b.Stride(1), b.Shape[0], b.Shape[1]);

    /// <summary>The packing of a matrix that is (a window on) a parameter used before; else null.</summary>
    public static unsafe PackedMatrix? Of(Tensor b)
    {
        if (!b.Storage.IsParameter || b.Length < WorthKeeping) return null;
        if (b.Storage.Derived is not PackedOperand operand || !operand.Fits(b))
        {
            b.Storage.Derived = new PackedOperand(b);
            return null;
        }
        return operand.packed ??= MatrixProduct.Pack(b.Pointer<float>(), (nint)b.Stride(0), (nint)b.Stride(1), b.Shape[0], b.Shape[1]);
    }

    private bool Fits(Tensor b) => (offset, row, column, rows, columns) == (b.Offset, b.Stride(0), b.Stride(1), b.Shape[0], b.Shape[1]);
}
