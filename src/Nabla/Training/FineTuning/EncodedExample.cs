using Nabla.Text;

namespace Nabla.Training;

/// <summary>A text, or a pair of texts, as token ids, with the target that a BERT is fine-tuned on.</summary>
/// <param name="Text">The token ids, with special tokens and without padding.</param>
public sealed record EncodedExample(EncodedText Text)
{
    /// <summary>An example of a class.</summary>
    /// <param name="text">The token ids.</param>
    /// <param name="label">The index of the class.</param>
    public static EncodedExample OfClass(EncodedText text, long label) => new(text) { Labels = [label] };

    /// <summary>An example of a regression.</summary>
    /// <param name="text">The token ids.</param>
    /// <param name="number">The number to predict.</param>
    public static EncodedExample OfNumber(EncodedText text, double number) => new(text) { Number = number };

    /// <summary>
    /// The target: of a classification the index of the class; of tokens the index of each token's tag, <see cref="Ignored"/> where there
    /// is none; of a question the positions of the answer's first and last token, both 0 where the text does not hold it. Empty for a
    /// regression, and for inference.
    /// </summary>
    public IReadOnlyList<long> Labels { get; init; } = [];

    /// <summary>The number to predict; NaN unless it is a regression.</summary>
    public double Number { get; init; } = double.NaN;

    /// <summary>The label of tokens that the loss passes over.</summary>
    public const long Ignored = Data.SubwordLabels.Ignored;
}
