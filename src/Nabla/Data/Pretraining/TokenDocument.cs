namespace Nabla.Data;

/// <summary>The tokens of a document, sentence by sentence.</summary>
public sealed class TokenDocument
{
    private readonly PretrainingToken[] tokens;
    private readonly int[] ends;

    private TokenDocument(string name, PretrainingToken[] tokens, int[] ends) => (Name, this.tokens, this.ends) = (name, tokens, ends);

    /// <summary>Where it comes from.</summary>
    public string Name { get; }

    /// <summary>Sentences, each of at least one token.</summary>
    public int SentenceCount => ends.Length;

    /// <summary>Tokens of all sentences.</summary>
    public int TokenCount => tokens.Length;

    /// <summary>The tokens of one sentence, at least one.</summary>
    /// <param name="sentence">0 ≤ sentence &lt; <see cref="SentenceCount"/>.</param>
    public ReadOnlySpan<PretrainingToken> this[int sentence] => Sentences(sentence, sentence + 1);

    /// <summary>The tokens of a document. Sentences without a token are left out.</summary>
    public static TokenDocument From(TextDocument document, PretrainingTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var (tokens, ends) = (new List<PretrainingToken>(), new List<int>());
        foreach (var sentence in document.Sentences)
        {
            tokens.AddRange(tokenizer.Encode(sentence));
            if (tokens.Count > (ends.Count > 0 ? ends[^1] : 0)) ends.Add(tokens.Count);
        }
        return new(document.Name, [.. tokens], [.. ends]);
    }

    /// <summary>The tokens of sentences first … end − 1.</summary>
    internal ReadOnlySpan<PretrainingToken> Sentences(int first, int end)
    {
        var from = first == 0 ? 0 : ends[first - 1];
        return tokens.AsSpan(from, ends[end - 1] - from);
    }
}
