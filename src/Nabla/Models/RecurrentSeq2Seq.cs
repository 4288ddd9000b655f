using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>How a <see cref="RecurrentSeq2Seq"/> is built.</summary>
/// <param name="SourceVocabulary">How many tokens can be read.</param>
/// <param name="TargetVocabulary">How many tokens can be written.</param>
/// <param name="Embedding">The length of a token's vector.</param>
/// <param name="Hidden">Units of the decoder; half as many in each direction of the encoder, so it is even.</param>
public sealed record RecurrentSeq2SeqShape(int SourceVocabulary, int TargetVocabulary, int Embedding, int Hidden)
{
    /// <summary>Layers of the encoder and of the decoder, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>The share dropped in training: of embeddings, between layers and before the logits.</summary>
    public double Dropout { get; init => field = Shares.Demand(value, nameof(RecurrentSeq2SeqShape), nameof(Dropout)); }
}

/// <summary>
/// An LSTM that reads in both directions (Bahdanau et al. 2015, §3.2) and one that writes and looks at what was read, by the general score of Luong et al. 2015, §3.1: aₜₛ = softmax(hₜ W h̄ₛ),
/// cₜ = Σ aₜₛ h̄ₛ, h̃ₜ = tanh(W_c [cₜ; hₜ]). The scores are divided by √hidden as in Vaswani et al. 2017, §3.2.1. source: [elements], target: [elements] → logits [elements, target vocabulary].
/// </summary>
public sealed partial class RecurrentSeq2Seq : ISequenceToSequence
{
    private readonly RecurrentSeq2SeqShape shape;

    /// <summary>A model of this shape.</summary>
    public RecurrentSeq2Seq(RecurrentSeq2SeqShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Hidden < 2 || shape.Hidden % 2 != 0) throw new ArgumentException($"RecurrentSeq2Seq: {shape.Hidden} hidden units: an even number is needed, half for each direction of the encoder.");
        this.shape = shape;
        SourceEmbedding = new(shape.SourceVocabulary, shape.Embedding);
        TargetEmbedding = new(shape.TargetVocabulary, shape.Embedding);
        Encoder = new(shape.Embedding, shape.Hidden / 2, shape.Layers, bidirectional: true, shape.Dropout);
        Decoder = new(shape.Embedding, shape.Hidden, shape.Layers, dropout: shape.Dropout);
        Score = new(shape.Hidden, shape.Hidden, bias: false);
        Combine = new(2 * shape.Hidden, shape.Hidden, bias: false);
        Output = new(shape.Hidden, shape.TargetVocabulary);
    }

    /// <summary>A vector for each token that is read.</summary>
    public Embedding SourceEmbedding { get; }

    /// <summary>A vector for each token that is written.</summary>
    public Embedding TargetEmbedding { get; }

    /// <summary>Reads, from both ends.</summary>
    public Lstm Encoder { get; }

    /// <summary>Writes. It begins with the last states of the encoder's directions side by side.</summary>
    public Lstm Decoder { get; }

    /// <summary>W of the scores.</summary>
    public Linear Score { get; }

    /// <summary>W_c: what was looked at and the state become one.</summary>
    public Linear Combine { get; }

    /// <summary>The logits.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public Ragged Forward(Ragged source, Ragged target)
    {
        var (memory, first) = Encode(source);
        var states = Decode(target, memory, first);
        return states.Map(hidden => Logits(hidden, memory, states.Offsets));
    }

    /// <inheritdoc/>
    public ISequenceModel Begin(Ragged source)
    {
        var (memory, first) = Encode(source);
        return new Writing(this, new AttentionMemory(memory, memory.Values), first);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Alignment(Ragged source, Ragged target)
    {
        var (memory, first) = Encode(source);
        var states = Decode(target, memory, first);
        return [.. Enumerable.Range(0, memory.Count).Select(i => Score.Forward(states[i]).AttentionWeights(memory[i]).Unsqueeze(0))];
    }

    /// <summary>What was read, [elements, hidden], and the decoder's first state.</summary>
    private (Ragged Memory, RecurrentState First) Encode(Ragged source)
    {
        var (memory, last) = Encoder.Forward(Tokens(source), SourceEmbedding, dropout: shape.Dropout);
        return (memory, new(Joined(last.Hidden), Joined(last.Cell!)));
    }

    /// <summary>The decoder's states, values [elements, hidden].</summary>
    private Ragged Decode(Ragged target, Ragged memory, RecurrentState first)
    {
        return Tokens(target).Count == memory.Count ? Decoder.Forward(target, TargetEmbedding, first, shape.Dropout).Output
            : throw new ArgumentException($"RecurrentSeq2Seq: {target.Count} targets for {memory.Count} sources: as many are needed.");
    }

    /// <summary>[layers · 2, batch, hidden / 2] → [layers, batch, hidden]</summary>
    private Tensor Joined(Tensor states) => states.Reshape(shape.Layers, 2, states.Shape[1], shape.Hidden / 2).Transpose(1, 2).Reshape(shape.Layers, states.Shape[1], shape.Hidden);

    private Tensor Logits(Tensor hidden, Ragged memory, IReadOnlyList<int> offsets)
    {
        var look = new Ops.RaggedAttention([.. offsets], [.. memory.Offsets], Heads: 1, Causal: false, Scale: 1 / Math.Sqrt(shape.Hidden));
        var context = look.Apply(Score.Forward(hidden), memory.Values, memory.Values);                          // [elements, hidden]
        return Output.Forward(Dropout.InTraining(Combine.Forward(Tensor.Concat(1, context, hidden)).Tanh(), shape.Dropout));
    }

    private static Ragged Tokens(Ragged tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.Values.Rank == 1 ? tokens : throw new ArgumentException($"RecurrentSeq2Seq: tokens {tokens.Values.Shape}: [elements] is needed.");
    }

    /// <summary>Writes with the state after each sequence's last token.</summary>
    private sealed class Writing(RecurrentSeq2Seq model, AttentionMemory memory, RecurrentState state) : IForgetsLogits
    {
        private RecurrentState state = state;

        public int Rows => state.Hidden.Shape[1];

        public Tensor Next(IReadOnlyList<int> tokens)
        {
            ArgumentNullException.ThrowIfNull(tokens);
            if (tokens.Count != Rows) throw new ArgumentException($"RecurrentSeq2Seq: {tokens.Count} tokens for {Rows} sequences: one each is needed.");
            var vectors = model.TargetEmbedding.Forward(Tensor.From([.. tokens.Select(token => (long)token)]));
            (var hidden, state) = model.Decoder.Forward(vectors.Unsqueeze(1), state);
            return model.Logits(hidden.Squeeze(1), memory.Keys, memory.Offsets);
        }

        public void Select(IReadOnlyList<int> rows)
        {
            memory.Select(rows);
            var index = Tensor.From([.. rows.Select(row => (long)row)]);
            state = new(state.Hidden.IndexSelect(1, index), state.Cell!.IndexSelect(1, index));
        }
    }
}
