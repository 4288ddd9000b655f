using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>What the kernels on a thread keep numbers in while they work. A part of one may run within a part of another: what both fill has a buffer each.</summary>
internal sealed class Scratch
{
    [ThreadStatic] private static Scratch? mine;

    private Scratch() { }

    /// <summary>This thread's. A kernel asks once for a part of its work.</summary>
    public static Scratch Mine => mine ??= new();

    /// <summary>The operands of a product, packed; of convolutions by gathering and of pools, what they read and write in an order of their own.</summary>
    public Buffer A { get; } = new();

    /// <inheritdoc cref="A"/>
    public Buffer B { get; } = new();

    /// <summary>All that a part of an attention needs.</summary>
    public Buffer Attention { get; } = new();

    /// <summary>Of Winograd's convolutions, as the others below.</summary>
    public Buffer Windows { get; } = new();

    public Buffer Upstream { get; } = new();

    public Buffer Sums { get; } = new();

    public Buffer Products { get; } = new();

    public Buffer Filters { get; } = new();

    public Buffer Pixels { get; } = new();

    public Buffer Small { get; } = new();

    /// <summary>Memory as large as the most that was asked for so far, freed after the thread.</summary>
    internal sealed unsafe class Buffer
    {
        private float* start;
        private nint held;

        ~Buffer() => NativeMemory.AlignedFree(start);

        /// <summary>At least <paramref name="length"/> floats from the beginning of a page on, valid until the thread asks again.</summary>
        public float* Of(nint length)
        {
            if (length <= held) return start;
            NativeMemory.AlignedFree(start);
            start = null;
            held = 0;
            start = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 4096);
            held = length;
            return start;
        }
    }
}
