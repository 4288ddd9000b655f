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

    // Vocabularies have the frequent symbols first, so what is used most lies together.
    private readonly Entry[] entries;
    private readonly int[] slots;
    private readonly int shift;

    public ShortWords(IEnumerable<KeyValuePair<string, int>> symbols)
    {
        KeyValuePair<string, int>[] words = [.. symbols.Where(symbol => symbol.Key.Length is > 0 and <= Longest && symbol.Key.All(char.IsAsciiLetterOrDigit))];
        (entries, slots) = (new Entry[words.Length + 1], new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * words.Length))]);
        shift = 64 - BitOperations.Log2((uint)slots.Length);
        entries[0] = new(0, 0, -1);
        Span<byte> bytes = stackalloc byte[Longest];
        for (var i = 0; i < words.Length; i++)
        {
            bytes.Clear();
            for (var j = 0; j < words[i].Key.Length; j++) bytes[j] = (byte)words[i].Key[j];
            var key = Vector128.Create<byte>(bytes).AsUInt64();
            entries[i + 1] = new(key[0], key[1], words[i].Value);
            var slot = Slot(key[0], key[1]);
            while (slots[slot] != 0) slot = (slot + 1) & (slots.Length - 1);
            slots[slot] = i + 1;
        }
    }

    /// <summary>The id of a word; −1: it is no symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(Vector128<byte> word)
    {
        var (low, high) = (word.AsUInt64().ToScalar(), word.AsUInt64().GetElement(1));
        ref var first = ref MemoryMarshal.GetArrayDataReference(entries);
        ref var table = ref MemoryMarshal.GetArrayDataReference(slots);
        for (var slot = Slot(low, high); ; slot = (slot + 1) & (slots.Length - 1))
        {
            var number = Unsafe.Add(ref table, slot);
            ref readonly var entry = ref Unsafe.Add(ref first, number);
            if ((entry.Low == low && entry.High == high) || number == 0) return entry.Id;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Slot(ulong low, ulong high) => (int)(((low * Multiplier) ^ BitOperations.RotateLeft(high * OtherMultiplier, 32)) * OtherMultiplier >> shift);

    private readonly record struct Entry(ulong Low, ulong High, int Id);
}
