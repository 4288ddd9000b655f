using Nabla.Models;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Examples with a class each.</summary>
internal sealed record LabelledBatch(BertBatch Examples, long[] Labels)
{
    const int Longest = 128;

    /// <summary>Random words.</summary>
    public static LabelledBatch Random(int number, int count, int time, BertConfiguration sizes) =>
        new(BertBatch.Random(100 + number, count, time, sizes.VocabularySize), Values.Indices(200 + number, count, sizes.Labels.Count));

    /// <summary>Pairs of sentences that follow each other in a novel, or do not.</summary>
    public static LabelledBatch[] OfSentences(int count, int size)
    {
        var (pairs, labels) = SentencePairs.NextOrNot(count * size);
        var tokenizer = MiniLm.Tokenizer;
        var batches = pairs.Chunk(size).Select(chunk => BertBatch.Of(tokenizer, chunk, Longest));
        return [.. batches.Zip(labels.Chunk(size), (batch, classes) => new LabelledBatch(batch, classes))];
    }
}

/// <summary>
/// Examples of pretraining: which elements of [batch · time] are masked, what they were, and whether the second segment is random.
/// </summary>
internal sealed record MaskedBatch(BertBatch Examples, long[] Positions, long[] Tokens, long[] Next)
{
    const int Mask = 103;
    const double Fraction = 0.15;

    /// <summary>Random words.</summary>
    public static MaskedBatch Random(int number, int count, int time, int vocabulary)
    {
        var (examples, random) = (BertBatch.Random(100 + number, count, time, vocabulary), new Random(200 + number));
        var words = Enumerable.Range(1, time - 2).Where(column => column != time / 2).ToArray();
        long[] positions = [.. Enumerable.Range(0, count).SelectMany(row =>
        {
            random.Shuffle(words);
            return words.Take((int)(Fraction * time)).Order().Select(column => ((long)row * time) + column).ToArray();
        })];
        long[] tokens = [.. positions.Select(position => (long)examples.Ids[position / time][position % time])];
        foreach (var position in positions)
            examples.Ids[position / time][position % time] = Mask;
        return new(examples, positions, tokens, Values.Indices(300 + number, count, 2));
    }
}
