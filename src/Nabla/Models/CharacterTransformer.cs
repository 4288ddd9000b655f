using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// A language model of symbols without recurrence (Al-Rfou et al. 2019; Radford et al. 2018): embeddings of symbols and of places, layers of causal self-attention, a normalisation, and a linear
/// layer to a logit for each symbol that may come next.  ids: [batch, time] → logits [batch, time, symbols]
/// </summary>
/// <param name="symbols">How many there are: 0 ≤ id &lt; symbols.</param>
/// <param name="length">How far it sees: no text may be longer.</param>
/// <param name="shape">The measures of a layer.</param>
/// <param name="layers">How many.</param>
public sealed partial class CharacterTransformer(int symbols, int length, TransformerShape shape, int layers) : IModule
{
    /// <summary>A row for each symbol.</summary>
    public Embedding Embedding { get; } = new(symbols, shape.Width);

    /// <summary>A row for each place.</summary>
    public LearnedPositions Positions { get; } = new(length, shape.Width);

    /// <summary>What a symbol learns from those before it, layer by layer.</summary>
    public IReadOnlyList<TransformerEncoderLayer> Layers { get; } = shape.Layers(layers, each => new TransformerEncoderLayer(each));

    /// <summary>After the last layer.</summary>
    public LayerNorm Norm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>The logits.</summary>
    public Linear Output { get; } = new(shape.Width, symbols);

    /// <summary>How far it sees.</summary>
    public int Length => length;

    /// <summary>The logits of the symbol after each, from the symbols up to it.</summary>
    /// <param name="ids">[batch, time], Int64, time ≤ length</param>
    /// <exception cref="ArgumentException">ids is not [batch, time], or too long.</exception>
    public Tensor Forward(Tensor ids) => Output.Forward(Norm.Forward(Layers.Aggregate(Embedded(ids), (x, layer) => layer.Forward(x, causal: true))));

    /// <summary>The same of texts of any lengths, without padding.</summary>
    /// <param name="ids">Values Int64 [elements], no text longer than <see cref="Length"/></param>
    /// <returns>Logits [elements, symbols].</returns>
    /// <exception cref="ArgumentException">ids is not [elements], or a text is too long.</exception>
    public Ragged Forward(Ragged ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Values.Rank != 1) throw new ArgumentException($"CharacterTransformer: ids {ids.Values.Shape}: [elements] is needed.");
        var x = Layers.Aggregate(Positions.Forward(ids.Map(Embedding.Forward)), (x, layer) => layer.Forward(x, causal: true));
        return x.Map(values => Output.Forward(Norm.Forward(values)));
    }

    /// <summary>What each layer's heads weigh the symbols by: for each layer [batch, heads, time, time], rows being the symbols that look.</summary>
    /// <param name="ids">As in <see cref="Forward(Tensor)"/>.</param>
    public IReadOnlyList<Tensor> Weights(Tensor ids)
    {
        var (x, weights) = (Embedded(ids), new List<Tensor>());
        foreach (var layer in Layers)
        {
            weights.Add(layer.Attention.Weights(shape.NormFirst ? layer.AttentionNorm.Forward(x) : x, causal: true));
            x = layer.Forward(x, causal: true);
        }
        return weights;
    }

    /// <summary>What enters the first layer: [batch, time] → [batch, time, width]</summary>
    /// <param name="ids">As in <see cref="Forward(Tensor)"/>.</param>
    public Tensor Embedded(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Rank != 2) throw new ArgumentException($"CharacterTransformer: ids {ids.Shape}: [batch, time] is needed.");
        if (ids.Shape[1] > length) throw new ArgumentException($"CharacterTransformer: a text of {ids.Shape[1]} symbols, it sees {length}. Give the last {length}, or make a longer model.");
        return Positions.Forward(Embedding.Forward(ids));
    }
}
