namespace Nabla.Data;

/// <summary>
/// [CLS] sentences [SEP], whole sentences one after another until the next does not fit. A sentence longer than a sequence is cut,
/// between words where it has any. Every token of every document is in exactly one sequence.
/// </summary>
internal sealed class SentencePacker(
    IReadOnlyList<TokenDocument> documents, PretrainingTokenizer tokenizer, PretrainingOptions options, int epoch, ulong seed)
    : SequenceCutter(documents, tokenizer, options, epoch, seed)
{
    private const int SpecialTokens = 2;
    private readonly List<PretrainingToken> sequence = [];
    private readonly bool acrossDocuments = options.Layout == PretrainingLayout.FullSentences;
    private int target;

    public override IEnumerable<PretrainingExample> Cut()
    {
        foreach (var place in Random.Permutation(Documents.Count))
        {
            var document = Documents[place];
            var separator = sequence.Count > 0 ? 1 : 0;
            for (var i = 0; i < document.SentenceCount; i++)
            {
                for (var from = 0; from < document[i].Length;)
                {
                    if (sequence.Count == 0) target = Target(SpecialTokens);
                    var length = Piece(document[i][from..]);
                    if (sequence.Count > 0 && sequence.Count + separator + length > target)
                    {
                        yield return Take();
                        separator = 0;
                        continue;
                    }
                    if (separator > 0) sequence.Add(Sep);
                    sequence.AddRange(document[i].Slice(from, length));
                    (from, separator) = (from + length, 0);
                }
            }
            if (!acrossDocuments) yield return Take();
        }
        if (sequence.Count > 0) yield return Take();
    }

    /// <summary>
    /// How many tokens of a sentence's rest go into a sequence together: all, or as many whole words as fit an empty one.
    /// </summary>
    private int Piece(ReadOnlySpan<PretrainingToken> rest)
    {
        if (rest.Length <= Room(SpecialTokens)) return rest.Length;
        var length = Room(SpecialTokens);
        while (length > 0 && rest[length].ContinuesWord) length--;
        return length > 0 ? length : Room(SpecialTokens);
    }

    private PretrainingExample Take()
    {
        PretrainingToken[] tokens = [Cls, .. sequence, Sep];
        sequence.Clear();
        return Example(tokens, tokens.Length, null);
    }
}
