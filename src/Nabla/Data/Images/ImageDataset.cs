using System.Numerics.Tensors;

namespace Nabla.Data;

/// <summary>Images of one size and the class of each. An item is made when it is asked for; a batch is written straight into one tensor.</summary>
public abstract class ImageDataset : Dataset<Example>
{
    private readonly int[] labels;

    /// <summary>Images whose values the class that derives from this one knows.</summary>
    /// <param name="size">The size of every image.</param>
    /// <param name="labels">The number of each one's class.</param>
    /// <param name="classes">What the classes are called.</param>
    /// <exception cref="ArgumentException">A label has no class, or the size is not positive.</exception>
    protected ImageDataset(ImageSize size, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        var stray = Array.FindIndex(labels, label => (uint)label >= (uint)classes.Count);
        if (stray >= 0) throw new ArgumentException($"ImageDataset: image {stray} has label {labels[stray]}; there are {classes.Count} classes, 0 to {classes.Count - 1}.");
        (Size, this.labels, Classes) = (size.Demanded("ImageDataset"), labels, classes);
    }

    /// <summary>The size of every image.</summary>
    public ImageSize Size { get; }

    /// <summary>What the classes are called, by number.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The number of each image's class.</summary>
    public ReadOnlySpan<int> Labels => labels;

    /// <inheritdoc/>
    public sealed override long Count => labels.Length;

    /// <inheritdoc/>
    public sealed override Example this[long index] => Defer(Places.Within(index, Count)).Make();

    /// <summary>Writes the values of one image. Called from several threads where a pipeline prefetches with several.</summary>
    /// <param name="index">0 ≤ index &lt; count.</param>
    /// <param name="target">As many values as <see cref="Size"/> has, of 0–1.</param>
    public abstract void Read(long index, Span<float> target);

    internal sealed override Deferred<Example> Defer(long index) => new StoredImage(this, index);

    /// <summary>Images in memory, one byte per value, 0–255; as floats they are 0–1.</summary>
    /// <param name="pixels">[images, channels, height, width], one after another. Not copied.</param>
    /// <param name="size">The size of every image.</param>
    /// <param name="labels">The number of each one's class. Not copied.</param>
    /// <param name="classes">What the classes are called.</param>
    /// <exception cref="ArgumentException">The numbers of pixels and labels do not fit, or a label has no class.</exception>
    public static ImageDataset From(ReadOnlyMemory<byte> pixels, ImageSize size, int[] labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return pixels.Length == (long)labels.Length * size.Length ? new ByteImages(pixels, size, labels, classes)
            : throw new ArgumentException($"ImageDataset.From: {pixels.Length} values are not {labels.Length} images of {size}, which have {(long)labels.Length * size.Length}.");
    }

    /// <summary>The same images in memory, one byte per value: each is read once, on all processors. For images that take time to read.</summary>
    public ImageDataset InMemory()
    {
        if (this is ByteImages) return this;
        var pixels = new byte[checked((int)(Count * Size.Length))];
        Parallel.For(0, Count, () => new float[Size.Length], (index, _, values) =>
        {
            Read(index, values);
            var bytes = pixels.AsSpan((int)index * values.Length, values.Length);
            for (var i = 0; i < values.Length; i++) bytes[i] = (byte)Math.Clamp((int)Math.Round(values[i] * 255), 0, 255);
            return values;
        }, _ => { });
        return new ByteImages(pixels, Size, labels, Classes);
    }

    private sealed class ByteImages(ReadOnlyMemory<byte> pixels, ImageSize size, int[] labels, IReadOnlyList<string> classes) : ImageDataset(size, labels, classes)
    {
        public override void Read(long index, Span<float> target)
        {
            var values = target[..Size.Length];
            TensorPrimitives.ConvertTruncating(pixels.Span.Slice(checked((int)index * Size.Length), Size.Length), values);
            TensorPrimitives.Divide(values, 255f, values);
        }
    }
}
