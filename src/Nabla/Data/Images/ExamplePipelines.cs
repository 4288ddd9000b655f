namespace Nabla.Data;

/// <summary>What pipelines of images can do besides.</summary>
public static class ExamplePipelines
{
    /// <summary>Groups of <paramref name="size"/> examples, each written into one tensor.</summary>
    /// <param name="examples">Images of one shape.</param>
    /// <param name="size">1 or more.</param>
    /// <param name="dropLast">Whether a last group of fewer examples is left out.</param>
    public static Pipeline<LabelledBatch> Batch(this Pipeline<Example> examples, int size, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new BatchPipeline<Example, LabelledBatch>(examples, size, Collate, dropLast);
    }

    /// <summary>Each image through transforms, one after another. What is random in them is drawn for each item of each epoch, the same whenever the epoch is run.</summary>
    /// <param name="examples">Images.</param>
    /// <param name="seed">Chooses the numbers.</param>
    /// <param name="transforms">One or more, in the order of their application.</param>
    public static Pipeline<Example> Transform(this Pipeline<Example> examples, ulong seed, params ReadOnlySpan<ImageTransform> transforms)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (transforms.IsEmpty) throw new ArgumentException("Transform: there is no transform to apply; name one or more.", nameof(transforms));
        var steps = transforms.ToArray();
        return new SeededMapPipeline<Example, Example>(examples, (item, random) => new TransformedImage(item, steps, random), seed);
    }

    /// <summary>Each image through transforms, one after another, seeded by 0.</summary>
    /// <param name="examples">Images.</param>
    /// <param name="transforms">One or more, in the order of their application.</param>
    public static Pipeline<Example> Transform(this Pipeline<Example> examples, params ReadOnlySpan<ImageTransform> transforms) => examples.Transform(0, transforms);

    /// <summary>Blends each image of a batch with another of it (Zhang et al. 2018): λ·x + (1 − λ)·x′ with λ ~ Beta(α, α), one λ for each batch; the targets blend alike.</summary>
    /// <param name="batches">Images and labels.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="alpha">α, above 0; 0.2 to 0.4 in the paper for ImageNet, 1 for CIFAR-10.</param>
    /// <param name="seed">Chooses the pairs and the λ, together with the epoch.</param>
    public static Pipeline<SoftBatch> MixUp(this Pipeline<LabelledBatch> batches, int classes, double alpha = 0.2, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (!(alpha > 0 && double.IsFinite(alpha))) throw new ArgumentOutOfRangeException(nameof(alpha), $"MixUp: α = {alpha}: a number above 0 is needed.");
        return batches.Map((batch, random) => Mixture.Of(batch, classes, alpha, random), seed);
    }

    private static LabelledBatch Collate(Deferred<Example>[] items)
    {
        var first = DeferredImage.Of(items[0]);
        var size = first.Size;
        var (inputs, labels) = (Tensor.Empty([items.Length, .. size.Shape], DType.Float32), Tensor.Empty([items.Length], DType.Int64));
        var target = inputs.Writable<float>();
        var numbers = labels.Writable<long>();
        for (var i = 0; i < items.Length; i++)
        {
            var image = i == 0 ? first : DeferredImage.Of(items[i]);
            if (image.Size != size)
                throw new ArgumentException($"Batch: image {i} of the batch is {image.Size}, the first is {size}. Bring them to one size before: Transform(new Resize(height, width)).");
            image.Write(target.Slice(i * size.Length, size.Length));
            numbers[i] = image.Label;
        }
        GC.KeepAlive(inputs);
        GC.KeepAlive(labels);
        return new(inputs, labels);
    }
}
