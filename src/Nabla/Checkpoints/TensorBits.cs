namespace Nabla.Checkpoints;

/// <summary>Compares tensors by their bits, so that a NaN is equal to itself.</summary>
internal static unsafe class TensorBits
{
    private const int Part = 1 << 30;

    /// <summary>Whether shape, type and all bits are equal.</summary>
    public static bool Equal(Tensor a, Tensor b)
    {
        if (a.Shape != b.Shape || a.DType != b.DType) return false;
        var (x, y) = (a.Contiguous(), b.Contiguous());
        var bytes = x.Length * x.DType.Size;
        var equal = true;
        for (var start = 0L; equal && start < bytes; start += Part)
        {
            var length = (int)Math.Min(Part, bytes - start);
            equal = new ReadOnlySpan<byte>(x.Address + start, length).SequenceEqual(new ReadOnlySpan<byte>(y.Address + start, length));
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return equal;
    }
}
