using System.Numerics;
using System.Numerics.Tensors;

namespace Nabla.Checkpoints;

/// <summary>Turns elements of one form into another. Neither side needs to be aligned.</summary>
internal unsafe interface IConversion<TFrom, TTo> where TFrom : unmanaged where TTo : unmanaged
{
    /// <summary>Writes <paramref name="count"/> elements; false if the target type cannot hold one of them.</summary>
    static abstract bool Convert(TFrom* from, TTo* to, long count);
}

/// <summary>A copy.</summary>
internal readonly unsafe struct Same<T> : IConversion<T, T> where T : unmanaged
{
    public static bool Convert(T* from, T* to, long count)
    {
        System.Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));
        return true;
    }
}

/// <summary>To a type that holds all values of the other.</summary>
internal readonly unsafe struct Widen<TFrom, TTo> : IConversion<TFrom, TTo>
    where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
{
    private const int Longest = 1 << 30;

    public static bool Convert(TFrom* from, TTo* to, long count)
    {
        for (var start = 0L; start < count; start += Longest)
        {
            var length = (int)Math.Min(Longest, count - start);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>(from + start, length), new Span<TTo>(to + start, length));
        }
        return true;
    }
}

/// <summary>To an integer type that may not hold all of them.</summary>
internal readonly unsafe struct Narrow<TFrom, TTo> : IConversion<TFrom, TTo>
    where TFrom : unmanaged, IBinaryInteger<TFrom> where TTo : unmanaged, IBinaryInteger<TTo>
{
    public static bool Convert(TFrom* from, TTo* to, long count)
    {
        var fits = true;
        for (var i = 0L; i < count; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
            fits &= TTo.CreateSaturating(from[i]) == to[i];
        }
        return fits;
    }
}

/// <summary>Any byte but 0 is true: a bool that is neither 0 nor 1 would be equal to neither.</summary>
internal readonly unsafe struct Truth : IConversion<byte, byte>
{
    public static bool Convert(byte* from, byte* to, long count)
    {
        for (var i = 0L; i < count; i++) to[i] = from[i] == 0 ? (byte)0 : (byte)1;
        return true;
    }
}

/// <summary>Rounds to nearest, ties to even.</summary>
internal readonly unsafe struct DoubleToSingle : IConversion<double, float>
{
    public static bool Convert(double* from, float* to, long count)
    {
        var fits = true;
        for (var i = 0L; i < count; i++)
        {
            to[i] = (float)from[i];
            fits &= !float.IsInfinity(to[i]) || double.IsInfinity(from[i]);
        }
        return fits;
    }
}
