namespace Nabla.Layers;

/// <summary>
/// In training, each element is 0 with the given probability and else divided by 1 − probability, so that its mean stays; in use, x itself (Srivastava et al.
/// 2014). Shape unchanged.
/// </summary>
/// <param name="probability">Of an element to be dropped, 0 … 1.</param>
/// <param name="generator">Chooses; none: <see cref="Generator.Default"/>.</param>
public sealed partial class Dropout(double probability = 0.5, Generator? generator = null) : ILayer
{
    private readonly double probability = probability is >= 0 and <= 1 ? probability
        : throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: 0 ≤ probability ≤ 1 is needed.");

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return InTraining(x, probability, generator);
    }

    /// <summary>x with a share of it dropped in training.</summary>
    internal static Tensor InTraining(Tensor x, double probability, Generator? generator = null) => Mode.IsTraining && probability > 0 ? x.Dropout(probability, generator) : x;
}
