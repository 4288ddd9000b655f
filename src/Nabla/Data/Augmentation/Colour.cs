using System.Numerics.Tensors;

namespace Nabla.Data;

/// <summary>
/// Changes brightness, contrast and saturation, in this order, each by a factor drawn from 1 − strength to 1 + strength (0 or more): x·f; a blend of x with the mean
/// of the grey image; a blend of x with the grey image, f·x + (1 − f)·grey. Grey is 0.299·red + 0.587·green + 0.114·blue (ITU-R BT.601). Values are held within 0–1 after each.
/// </summary>
public sealed class ColorJitter : ImageTransform
{
    private readonly double brightness, contrast, saturation;

    /// <summary>Strengths, 0 or more; 0 leaves the property alone.</summary>
    /// <param name="brightness">How strongly the brightness varies.</param>
    /// <param name="contrast">How strongly the contrast varies.</param>
    /// <param name="saturation">How strongly the saturation varies; images of three channels only.</param>
    public ColorJitter(double brightness = 0, double contrast = 0, double saturation = 0) => (this.brightness, this.contrast, this.saturation) =
        (NotNegative(brightness, "ColorJitter: brightness"), NotNegative(contrast, "ColorJitter: contrast"), NotNegative(saturation, "ColorJitter: saturation"));

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input.Channels == 3 || (input.Channels == 1 && saturation == 0) ? input
        : throw new ArgumentException($"ColorJitter: an image of {input}: three channels are needed, or one without a change of saturation.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        // Always three draws, so that one strength does not change what the others draw.
        var (bright, steep, vivid) = (Factor(random, brightness), Factor(random, contrast), Factor(random, saturation));
        source.CopyTo(target);
        if (brightness > 0) Blend(target, 0, bright);
        if (contrast > 0) Blend(target, Mean(target, size), steep);
        if (saturation > 0) Saturate(target, size.Area, vivid);
    }

    private static float Factor(Generator random, double strength) => (float)Between(random, Math.Max(1 - strength, 0), 1 + strength);

    private static void Blend(Span<float> image, float with, float share)
    {
        TensorPrimitives.Multiply(image, share, image);
        if (with != 0) TensorPrimitives.Add(image, with * (1 - share), image);
        TensorPrimitives.Clamp(image, 0f, 1f, image);
    }

    private static float Mean(ReadOnlySpan<float> image, ImageSize size)
    {
        if (size.Channels == 1) return TensorPrimitives.Sum(image) / size.Area;
        var (red, green, blue) = (TensorPrimitives.Sum(image[..size.Area]), TensorPrimitives.Sum(image.Slice(size.Area, size.Area)), TensorPrimitives.Sum(image[(2 * size.Area)..]));
        return Grey(red, green, blue) / size.Area;
    }

    private static void Saturate(Span<float> image, int area, float share)
    {
        for (var i = 0; i < area; i++)
        {
            var rest = Grey(image[i], image[area + i], image[(2 * area) + i]) * (1 - share);
            for (var place = i; place < image.Length; place += area) image[place] = Math.Clamp((image[place] * share) + rest, 0, 1);
        }
    }

    private static float Grey(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);
}

/// <summary>(x − mean) ÷ deviation for each channel.</summary>
public sealed class Normalize : ImageTransform
{
    private readonly float[] means, deviations;

    /// <summary>The same mean and deviation for every channel, or one each.</summary>
    /// <param name="means">One for all channels, or one per channel.</param>
    /// <param name="deviations">As many as means, above 0.</param>
    /// <exception cref="ArgumentException">The numbers do not fit, or a deviation is not above 0.</exception>
    public Normalize(ReadOnlySpan<double> means, ReadOnlySpan<double> deviations)
    {
        if (means.IsEmpty || means.Length != deviations.Length) throw new ArgumentException($"Normalize: {means.Length} means, {deviations.Length} deviations: as many of each are needed.");
        foreach (var deviation in deviations)
        {
            if (!(deviation > 0)) throw new ArgumentException($"Normalize: a deviation of {deviation}: one above 0 is needed. A channel that never varies carries nothing: leave it out.");
        }
        (this.means, this.deviations) = (new float[means.Length], new float[means.Length]);
        TensorPrimitives.ConvertTruncating(means, this.means);
        TensorPrimitives.ConvertTruncating(deviations, this.deviations);
    }

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => means.Length == 1 || means.Length == input.Channels ? input
        : throw new ArgumentException($"Normalize: {means.Length} means for an image of {input}: one, or one per channel, is needed.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        for (var channel = 0; channel < size.Channels; channel++)
        {
            var (at, of) = (channel * size.Area, means.Length == 1 ? 0 : channel);
            var result = target.Slice(at, size.Area);
            TensorPrimitives.Subtract(source.Slice(at, size.Area), means[of], result);
            TensorPrimitives.Divide(result, deviations[of], result);
        }
    }
}
