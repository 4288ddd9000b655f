using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Text;

/// <summary>
/// BERT's normalizer, pre-tokenizer and word pieces in one pass over a text; what the parts do one after another. A word of ASCII letters
/// and digits is read 16 characters at a time and found by its bytes; other words are read character by character. It does not change and
/// may be used by several threads.
/// </summary>
internal sealed class BertEncoder
{
    private readonly WordPieceModel model;
    private readonly BertCharacterMap characters;
    private readonly BertKind[] kinds;
    private readonly int[] marks;
    private readonly ShortWords words;
    private readonly byte caseBit;

    private BertEncoder(WordPieceModel model, BertNormalizer normalizer)
    {
        (this.model, characters) = (model, new(normalizer, model));
        words = new(model.MaximumCharacters >= ShortWords.Longest ? model.Vocabulary.Entries : []);
        BertCharacterMap.Entry[] ascii = [.. Enumerable.Range(0, 0x80).Select(character => characters[character])];
        (kinds, marks) = (Array.ConvertAll(ascii, entry => entry.Kind), Array.ConvertAll(ascii, entry => entry.Value));
        caseBit = normalizer.Lowercase ? (byte)('a' - 'A') : (byte)0;
    }

    /// <summary>The encoder of a tokenizer; null where the tokenizer is of other parts.</summary>
    public static BertEncoder? For(TokenModel model, TokenizerParts parts) =>
        model is WordPieceModel { UnknownId: >= 0 } pieces
            && parts is { Normalizer: BertNormalizer normalizer, PreTokenizer: BertPreTokenizer, TrimsOffsets: false }
            ? new(pieces, normalizer) : null;

    /// <summary>
    /// Adds the tokens of a part of a text. Returns false, and adds nothing, where there are characters that cannot be read one by one.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the part begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="tokens">Where to.</param>
    /// <param name="word">The number of the next word.</param>
    public bool TryEncode(ReadOnlySpan<char> text, int at, int end, TokenBuffer tokens, ref int word)
    {
        var (before, next) = (tokens.Count, word);
        text = text[..end];
        while (at < text.Length)
        {
            var letter = text[at];
            if (letter < 0x80 && kinds[letter] is BertKind.Space or BertKind.Word)
            {
                if (kinds[letter] == BertKind.Word) tokens.Add(marks[letter], at, at + 1, next++);
                at++;
                continue;
            }
            var behind = letter < 0x80 ? ReadShort(text, at, tokens, next) : -1;
            if (behind >= 0) next++;
            else behind = ReadAny(text, at, tokens, ref next);
            if (behind < 0)
            {
                tokens.Shorten(before);
                return false;
            }
            at = behind;
        }
        word = next;
        return true;
    }

