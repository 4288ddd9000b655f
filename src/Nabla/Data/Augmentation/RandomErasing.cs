namespace Nabla.Data;

/// <summary>
/// Fills a rectangle at a random place with random values, in some of the images (Zhong et al. 2020, "Random erasing data augmentation", algorithm 1). The defaults are the paper's.
/// </summary>
public sealed class RandomErasing : ImageTransform
{
    /// <summary>Draws of a rectangle before the image is left as it is: the paper draws until one fits, which for odd measures may be never.</summary>
    private const int Tries = 100;

    private readonly double probability, smallest, largest, aspect;
    private readonly float? fill;

    /// <summary>Rectangles of these measures.</summary>
    /// <param name="probability">In how many images, 0 to 1.</param>
    /// <param name="smallest">The least share of the image's area, above 0.</param>
    /// <param name="largest">The greatest share of the image's area, up to 1.</param>
    /// <param name="aspect">The least ratio of height to width, above 0 and up to 1; the greatest is its inverse.</param>
    /// <param name="fill">What it is filled with; null: a random value of 0–1 for each.</param>
    public RandomErasing(double probability = 0.5, double smallest = 0.02, double largest = 0.4, double aspect = 0.3, float? fill = null)
    {
        if (!(smallest > 0 && smallest <= largest && largest <= 1))
            throw new ArgumentOutOfRangeException(nameof(smallest), $"RandomErasing: shares of {smallest} to {largest} of the area: 0 < smallest ≤ largest ≤ 1 is needed.");
        if (!(aspect > 0 && aspect <= 1)) throw new ArgumentOutOfRangeException(nameof(aspect), $"RandomErasing: a least aspect of {aspect}: above 0 and up to 1 is needed.");
        (this.probability, this.smallest, this.largest, this.aspect, this.fill) = (Probability(probability, "RandomErasing"), smallest, largest, aspect, fill);
    }

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        source.CopyTo(target);
        if (random.NextDouble() >= probability) return;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = Between(random, smallest, largest) * size.Area;
            var ratio = Between(random, aspect, 1 / aspect);
            var (height, width) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            var (top, left) = (random.NextInt(size.Height), random.NextInt(size.Width));
            if (height < 1 || width < 1 || top + height > size.Height || left + width > size.Width) continue;
            Erase(target, size, (top, left, height, width), random);
            return;
        }
    }

    private void Erase(Span<float> image, ImageSize size, (int Top, int Left, int Height, int Width) hole, Generator random)
    {
        for (var channel = 0; channel < size.Channels; channel++)
        {
            for (var row = hole.Top; row < hole.Top + hole.Height; row++)
            {
                var line = image.Slice((((channel * size.Height) + row) * size.Width) + hole.Left, hole.Width);
                if (fill is { } value) line.Fill(value);
                else random.Fill(line);
            }
        }
    }
}
