using Nabla.Layers;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Training;

/// <summary>
/// Back-propagation through time, truncated (Williams and Peng 1990): the loss of stretch after stretch of a text, where the model remembers what came before and the gradients do not reach back
/// to it. As <see cref="Trainer{TBatch}.Carried"/> it lets a resumed training remember the same.
/// </summary>
public sealed class TruncatedBackpropagation : IModule
{
    private readonly CharacterModel model;
    private readonly ModuleBuffer hidden;
    private readonly ModuleBuffer? cell;

    /// <summary>For a model that reads so many streams at a time.</summary>
    /// <param name="model">The model.</param>
    /// <param name="streams">As many as the <see cref="TextStreams"/> have.</param>
    public TruncatedBackpropagation(CharacterModel model, int streams)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        Shape shape = [model.Layers.Layers, streams, model.Layers.Hidden];
        var zeros = Tensor.Zeros(shape, model.Output.Weight.DType);
        (this.model, hidden, cell) = (model, new(zeros), model.Layers is Lstm ? new(zeros) : null);
    }

    /// <summary>The mean −ln p of the stretch's next tokens. The state goes on to the next stretch.</summary>
    public Tensor Loss(TextStretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        foreach (var (_, buffer) in this.Buffers()) buffer.To(model.Output.Weight.DType);
        var (logits, state) = model.Forward(stretch.Ids, stretch.IsFirst ? null : new(hidden, cell?.Value));
        hidden.Set(state.Hidden);
        cell?.Set(state.Cell!);
        return logits.CrossEntropy(stretch.Next);
    }

    /// <inheritdoc/>
    public void Describe(Members members)
    {
        ArgumentNullException.ThrowIfNull(members);
        members.Add(nameof(hidden), hidden);
        members.Add(nameof(cell), cell);
    }
}
