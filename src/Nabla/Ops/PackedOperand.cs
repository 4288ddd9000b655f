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

    private PackedOperand(Tensor b, bool transposed)
    {
        var (down, across) = transposed ? (1, 0) : (0, 1);
        (offset, row, column, rows, columns) = (b.Offset, b.Stride(down), b.Stride(across), b.Shape[down], b.Shape[across]);
    }

    /// <summary>The packing of a matrix, or of its transpose, that is (a window on) a parameter used so before; else null.</summary>
    public static unsafe PackedMatrix? Of(Tensor b, bool transposed)
    {
        if (!b.Storage.IsParameter || b.Length < WorthKeeping) return null;
        var use = new PackedOperand(b, transposed);
        if (b.Storage.Derived is not PackedOperand kept || !kept.IsLike(use))
        {
            b.Storage.Derived = use;
            return null;
        }
        return kept.packed ??= MatrixProduct.Pack(b.Pointer<float>(), (nint)use.row, (nint)use.column, use.rows, use.columns);
    }

    private bool IsLike(PackedOperand other) =>
        (offset, row, column, rows, columns) == (other.offset, other.row, other.column, other.rows, other.columns);
}
