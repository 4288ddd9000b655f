using System.Numerics.Tensors;

namespace Nabla.Data;

/// <summary>Mix-up of one batch (Zhang et al. 2018, "mixup: Beyond empirical risk minimization").</summary>
internal static class Mixture
{
    public static SoftBatch Of(LabelledBatch batch, int classes, double alpha, Generator random)
    {
        var count = batch.Inputs.Shape[0];
        var share = (float)random.NextBeta(alpha);
        var partners = random.Permutation(count);
        var (inputs, targets) = (Tensor.Empty(batch.Inputs.Shape, DType.Float32), Tensor.Zeros([count, classes]));
        var images = batch.Inputs.AsSpan<float>();
        var labels = batch.Labels.AsSpan<long>();
        var mixed = inputs.Writable<float>();
        var wanted = targets.Writable<float>();
        var length = count == 0 ? 0 : images.Length / count;
        for (var i = 0; i < count; i++)
        {
            Blend(images.Slice(i * length, length), images.Slice(partners[i] * length, length), share, mixed.Slice(i * length, length));
            wanted[Place(i, labels[i], classes)] += share;
            wanted[Place(i, labels[partners[i]], classes)] += 1 - share;
        }
        GC.KeepAlive(batch);
        GC.KeepAlive(inputs);
        GC.KeepAlive(targets);
        return new(inputs, targets);
    }

    private static int Place(int row, long label, int classes) => (ulong)label < (ulong)classes ? (row * classes) + (int)label
        : throw new ArgumentException($"MixUp: label {label} of image {row}: there are {classes} classes, 0 to {classes - 1}.");

    private static void Blend(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float share, Span<float> result)
    {
        TensorPrimitives.Multiply(a, share, result);
        TensorPrimitives.MultiplyAdd(b, 1 - share, result, result);
    }
}
