using System.Text;

namespace Nabla.Text;

/// <summary>UTF-8 in which half of a surrogate pair that stands alone has its three bytes (WTF-8, Sapin 2016), so that every .NET string is bytes and back without loss.</summary>
internal static class WobblyUtf8
{
    /// <summary>Writes a character, or half of a pair; returns how many bytes it takes.</summary>
    public static int Encode(int value, Span<byte> target)
    {
        if (Rune.IsValid(value)) return new Rune(value).EncodeToUtf8(target);
        (target[0], target[1], target[2]) = ((byte)(0xE0 | (value >> 12)), (byte)(0x80 | ((value >> 6) & 0x3F)), (byte)(0x80 | (value & 0x3F)));
        return 3;
    }

    public static byte[] Encode(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> some = stackalloc byte[4];
        foreach (var rune in new AlignedText(text, 0, text.Length).Runes()) bytes.AddRange(some[..Encode(rune.Value, some)]);
        return [.. bytes];
    }

    /// <summary>The text of bytes; what is not UTF-8, wobbly or not, becomes U+FFFD as .NET has it.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (bytes is [0xED, >= 0xA0 and <= 0xBF and var second, >= 0x80 and <= 0xBF and var third, ..])
            {
                text.Append((char)(0xD000 | ((second & 0x3F) << 6) | (third & 0x3F)));
                bytes = bytes[3..];
                continue;
            }
            Rune.DecodeFromUtf8(bytes, out var rune, out var read);
            text.Append(pair[..rune.EncodeToUtf16(pair)]);
            bytes = bytes[read..];
        }
        return text.ToString();
    }
}
