namespace Nabla.Data;

/// <summary>Makes one image into another. Works on the values themselves, which lie [channels, height, width], so that no tensor is made for each image.</summary>
public abstract class ImageTransform
{
    /// <summary>The size of the result for an image of this size; by default the same.</summary>
    /// <exception cref="ArgumentException">Images of this size do not fit.</exception>
    public virtual ImageSize Output(ImageSize input) => input;

    /// <summary>Writes the result.</summary>
    /// <param name="source">The image.</param>
    /// <param name="target">Where the result goes: every value is to be set. Another memory than the source's.</param>
    /// <param name="size">The source's size.</param>
    /// <param name="random">Numbers for this image of this epoch.</param>
    public abstract void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random);

    /// <summary>A number between two.</summary>
    internal static double Between(Generator random, double low, double high) => low + ((high - low) * random.NextDouble());

    /// <summary>Throws unless 0 ≤ probability ≤ 1.</summary>
    internal static double Probability(double probability, string transform) => probability is >= 0 and <= 1 ? probability
        : throw new ArgumentOutOfRangeException(nameof(probability), $"{transform}: a probability of {probability}: 0 to 1 is needed.");

    /// <summary>Throws unless the number is finite and 0 or more.</summary>
    internal static double NotNegative(double value, string what) => value >= 0 && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(nameof(value), $"{what} = {value}: a finite number of 0 or more is needed.");
}
