using Nabla.Initializers;
using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>How a <see cref="Seq2Seq"/> is built.</summary>
/// <param name="SourceVocabulary">How many tokens can be read.</param>
/// <param name="TargetVocabulary">How many tokens can be written.</param>
/// <param name="Layer">Every layer; of the original's base model <c>new(512, 8, 2048) { Dropout = 0.1 }</c>.</param>
public sealed record Seq2SeqShape(int SourceVocabulary, int TargetVocabulary, TransformerShape Layer)
{
    /// <summary>Layers that read.</summary>
    public int EncoderLayers { get; init; } = 6;

    /// <summary>Layers that write.</summary>
    public int DecoderLayers { get; init; } = 6;

    /// <summary>Whether what is written is compared with the very vectors that it is read by (Press and Wolf 2017), which saves a matrix and, as in the original, all else but a bias.</summary>
    public bool TiedOutput { get; init; } = true;

    /// <summary>Whether both sides have one vocabulary and one table.</summary>
    public bool SharedVocabulary { get; init; }

    /// <summary>The places that a trained vector of their own is added for; null: the original's sines, which no sequence is too long for.</summary>
    public int? LearnedPositions { get; init; }
}

/// <summary>
/// The Transformer (Vaswani et al. 2017): embeddings times √width, positions, encoder, decoder, logits. Without padding throughout.
/// source: [elements], target: [elements] → logits [elements, target vocabulary].
/// </summary>
public sealed partial class Seq2Seq : ISequenceToSequence
{
    private readonly Seq2SeqShape shape;

    /// <summary>A model of this shape.</summary>
    public Seq2Seq(Seq2SeqShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.SharedVocabulary && shape.SourceVocabulary != shape.TargetVocabulary)
            throw new ArgumentException($"Seq2Seq: a shared vocabulary has one size; here {shape.SourceVocabulary} tokens are read and {shape.TargetVocabulary} written.");
        this.shape = shape;
        var width = shape.Layer.Width;
        TargetEmbedding = Table(shape.TargetVocabulary, width);
        SourceEmbedding = shape.SharedVocabulary ? TargetEmbedding : Table(shape.SourceVocabulary, width);
        if (shape.LearnedPositions is { } length) (SourcePositions, TargetPositions) = (new(length, width), new(length, width));
        Transformer = new(shape.Layer, shape.EncoderLayers, shape.DecoderLayers);
        OutputWeight = shape.TiedOutput ? TargetEmbedding : new([shape.TargetVocabulary, width], Initialize.XavierUniform(width, shape.TargetVocabulary));
        OutputBias = new([shape.TargetVocabulary], Initialize.Zeros);
    }

    /// <summary>A vector for each token that is read: [source vocabulary, width]</summary>
    public Parameter SourceEmbedding { get; }

    /// <summary>A vector for each token that is written: [target vocabulary, width]</summary>
    public Parameter TargetEmbedding { get; }

    /// <summary>Where positions are trained.</summary>
    public LearnedPositions? SourcePositions { get; }

    /// <summary>Where positions are trained.</summary>
    public LearnedPositions? TargetPositions { get; }

    /// <summary>Encoder and decoder.</summary>
    public Transformer Transformer { get; }

    /// <summary>What the decoder's vectors are compared with: [target vocabulary, width]</summary>
    public Parameter OutputWeight { get; }

    /// <summary>[target vocabulary]</summary>
    public Parameter OutputBias { get; }

    /// <inheritdoc/>
    public Ragged Forward(Ragged source, Ragged target) => Decode(target, Encode(source)).Map(Logits);

    /// <summary>The sources as the decoder sees them: values [elements, width].</summary>
    public Ragged Encode(Ragged source) => Transformer.Encode(Embed(source, SourceEmbedding, SourcePositions));

    /// <inheritdoc/>
    public ISequenceModel Begin(Ragged source) => new Writing(this, Transformer.Remember(Encode(source)));

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Alignment(Ragged source, Ragged target) => Transformer.Alignment(Embed(target, TargetEmbedding, TargetPositions), Encode(source));

    private Ragged Decode(Ragged target, Ragged memory) => Transformer.Decode(Embed(target, TargetEmbedding, TargetPositions), memory);

    private Tensor Logits(Tensor decoded) => decoded.Linear(OutputWeight, OutputBias);                          // [elements, target vocabulary]

    /// <summary>§3.4 and §3.5, with dropout as in §5.4.</summary>
    private Ragged Embed(Ragged tokens, Parameter table, LearnedPositions? positions)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Values.Rank != 1) throw new ArgumentException($"Seq2Seq: tokens {tokens.Values.Shape}: [elements] is needed.");
        var vectors = tokens.Map(ids => ids.Embedding(table) * Math.Sqrt(shape.Layer.Width));                   // [elements, width]
        vectors = positions?.Forward(vectors) ?? SinusoidalPositions.AddTo(vectors);
        return vectors.Map(x => Dropout.InTraining(x, shape.Layer.Dropout));
    }

    /// <summary>The vectors of tokens at one place of their sequences: [rows, width].</summary>
    private Tensor EmbedAt(IReadOnlyList<int> tokens, int place)
    {
        var vectors = Tensor.From([.. tokens.Select(token => (long)token)]).Embedding(TargetEmbedding) * Math.Sqrt(shape.Layer.Width);
        return TargetPositions?.AddTo(vectors, place) ?? vectors + SinusoidalPositions.Recent(place + 1, shape.Layer.Width)[place].To(vectors.DType);
    }

    private static Parameter Table(int tokens, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        return new([tokens, width], Initialize.Normal(deviation: 1 / Math.Sqrt(width)));
    }

    /// <summary>Writes with the keys and values of what has been written.</summary>
    private sealed class Writing(Seq2Seq model, TransformerCache cache) : IForgetsLogits
    {
        public int Rows => cache.Rows;

        public Tensor Next(IReadOnlyList<int> tokens)
        {
            ArgumentNullException.ThrowIfNull(tokens);
            if (tokens.Count != Rows) throw new ArgumentException($"Seq2Seq: {tokens.Count} tokens for {Rows} sequences: one each is needed.");
            return model.Logits(model.Transformer.Step(model.EmbedAt(tokens, cache.Length), cache));
        }

        public void Select(IReadOnlyList<int> rows) => cache.Select(rows);
    }
}
