using System.Numerics.Tensors;

namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>
    /// The elements as a tensor span of <c>System.Numerics.Tensors</c>, without copying if the tensor is contiguous. Valid while the tensor is alive: keep a reference
    /// to it (<see cref="GC.KeepAlive"/>).
    /// </summary>
    /// <exception cref="InvalidOperationException">The elements are of another type, or more than 2³¹ − 1.</exception>
    public ReadOnlyTensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        var lengths = new nint[Rank];
        for (var i = 0; i < lengths.Length; i++) lengths[i] = Shape[i];
        return new ReadOnlyTensorSpan<T>(AsSpan<T>(), lengths);
    }

    /// <summary>A tensor with the elements and the shape of a tensor span of <c>System.Numerics.Tensors</c>.</summary>
    /// <exception cref="OverflowException">A dimension exceeds 2³¹ − 1.</exception>
    public static Tensor From<T>(in ReadOnlyTensorSpan<T> values) where T : unmanaged
    {
        var dims = new int[values.Rank];
        for (var i = 0; i < dims.Length; i++) dims[i] = checked((int)values.Lengths[i]);
        var result = Empty(Shape.Create(dims), DTypes.Of<T>());
        values.FlattenTo(result.Writable<T>());
        return result;
    }
}
