namespace Nabla.Data;

/// <summary>
/// Labels of words as labels of subword tokens, and back: the first token of a word bears its label, the others are passed over by the loss
/// (Devlin et al. 2019, §5.3).
/// </summary>
public static class SubwordLabels
{
    /// <summary>The label that losses pass over: give it as <c>IgnoredLabel</c>.</summary>
    public const int Ignored = -100;

    /// <summary>A label for each token.</summary>
    /// <param name="wordLabels">A label for each word.</param>
    /// <param name="wordIds">The word that each token is of; null: none, as of special tokens and padding.</param>
    /// <param name="ignored">The label of tokens that are not the first of a word.</param>
    /// <exception cref="ArgumentException">There is no label for a word.</exception>
    public static int[] OfTokens(IReadOnlyList<int> wordLabels, IReadOnlyList<int?> wordIds, int ignored = Ignored)
    {
        ArgumentNullException.ThrowIfNull(wordLabels);
        ArgumentNullException.ThrowIfNull(wordIds);
        var labels = new int[wordIds.Count];
        for (var i = 0; i < labels.Length; i++) labels[i] = First(wordIds, i) is { } word ? wordLabels[Checked(word, wordLabels.Count)]
            : ignored;
        return labels;
    }

    /// <summary>A label for each word: that of its first token.</summary>
    /// <param name="tokenLabels">A label for each token, such as the class predicted.</param>
    /// <param name="wordIds">The word that each token is of; null: none.</param>
    /// <param name="words">How many words there are.</param>
    /// <param name="missing">The label of words without a token, such as those cut off at the end of a long sentence.</param>
    /// <exception cref="ArgumentException">There are not as many labels as tokens, or a token is of a word beyond the last.</exception>
    public static int[] OfWords(IReadOnlyList<int> tokenLabels, IReadOnlyList<int?> wordIds, int words, int missing = Ignored)
    {
        ArgumentNullException.ThrowIfNull(tokenLabels);
        ArgumentNullException.ThrowIfNull(wordIds);
        ArgumentOutOfRangeException.ThrowIfNegative(words);
        if (tokenLabels.Count != wordIds.Count)
            throw new ArgumentException($"SubwordLabels: {tokenLabels.Count} labels and {wordIds.Count} tokens; "
            + "there must be one for each.", nameof(tokenLabels));
        var labels = new int[words];
        Array.Fill(labels, missing);
        for (var i = 0; i < wordIds.Count; i++)
        {
            if (First(wordIds, i) is { } word) labels[Checked(word, words)] = tokenLabels[i];
        }
        return labels;
    }

    /// <summary>
    /// The word that each token is of, where the words were joined by single spaces before they were encoded, by where the tokens are. It
    /// serves tokenizers that cut words in their own way: for them, <c>U.S.</c> is four words.
    /// </summary>
    /// <param name="words">The words of the sentence: <c>string.Join(' ', words)</c> was encoded.</param>
    /// <param name="offsets">Where each token is in the text, in UTF-16 code units; an empty range: nowhere, as special tokens are.</param>
    /// <exception cref="ArgumentException">A token is beyond the text.</exception>
    public static int?[] WordIds(IReadOnlyList<string> words, IReadOnlyList<(int Start, int End)> offsets)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(offsets);
        var ends = new int[words.Count];
        for (var (i, at) = (0, -1); i < ends.Length; i++) ends[i] = at += words[i].Length + 1;
        return [.. offsets.Select(token => token.End <= token.Start ? null : (int?)Word(token.End))];

        int Word(int end)
        {
            // By its last character: the space before a word may be part of its first token.
            var found = Array.BinarySearch(ends, end);
            var word = found >= 0 ? found : ~found;
            return word < ends.Length ? word : throw new ArgumentException("SubwordLabels: "
                + $"a token ends at {end}, but the words joined by spaces end at {(ends.Length == 0 ? 0 : ends[^1])}.", nameof(offsets));
        }
    }

    /// <summary>The word that a token begins.</summary>
    private static int? First(IReadOnlyList<int?> wordIds, int token) =>
        wordIds[token] is { } word && (token == 0 || wordIds[token - 1] != word) ? word : null;

    private static int Checked(int word, int words) => (uint)word < (uint)words ? word
        : throw new ArgumentException($"SubwordLabels: a token is of word {word}, but there are {words} words, 0 to {words - 1}. "
        + "Give the words that were encoded.");
}
