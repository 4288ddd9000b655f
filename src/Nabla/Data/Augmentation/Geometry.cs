using System.Runtime.CompilerServices;

namespace Nabla.Data;

/// <summary>Cuts a window out of the image at random, after putting a border around it (the CIFAR augmentation of Lee et al. 2015 and He et al. 2016, §4.2).</summary>
public sealed class RandomCrop : ImageTransform
{
    private readonly int height, width, padding;
    private readonly float fill;

    /// <summary>Windows of this size.</summary>
    /// <param name="height">Rows of the window.</param>
    /// <param name="width">Columns of the window.</param>
    /// <param name="padding">Pixels of border on every side, 0 or more.</param>
    /// <param name="fill">What the border holds.</param>
    public RandomCrop(int height, int width, int padding, float fill)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        (this.height, this.width, this.padding, this.fill) = (height, width, padding, fill);
    }

    /// <summary>Square windows.</summary>
    /// <param name="size">Rows and columns of the window.</param>
    /// <param name="padding">Pixels of border on every side, 0 or more.</param>
    /// <param name="fill">What the border holds.</param>
    public RandomCrop(int size, int padding = 0, float fill = 0) : this(size, size, padding, fill)
    {
    }

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => height <= input.Height + (2 * padding) && width <= input.Width + (2 * padding) ? input with { Height = height, Width = width }
        : throw new ArgumentException($"RandomCrop: a window of {height} × {width} does not fit an image of {input} with {padding} pixels of border. Crop less, or resize before.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var top = random.NextInt(size.Height + (2 * padding) - height + 1) - padding;
        var left = random.NextInt(size.Width + (2 * padding) - width + 1) - padding;
        var (first, end) = (Math.Max(left, 0), Math.Min(left + width, size.Width));
        if (top < 0 || left < 0 || top + height > size.Height || left + width > size.Width) target.Fill(fill);
        if (end <= first) return;
        for (var channel = 0; channel < size.Channels; channel++)
        {
            for (var row = Math.Max(top, 0); row < Math.Min(top + height, size.Height); row++)
                source.Slice((((channel * size.Height) + row) * size.Width) + first, end - first).CopyTo(target[((((channel * height) + row - top) * width) + first - left)..]);
        }
    }
}

/// <summary>Turns left to right in some of the images.</summary>
/// <param name="probability">In how many, 0 to 1.</param>
public sealed class HorizontalFlip(double probability = 0.5) : ImageTransform
{
    private readonly double probability = Probability(probability, "HorizontalFlip");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        source.CopyTo(target);
        if (random.NextDouble() >= probability) return;
        for (var row = 0; row < source.Length; row += size.Width) target.Slice(row, size.Width).Reverse();
    }
}

/// <summary>Turns top to bottom in some of the images.</summary>
/// <param name="probability">In how many, 0 to 1.</param>
public sealed class VerticalFlip(double probability = 0.5) : ImageTransform
{
    private readonly double probability = Probability(probability, "VerticalFlip");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (random.NextDouble() >= probability)
        {
            source.CopyTo(target);
            return;
        }
        for (var channel = 0; channel < size.Channels; channel++)
        {
            for (var row = 0; row < size.Height; row++)
                source.Slice(((channel * size.Height) + row) * size.Width, size.Width).CopyTo(target[(((channel * size.Height) + size.Height - 1 - row) * size.Width)..]);
        }
    }
}

/// <summary>Turns the image about its middle by an angle of −degrees to degrees. Between pixels it interpolates bilinearly; what comes from outside is <c>fill</c>.</summary>
public sealed class RandomRotation : ImageTransform
{
    private readonly double degrees;
    private readonly float fill;

    /// <summary>Angles up to this one, either way.</summary>
    /// <param name="degrees">The largest angle, 0 or more.</param>
    /// <param name="fill">The value outside of the image.</param>
    public RandomRotation(double degrees, float fill = 0) => (this.degrees, this.fill) = (NotNegative(degrees, "RandomRotation: degrees"), fill);

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Rotate(source, target, size, Between(random, -degrees, degrees), fill);
    }

    /// <summary>Counter-clockwise by an angle in degrees: each pixel looks up where it came from.</summary>
    internal static void Rotate(ReadOnlySpan<float> source, Span<float> target, ImageSize size, double degrees, float fill)
    {
        var (sin, cos) = ((float, float))Math.SinCos(degrees * (Math.PI / 180));
        var (middleX, middleY) = ((size.Width - 1) / 2f, (size.Height - 1) / 2f);
        for (var channel = 0; channel < size.Channels; channel++)
        {
            var image = source.Slice(channel * size.Area, size.Area);
            var result = target.Slice(channel * size.Area, size.Area);
            for (var row = 0; row < size.Height; row++)
            {
                var (dx, dy) = (-middleX, row - middleY);
                foreach (ref var value in result.Slice(row * size.Width, size.Width))
                {
                    value = Sample(image, size, middleX + (cos * dx) - (sin * dy), middleY + (sin * dx) + (cos * dy), fill);
                    dx++;
                }
            }
        }
    }

    /// <summary>The value at (x, y) between four pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sample(ReadOnlySpan<float> image, ImageSize size, float x, float y, float fill)
    {
        if (!(x >= 0 && y >= 0 && x < size.Width - 1 && y < size.Height - 1)) return AtEdge(image, size, x, y, fill);
        var (left, top) = ((int)x, (int)y);
        var place = (top * size.Width) + left;
        var above = image.Slice(place, 2);
        var below = image.Slice(place + size.Width, 2);
        return Blend(Blend(above[0], above[1], x - left), Blend(below[0], below[1], x - left), y - top);
    }

    private static float AtEdge(ReadOnlySpan<float> image, ImageSize size, float x, float y, float fill)
    {
        var (left, top) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var right = x - left;
        return Blend(Blend(At(image, size, left, top, fill), At(image, size, left + 1, top, fill), right),
            Blend(At(image, size, left, top + 1, fill), At(image, size, left + 1, top + 1, fill), right), y - top);
    }

    private static float Blend(float a, float b, float share) => a + ((b - a) * share);

    private static float At(ReadOnlySpan<float> image, ImageSize size, int x, int y, float fill) =>
        (uint)x < (uint)size.Width && (uint)y < (uint)size.Height ? image[(y * size.Width) + x] : fill;
}
