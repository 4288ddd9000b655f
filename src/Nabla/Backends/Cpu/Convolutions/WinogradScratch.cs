using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>The buffers of one thread: as large as its largest convolution so far has needed, freed after the thread.</summary>
internal sealed unsafe class WinogradScratch
{
    /// <summary>What a buffer holds. A thread that runs a block also runs parts of it, so each has its own.</summary>
    public enum Use { Windows, Upstream, Sums, Products, Filters, Pixels, Small }

    [ThreadStatic] private static WinogradScratch? mine;

    private readonly nint[] addresses = new nint[Enum.GetValues<Use>().Length], lengths = new nint[Enum.GetValues<Use>().Length];

    private WinogradScratch() { }

    ~WinogradScratch()
    {
        foreach (var address in addresses) NativeMemory.AlignedFree((void*)address);
    }

    /// <summary>At least <paramref name="length"/> floats of this thread, valid until it asks for the same use again.</summary>
    public static float* Of(Use use, nint length) => (mine ??= new()).Grown((int)use, length);

    private float* Grown(int use, nint length)
    {
        if (length > lengths[use])
        {
            NativeMemory.AlignedFree((void*)addresses[use]);
            (addresses[use], lengths[use]) = (0, 0);
            addresses[use] = (nint)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 4096);
            lengths[use] = length;
        }
        return (float*)addresses[use];
    }
}
