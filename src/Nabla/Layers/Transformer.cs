namespace Nabla.Layers;

/// <summary>
/// The encoder and the decoder of a Transformer (Vaswani et al. 2017, figure 1), from embedded tokens to the vectors that a last linear layer turns into logits. Each half ends with a
/// normalisation.
/// </summary>
/// <param name="shape">Of every layer.</param>
/// <param name="encoderLayers">At least 0.</param>
/// <param name="decoderLayers">At least 0.</param>
public sealed partial class Transformer(TransformerShape shape, int encoderLayers, int decoderLayers) : IModule
{
    /// <summary>From the source's tokens to what the decoder looks at.</summary>
    public IReadOnlyList<TransformerEncoderLayer> Encoder { get; } = [.. Enumerable.Range(0, encoderLayers).Select(_ => new TransformerEncoderLayer(shape))];

    /// <summary>Of the encoder's output.</summary>
    public LayerNorm EncoderNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>From the target's tokens so far to the next.</summary>
    public IReadOnlyList<TransformerDecoderLayer> Decoder { get; } = [.. Enumerable.Range(0, decoderLayers).Select(_ => new TransformerDecoderLayer(shape))];

    /// <summary>Of the decoder's output.</summary>
    public LayerNorm DecoderNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>The sources as the decoder sees them.</summary>
    public Ragged Encode(Ragged source) => Encoder.Aggregate(source, (x, layer) => layer.Forward(x)).Map(EncoderNorm.Forward);

    /// <summary>The targets, each seeing those before it and all of its encoded source.</summary>
    public Ragged Decode(Ragged target, Ragged memory) => Decoder.Aggregate(target, (x, layer) => layer.Forward(x, memory)).Map(DecoderNorm.Forward);

    /// <summary>Sources and targets without padding.</summary>
    public Ragged Forward(Ragged source, Ragged target) => Decode(target, Encode(source));

    /// <summary>Sources and targets of one length each.</summary>
    /// <param name="source">[batch, sources, width]</param>
    /// <param name="target">[batch, targets, width]</param>
    /// <returns>[batch, targets, width]</returns>
    public Tensor Forward(Tensor source, Tensor target) => Forward(Ragged.FromPadded(source), Ragged.FromPadded(target)).ToPadded();
}
