using System.Buffers;

namespace Nabla.Data;

/// <summary>Mean and standard deviation of each channel over all pixels, summed in float64 in one pass (Chan, Golub, LeVeque 1983), whatever the number of images.</summary>
public sealed class ChannelStatistics
{
    private readonly double[] means, squares;

    private ChannelStatistics(int channels) => (means, squares) = (new double[channels], new double[channels]);

    /// <summary>Pixels of a channel that have been counted.</summary>
    public long Pixels { get; private set; }

    /// <summary>The mean of each channel.</summary>
    public IReadOnlyList<double> Mean => means;

    /// <summary>The standard deviation of each channel, over all pixels (divided by their number).</summary>
    public IReadOnlyList<double> Deviation => Array.ConvertAll(squares, sum => Math.Sqrt(sum / Math.Max(Pixels, 1)));

    /// <summary>Counts the images of epoch 0.</summary>
    /// <param name="examples">Images with the same number of channels. Use the training part alone: what is held out must not be seen in any way.</param>
    /// <exception cref="ArgumentException">There is no image, or the numbers of channels differ.</exception>
    public static ChannelStatistics Of(Pipeline<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var cursor = examples.Open();
        ChannelStatistics? all = null;
        while (cursor.Draw(out var item))
        {
            var image = DeferredImage.Of(item);
            all ??= new(image.Size.Channels);
            if (image.Size.Channels != all.means.Length)
                throw new ArgumentException($"ChannelStatistics: an image of {image.Size} after images of {all.means.Length} channels: every image needs as many.");
            var values = ArrayPool<float>.Shared.Rent(image.Size.Length);
            image.Write(values);
            all.Add(values, image.Size);
            ArrayPool<float>.Shared.Return(values);
        }
        return all ?? throw new ArgumentException("ChannelStatistics: there is no image to count.");
    }

    /// <summary>The transform that gives each channel mean 0 and deviation 1.</summary>
    /// <exception cref="ArgumentException">A channel never varies.</exception>
    public Normalize ToNormalize() => new(means, Deviation.ToArray());

    private void Add(ReadOnlySpan<float> values, ImageSize size)
    {
        for (var channel = 0; channel < means.Length; channel++)
        {
            var (mean, sum) = Moments(values.Slice(channel * size.Area, size.Area));
            var apart = mean - means[channel];
            var share = size.Area / (double)(Pixels + size.Area);
            means[channel] += apart * share;
            squares[channel] += sum + (apart * apart * Pixels * share);
        }
        Pixels += size.Area;
    }

    /// <summary>The mean and the sum of the squared distances from it.</summary>
    private static (double Mean, double Squares) Moments(ReadOnlySpan<float> values)
    {
        var (total, sum) = (0.0, 0.0);
        foreach (var value in values) total += value;
        var mean = total / values.Length;
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return (mean, sum);
    }
}
