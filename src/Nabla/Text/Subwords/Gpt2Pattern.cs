using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>
/// The pieces of GPT-2's pattern, by Unicode's characters: .NET's own expressions see the halves of surrogate pairs and would not take 𠀋 for a letter.
/// </summary>
internal static class Gpt2Pattern
{
    private static readonly string[] Endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind { Space, Letter, Number, Other }

    public static IEnumerable<Range> Pieces(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = EndOfPiece(text, at);
            yield return at..end;
            at = end;
        }
    }

    private static int EndOfPiece(string text, int at)
    {
        foreach (var ending in Endings)
            if (string.CompareOrdinal(text, at, ending, 0, ending.Length) == 0) return at + ending.Length;
        var start = text[at] == ' ' && at + 1 < text.Length && KindAt(text, at + 1, out _) != Kind.Space ? at + 1 : at;
        var kind = KindAt(text, start, out var length);
        var end = start + length;
        var last = start;
        while (end < text.Length && KindAt(text, end, out length) == kind) (last, end) = (end, end + length);
        // \s+(?!\S): the last of several spaces before a word is left to the word.
        return kind == Kind.Space && end < text.Length && last > start ? last : end;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        var isWhole = Rune.TryGetRuneAt(text, at, out var rune);
        length = isWhole ? rune.Utf16SequenceLength : 1;
        if (!isWhole) return Kind.Other;
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
