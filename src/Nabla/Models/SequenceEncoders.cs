using Nabla.Layers;

namespace Nabla.Models;

/// <summary>Reads tokens, each in the light of the others.</summary>
public interface ISequenceEncoder : IModule
{
    /// <summary>How long a token's vector is.</summary>
    int Width { get; }

    /// <summary>tokens: Int64 [elements] → [elements, width]</summary>
    Ragged Forward(Ragged tokens);
}

/// <summary>Embedding, dropout, and an LSTM in both directions (Graves and Schmidhuber 2005), whose states beside each other are a token's vector.</summary>
/// <param name="vocabulary">How many tokens there are.</param>
/// <param name="embedding">The length of a token's embedding.</param>
/// <param name="hidden">Hidden units of each direction.</param>
/// <param name="layers">LSTMs on top of each other.</param>
/// <param name="dropout">The share dropped in training of embeddings and between layers.</param>
public sealed partial class LstmEncoder(int vocabulary, int embedding, int hidden, int layers = 1, double dropout = 0) : ISequenceEncoder
{
    private readonly double dropout = Shares.Demand(dropout, nameof(LstmEncoder));

    /// <summary>Of the embeddings' first values: words that are rarely seen stay near them, and are to say little.</summary>
    internal const double FirstDeviation = 0.1;

    /// <summary>Of the tokens.</summary>
    public Embedding Embedding { get; } = new(vocabulary, embedding, deviation: FirstDeviation);

    /// <summary>In both directions.</summary>
    public Lstm Lstm { get; } = new(embedding, hidden, layers, bidirectional: true, dropout);

    /// <inheritdoc/>
    public int Width => 2 * hidden;

    /// <inheritdoc/>
    public Ragged Forward(Ragged tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return Lstm.Forward(tokens, Embedding, dropout: dropout).Output;                                // [elements, 2 · hidden]
    }
}

/// <summary>Embedding, sinusoidal positions, dropout and the encoder of a Transformer (Vaswani et al. 2017, §3).</summary>
/// <param name="vocabulary">How many tokens there are.</param>
/// <param name="shape">Of the layers.</param>
/// <param name="layers">How many there are.</param>
public sealed partial class AttentionEncoder(int vocabulary, TransformerShape shape, int layers) : ISequenceEncoder
{
    /// <summary>Of the tokens.</summary>
    public Embedding Embedding { get; } = new(vocabulary, shape.Width, deviation: LstmEncoder.FirstDeviation);

    /// <summary>Self-attention and feed-forward.</summary>
    public IReadOnlyList<TransformerEncoderLayer> Layers { get; } = shape.Layers(layers, each => new TransformerEncoderLayer(each));

    /// <inheritdoc/>
    public int Width => shape.Width;

    /// <inheritdoc/>
    public Ragged Forward(Ragged tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var x = SinusoidalPositions.AddTo(tokens.Map(Embedding.Forward)).Map(values => Dropout.InTraining(values, shape.Dropout));    // [elements, width]
        return Layers.Aggregate(x, (y, layer) => layer.Forward(y));                                                                     // [elements, width]
    }
}
