using System.Runtime.CompilerServices;
using Nabla.Ops;

namespace Nabla.Backends.Cpu.Products;

/// <summary>What is done with each tile of a product once its sums are complete, while it is in the first-level cache.</summary>
internal static unsafe class Epilogue
{
    /// <summary>y = GELU(x) of a tile: row r of x is at x + r · xRow, likewise y, which may be x.</summary>
    public static delegate*<float*, nint, float*, nint, int, int, void> Gelu =>
        Simd.Has512 ? &Apply<Gelu, Float512> : Simd.Has256 ? &Apply<Gelu, Float256> : &Apply<Gelu, Float128>;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply<F, V>(float* x, nint xRow, float* y, nint yRow, int rows, int columns)
        where F : struct, IFormula where V : struct, ICpuLane<V, float>
    {
        if (columns == 2 * V.Count)
        {
            for (; rows > 0; rows--, x += xRow, y += yRow)
            {
                V.Store(y, default(F).Of(V.Load(x)));
                V.Store(y + V.Count, default(F).Of(V.Load(x + V.Count)));
            }
            return;
        }
        for (var r = 0; r < rows; r++, x += xRow, y += yRow)
        {
            var i = 0;
            for (; i <= columns - V.Count; i += V.Count) V.Store(y + i, default(F).Of(V.Load(x + i)));
            if (i < columns) Rest<F, V>(x + i, y + i, columns - i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rest<F, V>(float* x, float* y, int count) where F : struct, IFormula where V : struct, ICpuLane<V, float> =>
        V.StorePart(y, default(F).Of(V.LoadPart(x, count)), count);
}
