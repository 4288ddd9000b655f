using Nabla.Ops;

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
    public Ragged Encode(Ragged source)
    {
        using var temporaries = Temporaries.Begin();
        foreach (var layer in Encoder) source = layer.Forward(source);
        return source.With(temporaries.Keep(EncoderNorm.Forward(source.Values)));
    }

    /// <summary>The targets, each seeing those before it and all of its encoded source.</summary>
    public Ragged Decode(Ragged target, Ragged memory) => Decoder.Aggregate(target, (x, layer) => layer.Forward(x, memory)).Map(DecoderNorm.Forward);

    /// <summary>What the decoder keeps of encoded sources while targets are written to them, one for each.</summary>
    public TransformerCache Remember(Ragged memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new([.. Decoder.Select(layer => (new KeyValueCache(memory.Count), layer.CrossAttention.Remember(memory)))], memory.Count);
    }

    /// <summary>One more element of each target: what <see cref="Decode"/> gives for the last, at the cost of one.</summary>
    /// <param name="x">[rows, width]</param>
    /// <param name="cache">From <see cref="Remember"/>; the elements are added to it.</param>
    /// <returns>[rows, width]</returns>
    /// <exception cref="ArgumentException">There is not one row for each target under way.</exception>
    public Tensor Step(Tensor x, TransformerCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        using var temporaries = Temporaries.Begin();
        for (var i = 0; i < Decoder.Count; i++)
        {
            var (past, memory) = cache.Layers[i];
            x = Decoder[i].Step(x, past, memory);
            temporaries.Keep(past.Newest.Key);
            temporaries.Keep(past.Newest.Value);
        }
        cache.Length++;
        return temporaries.Keep(DecoderNorm.Forward(x));
    }

    /// <summary>How much each element of each target attends to its source in the last layer: [heads, targets, sources] of each pair.</summary>
    /// <exception cref="InvalidOperationException">There are no decoder layers.</exception>
    public IReadOnlyList<Tensor> Alignment(Ragged target, Ragged memory)
    {
        IReadOnlyList<Tensor>? weights = null;
        foreach (var layer in Decoder) (weights, target) = layer.Alignment(target, memory);
        return weights ?? throw new InvalidOperationException("Transformer: without decoder layers nothing attends to the sources.");
    }

    /// <summary>Sources and targets without padding.</summary>
    public Ragged Forward(Ragged source, Ragged target) => Decode(target, Encode(source));

    /// <summary>Sources and targets of one length each.</summary>
    /// <param name="source">[batch, sources, width]</param>
    /// <param name="target">[batch, targets, width]</param>
    /// <returns>[batch, targets, width]</returns>
    public Tensor Forward(Tensor source, Tensor target) => Forward(Ragged.FromPadded(source), Ragged.FromPadded(target)).ToPadded();
}
