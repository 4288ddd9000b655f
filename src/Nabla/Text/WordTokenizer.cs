namespace Nabla.Text;

/// <summary>
/// One token for each word and each punctuation mark; see <see cref="Words.Of"/> for what a word is. White space is passed over, so decoding gives the words with one space between them.
/// </summary>
/// <param name="vocabulary">Words, in lower case where <paramref name="lowercase"/> is set.</param>
/// <param name="lowercase">Whether texts are read in lower case.</param>
public sealed class WordTokenizer(Vocabulary vocabulary, bool lowercase = false) : ITokenizer
{
    /// <summary>The words.</summary>
    public Vocabulary Vocabulary { get; } = vocabulary ?? throw new ArgumentNullException(nameof(vocabulary));

    /// <summary>Whether texts are read in lower case.</summary>
    public bool Lowercase { get; } = lowercase;

    /// <inheritdoc/>
    public int Count => Vocabulary.Count;

    /// <summary>A tokenizer for the words of texts.</summary>
    /// <param name="texts">Read once.</param>
    /// <param name="lowercase">Whether texts are read in lower case.</param>
    /// <param name="minimumCount">How often a word must occur.</param>
    /// <param name="maximumSize">How many symbols there may be, the special ones included; null: any number.</param>
    /// <param name="special">Null: none, so that an unknown word is an error.</param>
    public static WordTokenizer Train(IEnumerable<string> texts, bool lowercase = false, int minimumCount = 1, int? maximumSize = null, SpecialSymbols? special = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var words = texts.SelectMany(text => Words.Of(text).Select(range => Symbol(text[range], lowercase)));
        return new(Vocabulary.CountedFrom(words, minimumCount, maximumSize, special), lowercase);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Token> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Words.Of(text).Select(range => new Token(Vocabulary[Symbol(text[range], Lowercase)], range.Start.Value, range.End.Value))];
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Join(' ', ids.Where(id => !Vocabulary.IsSpecial(id) || id == Vocabulary.UnknownId).Select(id => Vocabulary[id]));
    }

    private static string Symbol(string word, bool lowercase) => lowercase ? word.ToLowerInvariant() : word;
}
