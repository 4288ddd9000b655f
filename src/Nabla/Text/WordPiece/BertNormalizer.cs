using System.Text;

namespace Nabla.Text;

/// <summary>
/// BERT's cleaning of a text (Devlin et al. 2019; Hugging Face's BertNormalizer), in this order: controls go and white space becomes
/// spaces; ideographs get spaces around them; accents go, by NFD; lower case. Half of a surrogate pair that stands alone is read as U+FFFD.
/// </summary>
/// <param name="CleanText">Whether controls go and white space becomes spaces.</param>
/// <param name="HandleChineseCharacters">Whether ideographs are words of their own.</param>
/// <param name="StripAccents">Whether accents go; null: where the text becomes lower case.</param>
/// <param name="Lowercase">Whether the text becomes lower case.</param>
internal sealed record BertNormalizer(
    bool CleanText = true, bool HandleChineseCharacters = true, bool? StripAccents = null, bool Lowercase = true) : Normalizer
{
    /// <summary>
    /// The one character that has come apart since the library's table was made (in Unicode 13): vowel sign O of Dives Akuru.
    /// </summary>
    private const int NewerThanTheTable = 0x11938;

    public bool Strips => StripAccents ?? Lowercase;

    public override AlignedText Apply(AlignedText text)
    {
        var spaced = AlignedText.Of([.. text.Runes().SelectMany(Clean)], text.Source);
        if (Strips) spaced = NormalForm.Of(spaced, compatibly: false, composes: false, NewerThanTheTable);
        return Strips || Lowercase ? AlignedText.Of([.. spaced.Runes().SelectMany(Fold)], text.Source) : spaced;
    }

    private IEnumerable<AlignedRune> Clean(AlignedRune rune)
    {
        if (!Rune.IsValid(rune.Value)) rune = rune with { Value = Rune.ReplacementChar.Value };
        if (CleanText && BertCharacters.IsRemoved(rune.Value)) return [];
        if (CleanText && BertCharacters.IsWhiteSpace(rune.Value)) return [rune with { Value = ' ' }];
        var space = rune with { Value = ' ' };
        return HandleChineseCharacters && BertCharacters.IsIdeograph(rune.Value) ? [space, rune, space] : [rune];
    }

    private IEnumerable<AlignedRune> Fold(AlignedRune rune)
    {
        if (Strips && BertCharacters.IsNonSpacingMark(rune.Value)) return [];
        return Lowercase ? Text.Lowercase.Of(rune) : [rune];
    }
}

/// <summary>White space separates words, and each punctuation mark is a word (Hugging Face's BertPreTokenizer).</summary>
internal sealed record BertPreTokenizer : PreTokenizer
{
    public override IEnumerable<AlignedText> Cut(AlignedText text)
    {
        var (start, at) = (0, 0);
        while (at < text.Length)
        {
            var rune = Rune.TryGetRuneAt(text.Text, at, out var whole) ? whole : Rune.ReplacementChar;
            var end = at + rune.Utf16SequenceLength;
            var isPunctuation = BertCharacters.IsPunctuation(rune.Value);
            if (isPunctuation || BertCharacters.IsWhiteSpace(rune.Value))
            {
                if (at > start) yield return text[start..at];
                if (isPunctuation) yield return text[at..end];
                start = end;
            }
            at = end;
        }
        if (at > start) yield return text[start..at];
    }
}
