using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>The buffer of one thread: as large as its largest attention so far has needed, freed after the thread.</summary>
internal sealed unsafe class AttentionScratch
{
    [ThreadStatic] private static AttentionScratch? mine;

    private float* buffer;
    private nint held;

    private AttentionScratch() { }

    ~AttentionScratch() => NativeMemory.AlignedFree(buffer);

    /// <summary>At least <paramref name="length"/> floats, valid until this thread asks again.</summary>
    public static float* Of(nint length) => (mine ??= new()).Grown(length);

    private float* Grown(nint length)
    {
        if (length <= held) return buffer;
        NativeMemory.AlignedFree(buffer);
        buffer = null;
        held = 0;
        buffer = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 4096);
        held = length;
        return buffer;
    }
}
