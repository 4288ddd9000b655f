using System.Globalization;
using System.Text;

namespace Nabla.Text;

/// <summary>Changes a text before it is cut into tokens.</summary>
internal abstract record Normalizer
{
    public abstract AlignedText Apply(AlignedText text);

    /// <summary>The same characters but for those that a function replaces.</summary>
    protected static AlignedText Each(AlignedText text, Func<AlignedRune, IEnumerable<AlignedRune>> function) => AlignedText.Of([.. text.Runes().SelectMany(function)], text.Source);
}

/// <summary>One after another.</summary>
internal sealed record NormalizerSequence(IReadOnlyList<Normalizer> Steps) : Normalizer
{
    public override AlignedText Apply(AlignedText text) => Steps.Aggregate(text, (current, step) => step.Apply(current));
}

/// <summary>Lower case, character by character.</summary>
internal sealed record Lowercase : Normalizer
{
    private const int DotAbove = 0x307;

    public override AlignedText Apply(AlignedText text) => Each(text, Of);

    /// <summary>The lower case of a character.</summary>
    public static IEnumerable<AlignedRune> Of(AlignedRune rune) => BertCharacters.HasTwoInLowerCase(rune.Value)
        ? [rune with { Value = 'i' }, rune with { Value = DotAbove }] : [rune with { Value = BertCharacters.ToLower(rune.Value) }];
}

/// <summary>A normal form of Unicode.</summary>
internal sealed record UnicodeForm(bool Compatibly, bool Composes) : Normalizer
{
    public override AlignedText Apply(AlignedText text) => NormalForm.Of(text, Compatibly, Composes);
}

/// <summary>Leaves out combining marks; behind NFD, that takes the accents off.</summary>
internal sealed record StripAccents : Normalizer
{
    public override AlignedText Apply(AlignedText text) => Each(text, rune =>
        Rune.IsValid(rune.Value) && Rune.GetUnicodeCategory(new(rune.Value)) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark ? [] : [rune]);
}

/// <summary>Puts a text before every other that is not empty.</summary>
internal sealed record Prepend(string Prefix) : Normalizer
{
    public override AlignedText Apply(AlignedText text) => text.Prepend(Prefix);
}

/// <summary>A text in place of another.</summary>
internal sealed record Replace(string Sought, string Content) : Normalizer
{
    public override AlignedText Apply(AlignedText text) => text.Replace(Sought, Content);
}
