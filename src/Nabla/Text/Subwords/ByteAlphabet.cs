namespace Nabla.Text;

/// <summary>GPT-2's letters for bytes (Radford et al. 2019): a byte that prints in Latin-1 is its own letter, the others are the letters from U+0100 on, in their order.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = Make();
    private static readonly Dictionary<char, byte> Bytes = Letters.Index().ToDictionary(letter => letter.Item, letter => (byte)letter.Index);

    /// <summary>All 256, in the order of the letters.</summary>
    public static IEnumerable<string> All => Letters.Order().Select(letter => letter.ToString());

    public static char Spell(byte value) => Letters[value];

    /// <summary>Appends the bytes that a token spells; a token that has another letter in it stands for itself.</summary>
    public static void Append(List<byte> bytes, string token)
    {
        var before = bytes.Count;
        foreach (var letter in token)
        {
            if (Bytes.TryGetValue(letter, out var value))
            {
                bytes.Add(value);
                continue;
            }
            bytes.RemoveRange(before, bytes.Count - before);
            bytes.AddRange(WobblyUtf8.Encode(token));
            return;
        }
    }

    private static char[] Make()
    {
        var (letters, next) = (new char[256], (char)256);
        for (var value = 0; value < 256; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return letters;
    }
}
