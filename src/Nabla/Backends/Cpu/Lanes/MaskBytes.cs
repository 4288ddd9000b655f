using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu;

/// <summary>Masks as bytes in memory, one per element.</summary>
internal static unsafe class MaskBytes
{
    /// <summary>Bit i becomes byte i, 0 or 1: the product repeats the eight bits in every byte, the mask keeps bit i of byte i, the carry tells whether it is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Spread(byte bits) => ((bits * 0x0101010101010101UL & 0x8040201008040201UL) + 0x7F7F7F7F7F7F7F7FUL >> 7) & 0x0101010101010101UL;

    /// <summary>The first <paramref name="count"/> bytes (at most 16); the rest are 0.</summary>
    public static Vector128<byte> LoadPart(byte* source, int count)
    {
        var bytes = default(Vector128<byte>);
        Unsafe.CopyBlockUnaligned(&bytes, source, (uint)count);
        return bytes;
    }
}
