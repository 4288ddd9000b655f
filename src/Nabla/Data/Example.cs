namespace Nabla.Data;

/// <summary>An image and what is on it.</summary>
/// <param name="Image">Float32 [channels, height, width].</param>
/// <param name="Label">The number of its class, 0 or more.</param>
public sealed record Example(Tensor Image, int Label);

/// <summary>Images and what is on them.</summary>
/// <param name="Inputs">Float32 [batch, channels, height, width].</param>
/// <param name="Labels">The number of each one's class: Int64 [batch].</param>
public sealed record LabelledBatch(Tensor Inputs, Tensor Labels);

/// <summary>Batches of examples.</summary>
public static class ExamplePipelines
{
    /// <summary>Groups of <paramref name="size"/> examples, each copied into one tensor.</summary>
    /// <param name="examples">Images of one shape.</param>
    /// <param name="size">1 or more.</param>
    /// <param name="dropLast">Whether a last group of fewer examples is left out.</param>
    public static Pipeline<LabelledBatch> Batch(this Pipeline<Example> examples, int size, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return new BatchPipeline<Example, LabelledBatch>(examples, size, Collate, dropLast);
    }

    private static LabelledBatch Collate(Deferred<Example>[] items)
    {
        var (first, labels) = (items[0].Make(), Tensor.Empty([items.Length], DType.Int64));
        var inputs = Tensor.Empty([items.Length, .. first.Image.Shape], DType.Float32);
        var target = inputs.Writable<float>();
        var numbers = labels.Writable<long>();
        var length = (int)first.Image.Length;
        for (var i = 0; i < items.Length; i++)
        {
            var (image, label) = i == 0 ? first : items[i].Make();
            if (image.Shape != first.Image.Shape)
                throw new ArgumentException($"Batch: image {i} of the batch is {image.Shape}, the first is {first.Image.Shape}. Resize or crop them to one shape before.");
            image.CopyTo(target.Slice(i * length, length));
            numbers[i] = label;
        }
        GC.KeepAlive(inputs);
        GC.KeepAlive(labels);
        return new(inputs, labels);
    }
}
