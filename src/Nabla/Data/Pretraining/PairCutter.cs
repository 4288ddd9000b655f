namespace Nabla.Data;

/// <summary>
/// [CLS] A [SEP] B [SEP] as <c>create_instances_from_document</c> of google-research/bert makes them: sentences are taken until the
/// target length is reached, cut in two at a random sentence, and with probability ½ the second part is replaced by sentences of another
/// document; what was replaced begins the next pair. Two departures keep the labels even: where B should follow and one sentence alone
/// fills the target, the next one joins it; the last sentence of a document alone is paired with the one before it. BERT makes random
/// pairs of both. Only a document of a single sentence has no other choice.
/// </summary>
internal sealed class PairCutter(
    IReadOnlyList<TokenDocument> documents, PretrainingTokenizer tokenizer, PretrainingOptions options, int epoch, ulong seed)
    : SequenceCutter(documents, tokenizer, options, epoch, seed)
{
    private const int SpecialTokens = 3;

    public override IEnumerable<PretrainingExample> Cut()
    {
        if (Documents.Count < 2)
        {
            throw new ArgumentException(
                $"Pretraining: {PretrainingLayout.SegmentPairs} takes random segments from other documents, "
                + $"and \"{Documents[0].Name}\" is the only one. "
                + $"Mark the documents by blank lines, give more files, or use {PretrainingLayout.FullSentences}.");
        }
        return Pairs();
    }

    private IEnumerable<PretrainingExample> Pairs()
    {
        foreach (var place in Random.Permutation(Documents.Count))
        {
            for (var at = 0; at < Documents[place].SentenceCount;) yield return Pair(place, ref at);
        }
    }

    /// <summary>The pair that begins with sentence <paramref name="at"/>, which moves to the first sentence of the next.</summary>
    private PretrainingExample Pair(int place, ref int at)
    {
        var document = Documents[place];
        var (start, target) = (at, Target(SpecialTokens));
        for (var length = 0; at < document.SentenceCount && length < target;) length += document[at++].Length;
        var isNext = Random.NextDouble() < 0.5;
        if (isNext && at - start == 1) isNext = WithNeighbour(document.SentenceCount, ref start, ref at);
        var middle = at - start > 1 ? start + 1 + Random.NextInt(at - start - 1) : at;
        var first = document.Sentences(start, middle);
        var second = isNext ? document.Sentences(middle, at) : OfAnother(place, target - first.Length);
        if (!isNext) at = middle;
        Truncate(ref first, ref second);
        return Example([Cls, .. first, Sep, .. second, Sep], first.Length + 2, isNext);
    }

    /// <summary>Takes a second sentence, behind the one that is there or else before it; false where there is none.</summary>
    private static bool WithNeighbour(int count, ref int start, ref int end)
    {
        if (end < count) end++;
        else if (start > 0) start--;
        else return false;
        return true;
    }

    /// <summary>Sentences of another document from a random one on, until they have so many tokens.</summary>
    private ReadOnlySpan<PretrainingToken> OfAnother(int place, int target)
    {
        var other = Random.NextInt(Documents.Count - 1);
        var document = Documents[other < place ? other : other + 1];
        var first = Random.NextInt(document.SentenceCount);
        var end = first + 1;
        while (end < document.SentenceCount && document.Sentences(first, end).Length < target) end++;
        return document.Sentences(first, end);
    }

    /// <summary>Drops tokens of the longer segment until both fit, each at the front or at the back with probability ½.</summary>
    private void Truncate(ref ReadOnlySpan<PretrainingToken> first, ref ReadOnlySpan<PretrainingToken> second)
    {
        while (first.Length + second.Length > Room(SpecialTokens))
        {
            if (first.Length > second.Length) first = WithoutOne(first);
            else second = WithoutOne(second);
        }
    }

    private ReadOnlySpan<PretrainingToken> WithoutOne(ReadOnlySpan<PretrainingToken> segment) =>
        Random.NextDouble() < 0.5 ? segment[1..] : segment[..^1];
}
