using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>Code that runs on a lane type chosen by the element type.</summary>
internal interface ILaneCode
{
    void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged;
}

/// <summary>The widest lanes this process has for an element type.</summary>
internal static class LaneChoice
{
    static LaneChoice() => RuntimeHelpers.RunClassConstructor(typeof(NormalPieces).TypeHandle);

    /// <param name="dtype">Chooses the lane.</param>
    /// <param name="code">Runs on it.</param>
    /// <param name="name">What the code does, for the error that it does not do it to Bool.</param>
    public static void Run<TCode>(DType dtype, TCode code, string name) where TCode : struct, ILaneCode, allows ref struct
    {
        switch (dtype)
        {
            case DType.Float32 when Simd.Has512: code.Run<Float512, float>(); break;
            case DType.Float32 when Simd.Has256: code.Run<Float256, float>(); break;
            case DType.Float32: code.Run<Float128, float>(); break;
            case DType.Float64 when Simd.HasDoubles: code.Run<DoubleVector, double>(); break;
            case DType.Float64: code.Run<Double1, double>(); break;
            case DType.Int64: code.Run<Int64Lane, long>(); break;
            case DType.Int32: code.Run<Int32Lane, int>(); break;
            default: throw new NotSupportedException($"{name} of {dtype}: convert first, x.To(DType.Int32).");
        }
    }
}
