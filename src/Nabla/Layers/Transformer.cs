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
    public IReadOnlyList<TransformerEncoderLayer> Encoder { get; } = shape.Layers(encoderLayers, each => new TransformerEncoderLayer(each));

    /// <summary>Of the encoder's output.</summary>
    public LayerNorm EncoderNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>From the target's tokens so far to the next.</summary>
    public IReadOnlyList<TransformerDecoderLayer> Decoder { get; } = shape.Layers(decoderLayers, each => new TransformerDecoderLayer(each));

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
    /// <exception cref="ArgumentException">There is not one target for each source.</exception>
    public Ragged Decode(Ragged target, Ragged memory)
    {
        DemandPairs(target, memory);
        return Decoder.Aggregate(target, (x, layer) => layer.Forward(x, memory)).Map(DecoderNorm.Forward);
    }

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
    /// <exception cref="ArgumentException">There is not one target for each source.</exception>
    public IReadOnlyList<Tensor> Alignment(Ragged target, Ragged memory)
    {
        DemandPairs(target, memory);
        IReadOnlyList<Tensor>? weights = null;
        foreach (var layer in Decoder) (weights, target) = layer.Alignment(target, memory);
        return weights ?? throw new InvalidOperationException("Transformer: without decoder layers nothing attends to the sources.");
    }

    private static void DemandPairs(Ragged target, Ragged memory)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(memory);
        if (target.Count != memory.Count) throw new ArgumentException($"Transformer: {target.Count} targets for {memory.Count} sources: as many are needed.");
    }

    /// <summary>Sources and targets without padding.</summary>
    public Ragged Forward(Ragged source, Ragged target) => Decode(target, Encode(source));

    /// <summary>Sources and targets of one length each, or padded to it. Targets that are padded behind their end need no mask: no target sees what follows it.</summary>
    /// <param name="source">[batch, sources, width]</param>
    /// <param name="target">[batch, targets, width]</param>
    /// <param name="sourceMask">Bool [batch, sources], true where there is a source; at least one in each sequence. Null: all are there.</param>
    /// <returns>[batch, targets, width]</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor source, Tensor target, Tensor? sourceMask = null) =>
        Forward(sourceMask is null ? Ragged.FromPadded(source) : Ragged.FromPadded(source, sourceMask), Ragged.FromPadded(target)).ToPadded();
}
