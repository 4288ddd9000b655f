using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>A model that reads a sequence and writes another: a translation, a pronunciation, a summary. Tokens are numbers, Int64 [elements].</summary>
public interface ISequenceToSequence : IModule
{
    /// <summary>What may follow each token of the targets, given all before it and the whole source: logits, values [elements, vocabulary].</summary>
    /// <param name="source">The tokens that are read.</param>
    /// <param name="target">The tokens that are written, each target beginning with the start token; one for each source.</param>
    /// <exception cref="ArgumentException">There is not one target for each source, or a sequence is longer than the model takes.</exception>
    /// <exception cref="IndexOutOfRangeException">A token is not in the vocabulary.</exception>
    Ragged Forward(Ragged source, Ragged target);

    /// <summary>Reads the sources; the result writes a sequence for each: <c>new BeamSearch(start, end, 50, width: 5).Run(model.Begin(source))</c>.</summary>
    ISequenceModel Begin(Ragged source);

    /// <summary>How much each token written looks at each token read: for each pair [heads, targets, sources], rows of sum 1, of the layer that speaks to the output.</summary>
    IReadOnlyList<Tensor> Alignment(Ragged source, Ragged target);
}
