using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>A sequence that a model has written.</summary>
/// <param name="Tokens">Without start and end.</param>
/// <param name="LogProbability">ln p of the tokens and, if it has come, of the end.</param>
/// <param name="IsEnded">Whether the model said that it is at an end; else it was cut off.</param>
public sealed record WrittenSequence(IReadOnlyList<int> Tokens, double LogProbability, bool IsEnded)
{
    /// <summary>By what the search has compared it with others: its logarithm of the probability, or that divided by the penalty of its length.</summary>
    public double Score { get; init; } = LogProbability;
}

/// <summary>How sequences are found that a model deems likely: <see cref="GreedySearch"/>, <see cref="BeamSearch"/>, <see cref="Sampling"/>.</summary>
/// <param name="Start">The token that each sequence begins with.</param>
/// <param name="End">The token that ends one.</param>
/// <param name="MaximumLength">How many tokens a sequence may have, the end counted; at least 1. One that has come to as many is cut off.</param>
public abstract record SequenceSearch(int Start, int End, int MaximumLength)
{
    /// <summary>How many tokens a sequence may have, the end counted; at least 1. One that has come to as many is cut off.</summary>
    public int MaximumLength { get; init; } = MaximumLength >= 1 ? MaximumLength
        : throw new ArgumentOutOfRangeException(nameof(MaximumLength), MaximumLength, "A maximum length of at least 1 is needed.");

    /// <summary>One sequence for each row of the model, which is used up.</summary>
    public abstract IReadOnlyList<WrittenSequence> Run(ISequenceModel model);

    /// <summary>The logits of the next token, and the logarithm of the sum of their exponentials.</summary>
    private protected static (Tensor Logits, float[] LogSums, int Vocabulary) Next(ISequenceModel model, IReadOnlyList<int> tokens)
    {
        var logits = model.Next(tokens);
        if (logits.Rank != 2 || logits.Shape[0] != tokens.Count) throw new ArgumentException($"The model gave logits {logits.Shape} for {tokens.Count} rows: [rows, vocabulary] is needed.");
        var sums = logits.LogSumExp(-1).To(DType.Float32).ToArray<float>();
        if (Array.FindIndex(sums, sum => !float.IsFinite(sum)) is >= 0 and var row)
            throw new ArithmeticException($"The logits of row {row} are not numbers (the logarithm of their sum is {sums[row]}), so nothing can follow. The model has diverged: use an earlier checkpoint.");
        return (logits.To(DType.Float32).Contiguous(), sums, logits.Shape[1]);
    }

    /// <summary>After the logits have been read.</summary>
    private protected static void Done(ISequenceModel model, Tensor logits)
    {
        if (model is IForgetsLogits && Ops.Recorder.Current is null) logits.Storage.Release(postponesRecall: true);
        GC.KeepAlive(logits);
    }

    private protected void DemandTokens(int vocabulary)
    {
        if ((uint)Start >= (uint)vocabulary || (uint)End >= (uint)vocabulary)
            throw new ArgumentException($"The start token {Start} and the end token {End} are not both among the model's {vocabulary}.");
    }
}

/// <summary>Searches that hold one sequence for each row: what follows is chosen, and never taken back.</summary>
/// <param name="Start">The token that each sequence begins with.</param>
/// <param name="End">The token that ends one.</param>
/// <param name="MaximumLength">How many tokens a sequence may have, the end counted.</param>
public abstract record StepwiseSearch(int Start, int End, int MaximumLength) : SequenceSearch(Start, End, MaximumLength)
{
    /// <inheritdoc/>
    public sealed override IReadOnlyList<WrittenSequence> Run(ISequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var written = new WrittenSequence[model.Rows];
        var live = Enumerable.Range(0, model.Rows).Select(i => new Writing(i)).ToList();
        int[] last = [.. live.Select(_ => Start)];
        var choose = Chooser(model.Rows);
        while (live.Count > 0)
        {
            var (logits, sums, vocabulary) = Next(model, last);
            DemandTokens(vocabulary);
            for (var row = 0; row < live.Count; row++)
            {
                var of = logits.AsSpan<float>().Slice(row * vocabulary, vocabulary);
                var token = choose(live[row].Sequence, of, sums[row]);
                live[row].Add(token, of[token] - sums[row], token == End, MaximumLength);
            }
            Done(model, logits);
            var kept = new List<int>();
            for (var row = 0; row < live.Count; row++)
            {
                if (live[row].IsDone) written[live[row].Sequence] = live[row].Written;
                else kept.Add(row);
            }
            if (kept.Count < live.Count) model.Select(kept);
            live = [.. kept.Select(row => live[row])];
            last = [.. live.Select(sequence => sequence.Last)];
        }
        return written;
    }

    private protected delegate int Choose(int sequence, ReadOnlySpan<float> logits, float logSum);

    /// <summary>Chooses what follows, given the sequence's number, its logits and the logarithm of their sum.</summary>
    private protected abstract Choose Chooser(int sequences);

    private sealed class Writing(int sequence)
    {
        private readonly List<int> tokens = [];
        private double logProbability;
        private bool isEnded;

        public int Sequence => sequence;

        public int Last => tokens[^1];

        public bool IsDone { get; private set; }

        public WrittenSequence Written => new(tokens, logProbability, isEnded);

        public void Add(int token, double log, bool isEnd, int maximum)
        {
            logProbability += log;
            isEnded = isEnd;
            if (!isEnd) tokens.Add(token);
            IsDone = isEnd || tokens.Count == maximum;
        }
    }
}

/// <summary>Always the likeliest token.</summary>
/// <param name="Start">The token that each sequence begins with.</param>
/// <param name="End">The token that ends one.</param>
/// <param name="MaximumLength">How many tokens a sequence may have, the end counted.</param>
public sealed record GreedySearch(int Start, int End, int MaximumLength) : StepwiseSearch(Start, End, MaximumLength)
{
    private protected override Choose Chooser(int sequences) => static (_, logits, _) => Likeliest(logits);

    /// <summary>The place of the largest, found by its bits: twice as fast as TensorPrimitives.IndexOfMax. None of the logits is NaN.</summary>
    private static int Likeliest(ReadOnlySpan<float> logits) =>
        MemoryMarshal.Cast<float, int>(logits).IndexOf(BitConverter.SingleToInt32Bits(TensorPrimitives.Max(logits)));
}
