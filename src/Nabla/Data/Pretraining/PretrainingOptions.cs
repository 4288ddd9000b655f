namespace Nabla.Data;

/// <summary>What a sequence of pretraining holds (names and comparison: Liu et al. 2019, RoBERTa, §4.2).</summary>
public enum PretrainingLayout
{
    /// <summary>
    /// [CLS] A [SEP] B [SEP] for masked tokens and next-sentence prediction (Devlin et al. 2018, appendix A.2): B follows A in the
    /// document, or comes from another document, each with probability ½.
    /// </summary>
    SegmentPairs,

    /// <summary>
    /// [CLS] sentences [SEP] for masked tokens alone, filled with whole sentences across documents; between documents stands a further
    /// [SEP].
    /// </summary>
    FullSentences,

    /// <summary>[CLS] sentences [SEP] for masked tokens alone, filled with whole sentences of one document.</summary>
    DocumentSentences,
}

/// <summary>So many epochs with sequences of at most so many tokens.</summary>
/// <param name="Epochs">1 or more.</param>
/// <param name="MaxLength">Tokens of a sequence, special tokens included.</param>
public sealed record LengthPhase(int Epochs, int MaxLength);

/// <summary>How documents become sequences for pretraining.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The shortest <see cref="MaxLength"/>: [CLS], two [SEP] and a token of each segment.</summary>
    public const int ShortestMaxLength = 5;

    /// <summary>What a sequence holds.</summary>
    public PretrainingLayout Layout { get; init; } = PretrainingLayout.SegmentPairs;

    /// <summary>Tokens of a sequence at most, special tokens included; 5 or more.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>
    /// How probable it is that a sequence is filled only to a length drawn uniformly (0.1 in BERT, 0 in RoBERTa), 0–1. Fine-tuning meets
    /// short sequences, so pretraining should.
    /// </summary>
    public double ShortProbability { get; init; } = 0.1;

    /// <summary>
    /// Documents in memory at a time, 2 or more: they are shuffled, and the random segments of one come from the others. A corpus with
    /// fewer documents is one window.
    /// </summary>
    public int Buffer { get; init; } = 4096;

    /// <summary>
    /// Epochs with shorter sequences before those of <see cref="MaxLength"/>, in order: attention costs less there. None by default.
    /// </summary>
    public IReadOnlyList<LengthPhase> ShorterFirst { get; init; } = [];

    /// <summary>Tokens of a sequence at most in an epoch: that of the phase the epoch lies in, then <see cref="MaxLength"/>.</summary>
    /// <param name="epoch">0 or more.</param>
    public int MaxLengthOf(int epoch)
    {
        foreach (var phase in ShorterFirst)
        {
            if (epoch < phase.Epochs) return phase.MaxLength;
            epoch -= phase.Epochs;
        }
        return MaxLength;
    }

    /// <summary>Throws unless the options make sense.</summary>
    internal void Validate()
    {
        if (!Enum.IsDefined(Layout)) throw Misfit($"layout {Layout}", string.Join(", ", Enum.GetNames<PretrainingLayout>()));
        if (MaxLength < ShortestMaxLength) throw Misfit($"MaxLength {MaxLength}", $"{ShortestMaxLength} or more");
        if (ShortProbability is not (>= 0 and <= 1)) throw Misfit($"ShortProbability {ShortProbability}", "0–1");
        if (Buffer < 2) throw Misfit($"Buffer {Buffer}", "2 documents or more");
        foreach (var phase in ShorterFirst)
        {
            if (phase.Epochs < 1) throw Misfit($"a phase of {phase.Epochs} epochs", "1 or more");
            if (phase.MaxLength < ShortestMaxLength)
                throw Misfit($"a phase with MaxLength {phase.MaxLength}", $"{ShortestMaxLength} or more");
        }
    }

    private static ArgumentException Misfit(string fault, string needed) => new($"PretrainingOptions: {fault}; {needed} is needed.");
}
