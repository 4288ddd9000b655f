namespace Nabla.Data;

/// <summary>Cuts the documents of a window into sequences. One is used by one thread, for one walk through the window.</summary>
internal abstract class SequenceCutter(
    IReadOnlyList<TokenDocument> documents, PretrainingTokenizer tokenizer, PretrainingOptions options, int epoch, ulong seed)
{
    private readonly ulong exampleSeed = Seeds.OfStep(seed, "Mask");
    private readonly int maxLength = options.MaxLengthOf(epoch);
    private long made;

    protected IReadOnlyList<TokenDocument> Documents => documents;

    protected Generator Random { get; } = Generator.For(seed, "Cut");

    /// <summary>The sequences, the documents in random order.</summary>
    public abstract IEnumerable<PretrainingExample> Cut();

    public static SequenceCutter Of(
        IReadOnlyList<TokenDocument> documents, PretrainingTokenizer tokenizer, PretrainingOptions options, int epoch, ulong seed) =>
        options.Layout == PretrainingLayout.SegmentPairs ? new PairCutter(documents, tokenizer, options, epoch, seed)
            : new SentencePacker(documents, tokenizer, options, epoch, seed);

    /// <summary>How many tokens a sequence should reach: all that fit, or a random number of at least 2.</summary>
    protected int Target(int specialTokens)
    {
        var most = maxLength - specialTokens;
        return Random.NextDouble() < options.ShortProbability ? 2 + Random.NextInt(most - 1) : most;
    }

    protected int Room(int specialTokens) => maxLength - specialTokens;

    protected PretrainingToken Cls => new(tokenizer.Cls);

    protected PretrainingToken Sep => new(tokenizer.Sep);

    protected PretrainingExample Example(PretrainingToken[] tokens, int firstLength, bool? isNext) =>
        new(tokens, firstLength, isNext, Seeds.OfPart(exampleSeed, made++));
}
