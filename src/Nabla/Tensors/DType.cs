namespace Nabla;

/// <summary>What a tensor's elements are.</summary>
public enum DType
{
    /// <summary>32-bit floating point: the type models compute in.</summary>
    Float32,
    /// <summary>64-bit floating point: for checks and small work.</summary>
    Float64,
    /// <summary>64-bit signed integer: indices and labels.</summary>
    Int64,
    /// <summary>32-bit signed integer.</summary>
    Int32,
    /// <summary>True or false, one byte each.</summary>
    Bool,
}

/// <summary>Sizes and names of element types.</summary>
public static class DTypes
{
    extension(DType dtype)
    {
        /// <summary>Bytes per element.</summary>
        public int Size => dtype switch { DType.Float32 or DType.Int32 => 4, DType.Float64 or DType.Int64 => 8, _ => 1 };

        /// <summary>Whether gradients can flow through it.</summary>
        public bool IsFloat => dtype is DType.Float32 or DType.Float64;
    }

    /// <summary>The element type that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">T is none of float, double, long, int, bool.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(bool) ? DType.Bool
        : throw new NotSupportedException($"A tensor holds float, double, long, int or bool, not {typeof(T).Name}.");
}
