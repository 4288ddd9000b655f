using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// A right operand [Depth, Columns] in the order in which the micro-kernels read it, packed once and used by many products: a weight between
/// two optimizer steps. A copy: it does not follow the matrix it was packed from.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    internal readonly float* Data;
    /// <summary>Floats in a register of the kernels that this was packed for.</summary>
    internal readonly int Register;

    /// <summary>Packing is the caller's: see <see cref="ProductEngine{R,V}"/>.</summary>
    internal PackedMatrix(int depth, int columns, int register, nint length)
    {
        (Depth, Columns, Register, Bytes) = (depth, columns, register, length * sizeof(float));
        Data = (float*)NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        if (Bytes > 0) GC.AddMemoryPressure(Bytes);
    }

    ~PackedMatrix()
    {
        NativeMemory.AlignedFree(Data);
        if (Bytes > 0) GC.RemoveMemoryPressure(Bytes);
    }

    public int Depth { get; }
    public int Columns { get; }
    public long Bytes { get; }
}
