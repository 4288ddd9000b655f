using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>The packing buffers of one thread: as large as its largest product so far has needed, freed after the thread.</summary>
internal sealed unsafe class ProductScratch
{
    /// <summary>As many as two registers of the widest kind; where accumulators begin that begin at 0.</summary>
    public static readonly float* Zeros = AllocateZeros();

    [ThreadStatic] static ProductScratch? mine;
    float* a, b;
    nint aLength, bLength;

    ProductScratch() { }

    ~ProductScratch()
    {
        NativeMemory.AlignedFree(a);
        NativeMemory.AlignedFree(b);
    }

    public static ProductScratch Mine => mine ??= new();

    /// <summary>At least <paramref name="length"/> floats, valid until this thread asks again.</summary>
    public float* A(nint length) => Grow(ref a, ref aLength, length);

    /// <summary>At least <paramref name="length"/> floats, valid until this thread asks again.</summary>
    public float* B(nint length) => Grow(ref b, ref bLength, length);

    static float* Grow(ref float* buffer, ref nint held, nint length)
    {
        if (length <= held) return buffer;
        NativeMemory.AlignedFree(buffer);
        buffer = null;
        held = 0;
        buffer = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 4096);
        held = length;
        return buffer;
    }

    static float* AllocateZeros()
    {
        var zeros = (float*)NativeMemory.AlignedAlloc(64 * sizeof(float), 64);
        new Span<float>(zeros, 64).Clear();
        return zeros;
    }
}
