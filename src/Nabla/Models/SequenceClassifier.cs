using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// The class of a text: what an encoder makes of its tokens, pooled by mean and by maximum beside each other (Howard and Ruder 2018, §3.3, whose last state a reader in both directions does not
/// need), dropout, and a linear layer.  tokens: Int64 [elements] → logits [batch, classes]
/// </summary>
/// <param name="encoder">Reads the tokens: an <see cref="LstmEncoder"/> or an <see cref="AttentionEncoder"/>.</param>
/// <param name="classes">How many there are.</param>
/// <param name="dropout">The share of the pooled vector dropped in training.</param>
public sealed partial class SequenceClassifier(ISequenceEncoder encoder, int classes, double dropout = 0) : IModule
{
    private readonly double dropout = Shares.Demand(dropout, nameof(SequenceClassifier));

    /// <summary>Reads the tokens.</summary>
    public ISequenceEncoder Encoder { get; } = encoder ?? throw new ArgumentNullException(nameof(encoder));

    /// <summary>2 · width → classes</summary>
    public Linear Head { get; } = new(2 * encoder.Width, classes >= 1 ? classes : throw new ArgumentOutOfRangeException(nameof(classes), classes, "SequenceClassifier: classes: at least 1 is needed."));

    /// <summary>tokens: Int64 [elements] → logits [batch, classes]</summary>
    public Tensor Forward(Ragged tokens)
    {
        var read = Encoder.Forward(tokens);                                                             // [elements, width]
        var pooled = Tensor.Concat(1, SequencePooling.Mean(read), SequencePooling.Max(read));           // [batch, 2 · width]
        return Head.Forward(Dropout.InTraining(pooled, dropout));                                     // [batch, classes]
    }
}
