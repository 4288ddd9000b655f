using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Cuts a text into pieces that tokens never reach across.</summary>
internal abstract record PreTokenizer
{
    public abstract IEnumerable<AlignedText> Cut(AlignedText text);

    /// <summary>The runs of characters of one kind each, those of kind 0 left out.</summary>
    protected static IEnumerable<AlignedText> Runs(AlignedText text, Func<Rune, int> kind)
    {
        var (start, last) = (0, 0);
        for (var at = 0; at < text.Length;)
        {
            var rune = Rune.TryGetRuneAt(text.Text, at, out var whole) ? whole : Rune.ReplacementChar;
            var next = kind(rune);
            if (next != last)
            {
                if (last != 0) yield return text[start..at];
                (start, last) = (at, next);
            }
            at += rune == Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength;
        }
        if (last != 0) yield return text[start..text.Length];
    }
}

/// <summary>One after another, each within the pieces of those before.</summary>
internal sealed record PreTokenizerSequence(IReadOnlyList<PreTokenizer> Steps) : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text) => Steps.Aggregate((IEnumerable<AlignedText>)[text], (pieces, step) => pieces.SelectMany(step.Cut));
}

/// <summary>What lies between white space.</summary>
internal sealed record WhitespaceSplit : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text) => Runs(text, rune => Rune.IsWhiteSpace(rune) ? 0 : 1);
}

/// <summary>Runs of word characters and runs of others: \w+|[^\w\s]+.</summary>
internal sealed record WhitespacePreTokenizer : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text) => Runs(text, rune => Rune.IsWhiteSpace(rune) ? 0 : IsWord(rune) ? 1 : 2);

    /// <summary>\w of UTS #18: alphabetic characters, marks, decimal digits, connectors, and the two that join.</summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        // Letters in circles and squares are alphabetic, but of the category of symbols.
        UnicodeCategory.OtherSymbol => rune.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        _ => rune.Value is 0x200C or 0x200D,
    };
}

/// <summary>
/// GPT-2's (Radford et al. 2019, §2.2): pieces as its pattern cuts them, <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, and each piece's bytes spelled in
/// <see cref="ByteAlphabet"/>.
/// </summary>
/// <param name="AddsSpace">Whether a text gets a space before it unless it has one, so that its first word is like any other.</param>
/// <param name="Cuts">Whether the pattern cuts; otherwise the text stays whole.</param>
internal sealed record ByteLevel(bool AddsSpace, bool Cuts) : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text)
    {
        if (AddsSpace && text.Length > 0 && text.Text[0] != ' ') text = text.Prepend(" ");
        return (Cuts ? Gpt2Pattern.Pieces(text.Text).Select(range => text[range]) : text.Length > 0 ? [text] : []).Select(Spell);
    }

    private static AlignedText Spell(AlignedText piece)
    {
        var spelled = new List<AlignedRune>(piece.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in piece.Runes())
            foreach (var one in bytes[..WobblyUtf8.Encode(rune.Value, bytes)]) spelled.Add(rune with { Value = ByteAlphabet.Spell(one) });
        return AlignedText.Of(spelled, piece.Source);
    }
}
