using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Text;

/// <summary>The symbols of at most 16 ASCII letters and digits, found by their bytes at once: a hash table with open addressing, at most half full.</summary>
internal sealed class ShortWords
{
    /// <summary>The length of a key; what a word does not fill is 0.</summary>
    public const int Longest = 16;

    private const ulong Multiplier = 0x9E3779B97F4A7C15, OtherMultiplier = 0xC2B2AE3D27D4EB4F;

    private readonly Entry[] entries;
    private readonly int shift;

    public ShortWords(IEnumerable<KeyValuePair<string, int>> symbols)
    {
        KeyValuePair<string, int>[] words = [.. symbols.Where(symbol => symbol.Key.Length is > 0 and <= Longest && symbol.Key.All(char.IsAsciiLetterOrDigit))];
        entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * words.Length))];
        shift = 64 - BitOperations.Log2((uint)entries.Length);
        Span<byte> bytes = stackalloc byte[Longest];
        foreach (var (symbol, id) in words)
        {
            bytes.Clear();
            for (var i = 0; i < symbol.Length; i++) bytes[i] = (byte)symbol[i];
            var key = Vector128.Create<byte>(bytes).AsUInt64();
            var slot = Slot(key[0], key[1]);
            while (entries[slot].Low != 0) slot = (slot + 1) & (entries.Length - 1);
            entries[slot] = new(key[0], key[1], id);
        }
    }

    /// <summary>The id of a word; −1: it is no symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(Vector128<byte> word)
    {
        var (low, high) = (word.AsUInt64().ToScalar(), word.AsUInt64().GetElement(1));
        var table = entries;
        for (var slot = Slot(low, high); ; slot = (slot + 1) & (table.Length - 1))
        {
            ref readonly var entry = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), slot);
            if (entry.Low == low && entry.High == high) return entry.Id;
            if (entry.Low == 0) return -1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Slot(ulong low, ulong high) => (int)(((low * Multiplier) ^ BitOperations.RotateLeft(high * OtherMultiplier, 32)) * OtherMultiplier >> shift);

    private readonly record struct Entry(ulong Low, ulong High, int Id);
}
