namespace Nabla;

public sealed partial class Tensor
{
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
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var row = Arange(size, DType.Int64);
        return row.EqualTo(row.Unsqueeze(1)).To(dtype);
    }
}
