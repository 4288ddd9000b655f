using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>Work that is the same for every type of number.</summary>
internal interface INumberWork
{
    /// <typeparam name="T">The elements.</typeparam>
    /// <typeparam name="A">What sums of them are kept in: double for floats.</typeparam>
    void Run<T, A>() where T : unmanaged, INumber<T> where A : unmanaged, INumber<A>;
}

/// <summary>Runs work with the type of a tensor's elements.</summary>
internal static class NumberTypes
{
    public static void Run<W>(string op, DType dtype, W work) where W : struct, INumberWork, allows ref struct
    {
        switch (dtype)
        {
            case DType.Float32: work.Run<float, double>(); break;
            case DType.Float64: work.Run<double, double>(); break;
            case DType.Int64: work.Run<long, long>(); break;
            case DType.Int32: work.Run<int, int>(); break;
            default: throw new NotSupportedException($"{op} of Bool: convert first, x.To(DType.Int32).");
        }
    }
}
