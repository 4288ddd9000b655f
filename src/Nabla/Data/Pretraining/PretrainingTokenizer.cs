using Nabla.Text;

namespace Nabla.Data;

/// <summary>A token of a sentence.</summary>
/// <param name="Id">The number in the vocabulary.</param>
/// <param name="ContinuesWord">Whether it belongs to the word of the token before it, as <c>##ing</c> does in WordPiece.</param>
public readonly record struct PretrainingToken(int Id, bool ContinuesWord = false);

/// <summary>What pretraining needs of a tokenizer: the tokens of a sentence and the ids of the special tokens.</summary>
public sealed class PretrainingTokenizer
{
    private readonly Func<string, IReadOnlyList<PretrainingToken>> encode;
    private readonly int[] special;

    /// <summary>A tokenizer for pretraining.</summary>
    /// <param name="encode">
    /// The tokens of a sentence, without special tokens. Called from several threads if the pipeline prefetches with several.
    /// </param>
    /// <param name="vocabularySize">Every id is 0 ≤ id &lt; vocabularySize.</param>
    /// <param name="cls">The id of [CLS], the first token of every sequence.</param>
    /// <param name="sep">The id of [SEP], the last token of every segment.</param>
    /// <param name="mask">The id of [MASK].</param>
    /// <param name="pad">The id of [PAD], which is never drawn as a random token.</param>
    /// <exception cref="ArgumentException">
    /// A special id is outside the vocabulary, two are equal, or the vocabulary holds nothing else.
    /// </exception>
    public PretrainingTokenizer(
        Func<string, IReadOnlyList<PretrainingToken>> encode, int vocabularySize, int cls, int sep, int mask, int pad)
    {
        ArgumentNullException.ThrowIfNull(encode);
        (this.encode, VocabularySize, Cls, Sep, Mask, Pad) = (encode, vocabularySize, cls, sep, mask, pad);
        special = [cls, sep, mask, pad];
        Array.Sort(special);
        var fit = special[0] >= 0 && special[^1] < vocabularySize && special.Distinct().Count() == special.Length;
        if (!fit || vocabularySize <= special.Length)
        {
            throw new ArgumentException(
                $"PretrainingTokenizer: [CLS] {cls}, [SEP] {sep}, [MASK] {mask}, [PAD] {pad} in a vocabulary of {vocabularySize}: "
                + $"four different ids, 0 ≤ id < {vocabularySize}, and at least one other token are needed.");
        }
    }

    /// <summary>BERT's tokenizer for pretraining: a token whose symbol begins with ## continues a word.</summary>
    /// <param name="tokenizer">With [CLS], [SEP], [MASK] and [PAD] in its vocabulary.</param>
    /// <exception cref="InvalidOperationException">The vocabulary lacks one of them.</exception>
    public static PretrainingTokenizer From(BertTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var prefix = tokenizer.Options.ContinuingPrefix;
        var symbols = Enumerable.Range(0, tokenizer.Count).Select(tokenizer.Model.Vocabulary.SymbolOf);
        bool[] continues = [.. symbols.Select(symbol => symbol?.StartsWith(prefix, StringComparison.Ordinal) == true)];
        return new(Encode, tokenizer.Count, tokenizer.ClsId, tokenizer.SepId, tokenizer.MaskId, tokenizer.PadId);

        PretrainingToken[] Encode(string sentence) =>
            [.. tokenizer.Encode(sentence).Select(token => new PretrainingToken(token.Id, continues[token.Id]))];
    }

    /// <summary>Every id is 0 ≤ id &lt; VocabularySize.</summary>
    public int VocabularySize { get; }

    /// <summary>The id of [CLS], the first token of every sequence.</summary>
    public int Cls { get; }

    /// <summary>The id of [SEP], the last token of every segment.</summary>
    public int Sep { get; }

    /// <summary>The id of [MASK].</summary>
    public int Mask { get; }

    /// <summary>The id of [PAD].</summary>
    public int Pad { get; }

    /// <summary>The tokens of a sentence, without special tokens.</summary>
    /// <exception cref="ArgumentException">The function gave an id outside the vocabulary.</exception>
    public IReadOnlyList<PretrainingToken> Encode(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var tokens = encode(sentence);
        for (var i = 0; i < tokens.Count; i++)
        {
            if ((uint)tokens[i].Id >= (uint)VocabularySize)
            {
                throw new ArgumentException($"PretrainingTokenizer: token {i} of \"{Excerpt(sentence)}\" has id {tokens[i].Id}; "
                    + $"the vocabulary has {VocabularySize} tokens. Give the size of the vocabulary that the encoder uses.");
            }
        }
        return tokens;
    }

    /// <summary>Whether a token is never masked: [CLS] and [SEP].</summary>
    internal bool IsSeparator(int id) => id == Cls || id == Sep;

    /// <summary>An id drawn uniformly from the vocabulary without [CLS], [SEP], [MASK] and [PAD].</summary>
    internal int RandomId(Generator random)
    {
        var id = random.NextInt(VocabularySize - special.Length);
        foreach (var excluded in special)
        {
            if (id >= excluded) id++;
        }
        return id;
    }

    private static string Excerpt(string sentence) => sentence.Length <= 60 ? sentence : string.Concat(sentence.AsSpan(0, 60), "…");
}
