namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>A tensor of these values in row-major order.</summary>
    /// <param name="values">As many as the shape has elements; float, double, long, int or bool.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape) where T : unmanaged
    {
        if (values.Length != shape.Length) throw new ArgumentException($"Tensor.From: {values.Length} values do not fill shape {shape}, which has {shape.Length} elements.");
        var result = Empty(shape, DTypes.Of<T>());
        values.CopyTo(result.Writable<T>());
        return result;
    }

    /// <summary>A tensor of these values in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of values does not fit the shape.</exception>
    public static Tensor From<T>(T[] values, Shape shape) where T : unmanaged => From<T>(values.AsSpan(), shape);

    /// <summary>A vector of these values.</summary>
    public static Tensor From<T>(params T[] values) where T : unmanaged => From<T>(values.AsSpan(), [values.Length]);

    /// <summary>A matrix of these values.</summary>
    public static unsafe Tensor From<T>(T[,] values) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        fixed (T* first = values) return From(new ReadOnlySpan<T>(first, values.Length), [values.GetLength(0), values.GetLength(1)]);
    }

    /// <summary>A single number as a tensor of shape [].</summary>
    public static Tensor Scalar(double value, DType dtype = DType.Float32) => Full(Shape.Scalar, value, dtype);

    /// <summary>All zeros.</summary>
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32) => Full(shape, 0, dtype);

    /// <summary>All ones.</summary>
    public static Tensor Ones(Shape shape, DType dtype = DType.Float32) => Full(shape, 1, dtype);

    /// <summary>The same value everywhere. For Bool, anything but 0 is true.</summary>
    public static unsafe Tensor Full(Shape shape, double value, DType dtype = DType.Float32)
    {
        var result = Empty(shape, dtype);
        switch (dtype)
        {
            case DType.Float32: Fill(result.Pointer<float>(), result.Length, (float)value); break;
            case DType.Float64: Fill(result.Pointer<double>(), result.Length, value); break;
            case DType.Int64: Fill(result.Pointer<long>(), result.Length, (long)value); break;
            case DType.Int32: Fill(result.Pointer<int>(), result.Length, (int)value); break;
            default: Fill(result.Pointer<bool>(), result.Length, value != 0); break;
        }
        GC.KeepAlive(result);
        return result;
    }

    private static unsafe void Fill<T>(T* target, long length, T value) where T : unmanaged
    {
        const int Part = 1 << 30;
        for (var start = 0L; start < length; start += Part)
            new Span<T>(target + start, (int)Math.Min(Part, length - start)).Fill(value);
    }
}
