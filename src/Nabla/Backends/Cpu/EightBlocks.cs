using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu;

/// <summary><see cref="Generator.Block"/> for eight blocks at a time, with AVX2.</summary>
internal static class EightBlocks
{
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>The numbers of eight counters: word i of all of them in result i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<uint>, Vector256<uint>, Vector256<uint>, Vector256<uint>) Of(ulong seed, Vector256<uint> c0, Vector256<uint> c1, Vector256<uint> c2, Vector256<uint> c3)
    {
        var (k0, k1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var (high0, low0) = Multiply(c0, 0xD2511F53);
            var (high2, low2) = Multiply(c2, 0xCD9E8D57);
            (c0, c1, c2, c3) = (high2 ^ c1 ^ Vector256.Create(k0), low2, high0 ^ c3 ^ Vector256.Create(k1), low0);
            (k0, k1) = (k0 + 0x9E3779B9, k1 + 0xBB67AE85);
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>The 64 bits of each product, high and low half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> High, Vector256<uint> Low) Multiply(Vector256<uint> a, uint factor)
    {
        var b = Vector256.Create(factor);
        var (even, odd) = (Avx2.Multiply(a, b), Avx2.Multiply(Vector256.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), b));
        var high = Avx2.Blend(Vector256.ShiftRightLogical(even, 32).AsUInt32(), odd.AsUInt32(), 0b10101010);
        var low = Avx2.Blend(even.AsUInt32(), Vector256.ShiftLeft(odd, 32).AsUInt32(), 0b10101010);
        return (high, low);
    }
}
