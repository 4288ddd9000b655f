using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Words and punctuation of any script.</summary>
public static class Words
{
    /// <summary>
    /// Where the words and marks of a text are. A word is a run of letters, digits, combining marks and underscores; an apostrophe between two letters is part of it: <c>don't</c>, <c>l’eau</c>. An
    /// ideograph is a word of its own, for such scripts put no spaces between words. Everything else but white space and control characters is a mark, one at a time: <c>…</c>, <c>$</c>, <c>🙂</c>.
    /// </summary>
    public static IEnumerable<Range> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Find(text);
    }

    private static IEnumerable<Range> Find(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var rune = At(text, at);
            var end = at + rune.Utf16SequenceLength;
            if (IsPartOfWord(rune)) end = EndOfWord(text, end);
            if (!IsBetween(rune)) yield return at..end;
            at = end;
        }
    }

    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length)
        {
            var rune = At(text, at);
            var next = at + rune.Utf16SequenceLength;
            var joins = rune.Value is '\'' or '’' && Rune.IsLetter(Before(text, at)) && next < text.Length && At(text, next) is var after && Rune.IsLetter(after) && !IsIdeograph(after);
            if (!joins && !IsPartOfWord(rune)) return at;
            at = next;
        }
        return at;
    }

    /// <summary>The character at a place; U+FFFD for half of a pair.</summary>
    private static Rune At(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) ? rune : Rune.ReplacementChar;

    private static Rune Before(string text, int at) => At(text, char.IsLowSurrogate(text[at - 1]) && at > 1 && char.IsHighSurrogate(text[at - 2]) ? at - 2 : at - 1);

    private static bool IsPartOfWord(Rune rune) => !IsIdeograph(rune) && Rune.GetUnicodeCategory(rune) is
        <= UnicodeCategory.OtherNumber or UnicodeCategory.ConnectorPunctuation;

    private static bool IsBetween(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;

    /// <summary>The blocks of CJK ideographs, without kana and hangul, whose runs are words.</summary>
    internal static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF);
}