    /// <summary>Reads a word of fewer than 16 ASCII letters and digits. Returns where it ends; −1: it is another word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadShort(ReadOnlySpan<char> text, int at, TokenBuffer tokens, int word)
    {
        var bytes = text.Length - at >= ShortWords.Longest
            ? Load(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), at)) : LoadEnd(text[at..]);
        var isLetter = Vector128.LessThan((bytes | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a'), Vector128.Create((byte)26));
        var isDigit = Vector128.LessThan(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
        var length = BitOperations.TrailingZeroCount(~(isLetter | isDigit).ExtractMostSignificantBits());
        if (length is 0 or ShortWords.Longest || !EndsWord(text, at + length)) return -1;
        var mask = Vector128.LoadUnsafe(in MemoryMarshal.GetReference(Masks), (nuint)(ShortWords.Longest - length));
        var lower = (bytes | (isLetter & Vector128.Create(caseBit))) & mask;
        var id = words.Find(lower);
        if (id >= 0) tokens.Add(id, at, at + length, word);
        else SplitShort(lower, length, at, tokens, word);
        return at + length;
    }

    /// <summary>Loaded from 16 − n on, n bytes are set.</summary>
    private static ReadOnlySpan<byte> Masks =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>
    /// Whether a word that has come to a place ends there, and does not go on behind a character that is left out, or with one that is not
    /// of ASCII.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool EndsWord(ReadOnlySpan<char> text, int at)
    {
        if (at >= text.Length) return true;
        var letter = text[at];
        return (letter < 0x80 ? kinds[letter] : At(text, at, out _).Kind) is BertKind.Space or BertKind.Word;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SplitShort(Vector128<byte> word, int length, int start, TokenBuffer tokens, int number)
    {
        Span<char> letters = stackalloc char[ShortWords.Longest];
        var (low, high) = Vector128.Widen(word);
        low.CopyTo(MemoryMarshal.Cast<char, ushort>(letters));
        high.CopyTo(MemoryMarshal.Cast<char, ushort>(letters[8..]));
        Split(letters[..length], null, start, tokens, number);
    }

    /// <summary>The next 16 characters as bytes, 255 for those beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ref char first)
    {
        ref var units = ref Unsafe.As<char, ushort>(ref first);
        return Vector128.NarrowWithSaturation(Vector128.LoadUnsafe(ref units), Vector128.LoadUnsafe(ref units, 8));
    }

    /// <summary>The last characters as bytes, with spaces behind.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> LoadEnd(ReadOnlySpan<char> text)
    {
        Span<char> padded = stackalloc char[ShortWords.Longest];
        padded.Fill(' ');
        text.CopyTo(padded);
        return Load(ref padded[0]);
    }

    /// <summary>Reads a word of any characters. Returns where it ends; −1: it has one that cannot be read alone.</summary>
    private int ReadAny(ReadOnlySpan<char> text, int at, TokenBuffer tokens, ref int word)
    {
        var read = tokens.Word;
        read.Clear();
        while (at < text.Length)
        {
            var entry = At(text, at, out var length);
            if (entry.Kind is BertKind.Space or BertKind.Word)
            {
                if (read.Characters == 0)
                {
                    if (entry.Kind == BertKind.Word) tokens.Add(entry.Value, at, at + length, word++);
                    return at + length;
                }
                break;
            }
            if (entry.Kind == BertKind.Dependent) return -1;
            if (entry.Kind == BertKind.Letter) read.Add(entry.Value, at, at + length);
            else if (entry.Kind == BertKind.Several)
                foreach (var rune in entry.Text!.EnumerateRunes()) read.Add(rune.Value, at, at + length);
            at += length;
        }
        if (read.Characters > 0) Split(read.Text, read, 0, tokens, word++);
        return at;
    }

    /// <summary>
    /// Adds the pieces of a word, or the unknown token. Without a buffer, the word stands in the text as it is, from <paramref
    /// name="start"/> on.
    /// </summary>
    private void Split(ReadOnlySpan<char> letters, WordBuffer? buffer, int start, TokenBuffer tokens, int word)
    {
        var (before, at) = (tokens.Count, 0);
        var isKnown = (buffer?.Characters ?? letters.Length) <= model.MaximumCharacters;
        while (isKnown && at < letters.Length)
        {
            var length = model.Longest(letters, at, out var id);
            if (length == 0) isKnown = false;
            else tokens.Add(id, buffer?.StartOf(at) ?? start + at, buffer?.EndOf(at + length) ?? start + at + length, word);
            at += length;
        }
        if (isKnown) return;
        tokens.Shorten(before);
        tokens.Add(model.UnknownId, buffer?.StartOf(0) ?? start, buffer?.EndOf(letters.Length) ?? start + letters.Length, word);
    }

    private BertCharacterMap.Entry At(ReadOnlySpan<char> text, int at, out int length)
    {
        length = LengthAt(text, at);
        var unit = text[at];
        return characters[length == 2 ? char.ConvertToUtf32(unit, text[at + 1]) : char.IsSurrogate(unit) ? 0xFFFD : unit];
    }

    private static int LengthAt(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
}
