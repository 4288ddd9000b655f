using System.Text;

namespace Nabla.Text;

/// <summary>What a character means to a <see cref="BertEncoder"/>.</summary>
internal enum BertKind : byte
{
    /// <summary>Part of a word, as one character.</summary>
    Letter,

    /// <summary>Ends a word.</summary>
    Space,

    /// <summary>Is left out.</summary>
    Removed,

    /// <summary>A word of its own: a punctuation mark or an ideograph.</summary>
    Word,

    /// <summary>Part of a word, as several characters.</summary>
    Several,

    /// <summary>What becomes of it depends on the characters around it.</summary>
    Dependent,
}

/// <summary>
/// What BERT's normalizer and pre-tokenizer make of each character alone. That is all there is to know, but for combining characters that
/// stay in the text: NFD sorts those, so they are <see cref="BertKind.Dependent"/>. Pages of 256 characters are made when they are first
/// needed, by the normalizer itself.
/// </summary>
internal sealed class BertCharacterMap(BertNormalizer normalizer, WordPieceModel model)
{
    private const int PageBits = 8, PageLength = 1 << PageBits, LargestCharacter = 0x10FFFF;

    private readonly Entry[]?[] pages = new Entry[]?[(LargestCharacter >> PageBits) + 1];

    /// <summary>What becomes of a character (a Unicode scalar value).</summary>
    public Entry this[int character] =>
        (Volatile.Read(ref pages[character >> PageBits]) ?? MakePage(character >> PageBits))[character & (PageLength - 1)];

    private Entry[] MakePage(int number)
    {
        var page = new Entry[PageLength];
        for (var i = 0; i < page.Length; i++)
            if (Rune.IsValid((number << PageBits) + i)) page[i] = Make((number << PageBits) + i);
        // Two threads may make the same page; either is right.
        Volatile.Write(ref pages[number], page);
        return page;
    }

    private Entry Make(int character)
    {
        var text = char.ConvertFromUtf32(character);
        // Most ideographs, without the way through normal forms.
        if (normalizer.HandleChineseCharacters && BertCharacters.IsIdeograph(character)
            && Decompositions.Instance.Of(character, compatibly: false) is null)
            return Word(text);
        var normalised = normalizer.Apply(new(text, 0, text.Length)).Text;
        if (normalised.Length == 0) return new(BertKind.Removed, 0, null);
        Rune[] runes = [.. normalised.EnumerateRunes().Where(rune => !BertCharacters.IsWhiteSpace(rune.Value))];
        if (runes.Length == 0) return new(BertKind.Space, 0, null);
        if (normalizer.Strips && runes.Any(rune => Decompositions.Instance.ClassOf(rune.Value) != 0))
            return new(BertKind.Dependent, 0, null);
        var isAlone = normalised[0] == ' ' || BertCharacters.IsPunctuation(runes[0].Value);
        if (runes.Length == 1) return isAlone ? Word(runes[0].ToString()) : new(BertKind.Letter, runes[0].Value, null);
        return isAlone || runes.Any(rune => BertCharacters.IsPunctuation(rune.Value)) || normalised.Any(char.IsWhiteSpace)
            ? new(BertKind.Dependent, 0, null) : new(BertKind.Several, 0, normalised);
    }

    private Entry Word(string word) => new(BertKind.Word, model.Vocabulary.TryGetId(word, out var id) ? id : model.UnknownId, null);

    /// <summary>What becomes of a character.</summary>
    /// <param name="Kind">What it means.</param>
    /// <param name="Value">Of a letter, the character that it becomes; of a word, its id.</param>
    /// <param name="Text">Of several, the characters.</param>
    public readonly record struct Entry(BertKind Kind, int Value, string? Text);
}
