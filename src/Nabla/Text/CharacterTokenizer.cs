using System.Text;

namespace Nabla.Text;

/// <summary>
/// One token for each Unicode scalar value (<see cref="Rune"/>), so that a character outside of the Basic Multilingual Plane is one token and not two; an accent that is a character of its own is a
/// token of its own. Half of a surrogate pair is read as U+FFFD, as .NET does wherever text becomes UTF-8. But for that, decoding gives the very text where every character is known.
/// </summary>
/// <param name="vocabulary">Characters, and special symbols of any length.</param>
public sealed class CharacterTokenizer(Vocabulary vocabulary) : ITokenizer
{
    /// <summary>The characters.</summary>
    public Vocabulary Vocabulary { get; } = vocabulary ?? throw new ArgumentNullException(nameof(vocabulary));

    /// <inheritdoc/>
    public int Count => Vocabulary.Count;

    /// <summary>A tokenizer for the characters of texts.</summary>
    /// <param name="texts">Read once.</param>
    /// <param name="minimumCount">How often a character must occur.</param>
    /// <param name="maximumSize">How many symbols there may be, the special ones included; null: any number.</param>
    /// <param name="special">Null: none, so that an unknown character is an error.</param>
    public static CharacterTokenizer Train(IEnumerable<string> texts, int minimumCount = 1, int? maximumSize = null, SpecialSymbols? special = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new(Vocabulary.CountedFrom(texts.SelectMany(text => text.EnumerateRunes().Select(rune => rune.ToString())), minimumCount, maximumSize, special));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Token> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (tokens, start) = (new List<Token>(text.Length), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var end = start + rune.Utf16SequenceLength;
            tokens.Add(new(Vocabulary[rune.ToString()], start, end));
            start = end;
        }
        return tokens;
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Concat(ids.Where(id => !Vocabulary.IsSpecial(id) || id == Vocabulary.UnknownId).Select(id => Vocabulary[id]));
    }
}
