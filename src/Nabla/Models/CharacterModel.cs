using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// A language model of symbols, characters above all (Sutskever, Martens, Hinton 2011; Graves 2013): an embedding, recurrent layers, and a linear layer to a logit for each symbol that may
/// come next. ids: [batch, time] → logits [batch, time, symbols]. What it carries from one stretch of text to the next is its state.
/// </summary>
/// <param name="symbols">How many there are: 0 ≤ id &lt; symbols.</param>
/// <param name="layers">An <see cref="Rnn"/>, <see cref="Lstm"/> or <see cref="Gru"/>; its inputs are the width of the embedding.</param>
/// <param name="dropout">The share dropped of what enters the layers and of what leaves them, in training.</param>
public sealed partial class CharacterModel(int symbols, Recurrent layers, double dropout = 0) : IModule
{
    private readonly double dropout = Shares.Demand(dropout, nameof(CharacterModel));

    /// <summary>A row for each symbol.</summary>
    public Embedding Embedding { get; } = new(symbols, Fitting(layers).Inputs);

    /// <summary>The memory.</summary>
    public Recurrent Layers { get; } = layers;

    /// <summary>The logits.</summary>
    public Linear Output { get; } = new(layers.Hidden, symbols);

    /// <summary>The logits of the symbol after each, and the state after the last.</summary>
    /// <param name="ids">[batch, time], Int64</param>
    /// <param name="state">From which the text goes on; null: its beginning.</param>
    /// <exception cref="ArgumentException">ids is not [batch, time], or the state is of another batch or model.</exception>
    public (Tensor Logits, RecurrentState State) Forward(Tensor ids, RecurrentState? state = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Rank != 2) throw new ArgumentException($"CharacterModel: ids {ids.Shape}: [batch, time] is needed.");
        var (logits, last) = Forward(Ragged.FromPadded(ids), state);
        return (logits.ToPadded(), last);
    }

    /// <summary>The same of texts of any lengths, without padding.</summary>
    /// <param name="ids">Values Int64 [elements]</param>
    /// <param name="state">From which the texts go on; null: their beginning.</param>
    /// <returns>Logits [elements, symbols].</returns>
    /// <exception cref="ArgumentException">ids is not [elements], or the state is of another batch or model.</exception>
    public (Ragged Logits, RecurrentState State) Forward(Ragged ids, RecurrentState? state = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Values.Rank != 1) throw new ArgumentException($"CharacterModel: ids {ids.Values.Shape}: [elements] is needed.");
        var (hidden, last) = Layers.Forward(ids, Embedding, state, dropout);                              // [elements, hidden]
        return (hidden.Map(values => Output.Forward(Dropout.InTraining(values, dropout))), last);
    }

    private static Recurrent Fitting(Recurrent layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return !layers.IsBidirectional ? layers
            : throw new ArgumentException("CharacterModel: the layers read in both directions, so that each logit would know the symbol that it is to foretell. Give layers of one direction.", nameof(layers));
    }
}
