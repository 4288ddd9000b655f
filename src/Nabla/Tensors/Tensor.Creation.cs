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

    /// <summary>start, start + step, … up to but not including stop.</summary>
    /// <exception cref="ArgumentException">The step is 0 or leads away from stop.</exception>
    public static Tensor Arange(double start, double stop, double step = 1, DType dtype = DType.Float32)
    {
        var count = Math.Ceiling((stop - start) / step);
        if (step == 0 || !double.IsFinite(count) || count < 0 || count > int.MaxValue)
            throw new ArgumentException($"Arange({start}, {stop}, {step}): the step must be a finite number ≠ 0 that leads from start to stop.");
        var values = new double[(int)count];
        for (var i = 0; i < values.Length; i++) values[i] = start + (i * step);
        return From(values).To(dtype);
    }

    /// <summary>0, 1, … count − 1.</summary>
    public static Tensor Arange(int count, DType dtype = DType.Float32) => Arange(0, count, 1, dtype);

    /// <summary><paramref name="count"/> values evenly spaced from start to stop, both included.</summary>
    public static Tensor Linspace(double start, double stop, int count, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = i == count - 1 ? stop : start + ((stop - start) * i / Math.Max(1, count - 1));
        if (count == 1) values[0] = start;
        return From(values).To(dtype);
    }

    /// <summary>The identity matrix: [size, size].</summary>
    public static Tensor Eye(int size, DType dtype = DType.Float32)
    {
        var result = Zeros([size, size], DType.Float64);
        var values = result.Writable<double>();
        for (var i = 0; i < size; i++) values[(i * size) + i] = 1;
        GC.KeepAlive(result);
        return result.To(dtype);
    }
}
