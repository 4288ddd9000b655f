namespace Nabla.Data;

/// <summary>
/// Brings images to one size. Each new pixel is the mean of the old ones it covers where the image shrinks, and lies between its neighbours where it grows: a triangle filter as
/// wide as the larger of the two pixels, along each axis (bilinear interpolation with antialiasing, as in Pillow).
/// </summary>
public sealed class Resize : ImageTransform
{
    private readonly int height, width;

    /// <summary>Images of this size.</summary>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="width">Columns, 1 or more.</param>
    public Resize(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (this.height, this.width) = (height, width);
    }

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input with { Height = height, Width = width };

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> source, Span<float> target, ImageSize size, Generator random)
    {
        var (across, down) = (new Filter(size.Width, width), new Filter(size.Height, height));
        var lines = new float[size.Height * width];
        for (var channel = 0; channel < size.Channels; channel++)
        {
            for (var row = 0; row < size.Height; row++)
                across.Apply(source.Slice((channel * size.Area) + (row * size.Width), size.Width), 1, lines.AsSpan(row * width, width), 1);
            for (var column = 0; column < width; column++) down.Apply(lines.AsSpan(column), width, target[((channel * height * width) + column)..], width);
        }
    }

    /// <summary>For each new pixel of a line, the old ones it is made of and their weights.</summary>
    private sealed class Filter
    {
        private readonly (int First, float[] Weights)[] pixels;

        public Filter(int old, int now)
        {
            var (scale, reach) = (old / (double)now, Math.Max(old / (double)now, 1));
            pixels = new (int, float[])[now];
            for (var i = 0; i < now; i++)
            {
                var middle = (i + 0.5) * scale;
                var (first, end) = ((int)Math.Max(middle - reach + 0.5, 0), (int)Math.Min(middle + reach + 0.5, old));
                var weights = new double[end - first];
                for (var j = 0; j < weights.Length; j++) weights[j] = Math.Max(1 - Math.Abs((first + j + 0.5 - middle) / reach), 0);
                var sum = weights.Sum();
                pixels[i] = (first, Array.ConvertAll(weights, weight => (float)(weight / sum)));
            }
        }

        public void Apply(ReadOnlySpan<float> source, int step, Span<float> target, int targetStep)
        {
            for (var i = 0; i < pixels.Length; i++)
            {
                var (first, weights) = pixels[i];
                var sum = 0f;
                for (var j = 0; j < weights.Length; j++) sum += source[(first + j) * step] * weights[j];
                target[i * targetStep] = sum;
            }
        }
    }
}
