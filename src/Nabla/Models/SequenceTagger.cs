using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// A label for each token: what an encoder makes of it, dropout, and a linear layer. With an <see cref="LstmEncoder"/> it is the BI-LSTM of Huang, Xu and Yu 2015, §2.2.
/// tokens: Int64 [elements] → logits [elements, labels]
/// </summary>
/// <param name="encoder">Reads the tokens: an <see cref="LstmEncoder"/> or an <see cref="AttentionEncoder"/>.</param>
/// <param name="labels">How many there are.</param>
/// <param name="dropout">The share of a token's vector dropped in training.</param>
public sealed partial class SequenceTagger(ISequenceEncoder encoder, int labels, double dropout = 0) : IModule
{
    private readonly double dropout = Shares.Demand(dropout, nameof(SequenceTagger));

    /// <summary>Reads the tokens.</summary>
    public ISequenceEncoder Encoder { get; } = encoder ?? throw new ArgumentNullException(nameof(encoder));

    /// <summary>width → labels</summary>
    public Linear Head { get; } = new(encoder.Width, labels >= 1 ? labels : throw new ArgumentOutOfRangeException(nameof(labels), labels, "SequenceTagger: labels: at least 1 is needed."));

    /// <summary>tokens: Int64 [elements] → logits [elements, labels]</summary>
    public Ragged Forward(Ragged tokens) => Encoder.Forward(tokens).Map(read => Head.Forward(Dropout.InTraining(read, dropout)));
}
