using System.Buffers;

namespace Nabla.Data;

/// <summary>An example that can be written where it is wanted, without a tensor of its own.</summary>
internal abstract class DeferredImage : Deferred<Example>
{
    public abstract ImageSize Size { get; }

    public abstract int Label { get; }

    /// <summary>Writes the values. Called once.</summary>
    public abstract void Write(Span<float> target);

    public override Example Make()
    {
        var image = Tensor.Empty(Size.Shape, DType.Float32);
        Write(image.Writable<float>());
        GC.KeepAlive(image);
        return new(image, Label);
    }

    /// <summary>The item as an image that can be written; one that is not yet is made.</summary>
    public static DeferredImage Of(Deferred<Example> item) => item as DeferredImage ?? new MadeImage(item.Make());

    private sealed class MadeImage(Example example) : DeferredImage
    {
        public override ImageSize Size { get; } = ImageSize.Of(example.Image.Shape);

        public override int Label => example.Label;

        public override void Write(Span<float> target) => example.Image.CopyTo(target);

        public override Example Make() => example;
    }
}

/// <summary>An image of a dataset.</summary>
internal sealed class StoredImage(ImageDataset images, long index) : DeferredImage
{
    public override ImageSize Size => images.Size;

    public override int Label => images.Labels[(int)index];

    public override void Write(Span<float> target) => images.Read(index, target);
}

/// <summary>An image that transforms are applied to, one after another, between two buffers.</summary>
internal sealed class TransformedImage(Deferred<Example> item, ImageTransform[] transforms, Generator random) : DeferredImage
{
    private DeferredImage? source;

    private DeferredImage Source => source ??= Of(item);

    public override ImageSize Size => transforms.Aggregate(Source.Size, (size, transform) => transform.Output(size));

    public override int Label => Source.Label;

    public override void Write(Span<float> target)
    {
        var size = Source.Size;
        var widest = size.Length;
        foreach (var transform in transforms)
        {
            size = transform.Output(size);
            widest = Math.Max(widest, size.Length);
        }
        var (from, to) = (ArrayPool<float>.Shared.Rent(widest), ArrayPool<float>.Shared.Rent(widest));
        size = Source.Size;
        Source.Write(from.AsSpan(0, size.Length));
        for (var i = 0; i < transforms.Length; i++)
        {
            var output = transforms[i].Output(size);
            var last = i == transforms.Length - 1;
            transforms[i].Apply(from.AsSpan(0, size.Length), last ? target[..output.Length] : to.AsSpan(0, output.Length), size, random);
            (from, to, size) = (to, from, output);
        }
        ArrayPool<float>.Shared.Return(from);
        ArrayPool<float>.Shared.Return(to);
    }
}
