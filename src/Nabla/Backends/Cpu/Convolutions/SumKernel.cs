using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// What the micro-kernel that sums over the lanes computes: C[r, t] += Σ over segments s of A[r · ARow + Targets[s]] · B[Sources[s] + Taps[t]], register by register. Only the first Counts[s]
/// elements of a segment count. All distances count floats.
/// </summary>
internal unsafe struct SummedTile
{
    public nint Segments;
    public float* A;
    public nint ARow;
    public float* B;
    public nint* Sources, Targets, Taps;
    public int* Counts;
    /// <summary>The sums: registers, so many apart as CRow says.</summary>
    public float* C;
    public nint CRow;
}

/// <summary>The micro-kernels of <see cref="SummedTile"/>: for the weight's gradient where outputs are few.</summary>
internal static unsafe class SumKernel<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>The most rows of a tile.</summary>
    public const int MostRows = 3;

    private static readonly delegate*<SummedTile*, void>[] Kernels =
    [
        &Run<Rows1, Rows1>, &Run<Rows1, Rows2>, &Run<Rows1, Rows3>, &Run<Rows1, Rows4>, &Run<Rows1, Rows5>, &Run<Rows1, Rows6>, &Run<Rows1, Rows7>, &Run<Rows1, Rows8>, &Run<Rows1, Rows9>,
        &Run<Rows2, Rows1>, &Run<Rows2, Rows2>, &Run<Rows2, Rows3>, &Run<Rows2, Rows4>, &Run<Rows2, Rows5>, &Run<Rows2, Rows6>, &Run<Rows2, Rows7>, &Run<Rows2, Rows8>, &Run<Rows2, Rows9>,
        &Run<Rows3, Rows1>, &Run<Rows3, Rows2>, &Run<Rows3, Rows3>, &Run<Rows3, Rows4>, &Run<Rows3, Rows5>, &Run<Rows3, Rows6>, &Run<Rows3, Rows7>, &Run<Rows3, Rows8>, &Run<Rows3, Rows9>,
    ];

    /// <summary>The most taps of a tile: its sums and a register for each row must fit the register file.</summary>
    public static int MostTaps => R.WideRows == 12 ? 9 : 4;

    public static void Run(SummedTile* tile, int rows, int taps) => Kernels[((rows - 1) * 9) + taps - 1](tile);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows, TTaps>(SummedTile* tile) where TRows : struct, ITileRows where TTaps : struct, ITileRows
    {
        var a = tile->A;
        var row = tile->ARow;
        var b = tile->B;
        var sources = tile->Sources;
        var targets = tile->Targets;
        var counts = tile->Counts;
        var c = tile->C;
        var cRow = tile->CRow;
        nint t0 = Tap<TTaps>(tile->Taps, 0), t1 = Tap<TTaps>(tile->Taps, 1), t2 = Tap<TTaps>(tile->Taps, 2), t3 = Tap<TTaps>(tile->Taps, 3), t4 = Tap<TTaps>(tile->Taps, 4);
        nint t5 = Tap<TTaps>(tile->Taps, 5), t6 = Tap<TTaps>(tile->Taps, 6), t7 = Tap<TTaps>(tile->Taps, 7), t8 = Tap<TTaps>(tile->Taps, 8);
        V c00 = Load<TRows, TTaps>(c, cRow, 0, 0), c01 = Load<TRows, TTaps>(c, cRow, 0, 1), c02 = Load<TRows, TTaps>(c, cRow, 0, 2), c03 = Load<TRows, TTaps>(c, cRow, 0, 3), c04 = Load<TRows, TTaps>(c, cRow, 0, 4);
        V c05 = Load<TRows, TTaps>(c, cRow, 0, 5), c06 = Load<TRows, TTaps>(c, cRow, 0, 6), c07 = Load<TRows, TTaps>(c, cRow, 0, 7), c08 = Load<TRows, TTaps>(c, cRow, 0, 8);
        V c10 = Load<TRows, TTaps>(c, cRow, 1, 0), c11 = Load<TRows, TTaps>(c, cRow, 1, 1), c12 = Load<TRows, TTaps>(c, cRow, 1, 2), c13 = Load<TRows, TTaps>(c, cRow, 1, 3), c14 = Load<TRows, TTaps>(c, cRow, 1, 4);
        V c15 = Load<TRows, TTaps>(c, cRow, 1, 5), c16 = Load<TRows, TTaps>(c, cRow, 1, 6), c17 = Load<TRows, TTaps>(c, cRow, 1, 7), c18 = Load<TRows, TTaps>(c, cRow, 1, 8);
        V c20 = Load<TRows, TTaps>(c, cRow, 2, 0), c21 = Load<TRows, TTaps>(c, cRow, 2, 1), c22 = Load<TRows, TTaps>(c, cRow, 2, 2), c23 = Load<TRows, TTaps>(c, cRow, 2, 3), c24 = Load<TRows, TTaps>(c, cRow, 2, 4);
        V c25 = Load<TRows, TTaps>(c, cRow, 2, 5), c26 = Load<TRows, TTaps>(c, cRow, 2, 6), c27 = Load<TRows, TTaps>(c, cRow, 2, 7), c28 = Load<TRows, TTaps>(c, cRow, 2, 8);
        for (var s = tile->Segments; s > 0; s--, sources++, targets++, counts++)
        {
            var (x, count) = (*sources, *counts);
            var dy = a + *targets;
            var from = b + x;
            if (count == R.Count)
            {
                V a0 = R.Load(dy), a1 = TRows.Count > 1 ? R.Load(dy + row) : default, a2 = TRows.Count > 2 ? R.Load(dy + (2 * row)) : default;
                if (TTaps.Count > 0) MultiplyAdd<TRows>(R.Load(from + t0), a0, a1, a2, ref c00, ref c10, ref c20);
                if (TTaps.Count > 1) MultiplyAdd<TRows>(R.Load(from + t1), a0, a1, a2, ref c01, ref c11, ref c21);
                if (TTaps.Count > 2) MultiplyAdd<TRows>(R.Load(from + t2), a0, a1, a2, ref c02, ref c12, ref c22);
                if (TTaps.Count > 3) MultiplyAdd<TRows>(R.Load(from + t3), a0, a1, a2, ref c03, ref c13, ref c23);
                if (TTaps.Count > 4) MultiplyAdd<TRows>(R.Load(from + t4), a0, a1, a2, ref c04, ref c14, ref c24);
                if (TTaps.Count > 5) MultiplyAdd<TRows>(R.Load(from + t5), a0, a1, a2, ref c05, ref c15, ref c25);
                if (TTaps.Count > 6) MultiplyAdd<TRows>(R.Load(from + t6), a0, a1, a2, ref c06, ref c16, ref c26);
                if (TTaps.Count > 7) MultiplyAdd<TRows>(R.Load(from + t7), a0, a1, a2, ref c07, ref c17, ref c27);
                if (TTaps.Count > 8) MultiplyAdd<TRows>(R.Load(from + t8), a0, a1, a2, ref c08, ref c18, ref c28);
            }
            else
            {
                // Not even a NaN beyond the segment counts.
                V a0 = R.LoadPart(dy, count), a1 = TRows.Count > 1 ? R.LoadPart(dy + row, count) : default, a2 = TRows.Count > 2 ? R.LoadPart(dy + (2 * row), count) : default;
                if (TTaps.Count > 0) MultiplyAdd<TRows>(R.LoadPart(from + t0, count), a0, a1, a2, ref c00, ref c10, ref c20);
                if (TTaps.Count > 1) MultiplyAdd<TRows>(R.LoadPart(from + t1, count), a0, a1, a2, ref c01, ref c11, ref c21);
                if (TTaps.Count > 2) MultiplyAdd<TRows>(R.LoadPart(from + t2, count), a0, a1, a2, ref c02, ref c12, ref c22);
                if (TTaps.Count > 3) MultiplyAdd<TRows>(R.LoadPart(from + t3, count), a0, a1, a2, ref c03, ref c13, ref c23);
                if (TTaps.Count > 4) MultiplyAdd<TRows>(R.LoadPart(from + t4, count), a0, a1, a2, ref c04, ref c14, ref c24);
                if (TTaps.Count > 5) MultiplyAdd<TRows>(R.LoadPart(from + t5, count), a0, a1, a2, ref c05, ref c15, ref c25);
                if (TTaps.Count > 6) MultiplyAdd<TRows>(R.LoadPart(from + t6, count), a0, a1, a2, ref c06, ref c16, ref c26);
                if (TTaps.Count > 7) MultiplyAdd<TRows>(R.LoadPart(from + t7, count), a0, a1, a2, ref c07, ref c17, ref c27);
                if (TTaps.Count > 8) MultiplyAdd<TRows>(R.LoadPart(from + t8, count), a0, a1, a2, ref c08, ref c18, ref c28);
            }
        }
        Store<TRows, TTaps>(c, cRow, 0, 0, c00);
        Store<TRows, TTaps>(c, cRow, 0, 1, c01);
        Store<TRows, TTaps>(c, cRow, 0, 2, c02);
        Store<TRows, TTaps>(c, cRow, 0, 3, c03);
        Store<TRows, TTaps>(c, cRow, 0, 4, c04);
        Store<TRows, TTaps>(c, cRow, 0, 5, c05);
        Store<TRows, TTaps>(c, cRow, 0, 6, c06);
        Store<TRows, TTaps>(c, cRow, 0, 7, c07);
        Store<TRows, TTaps>(c, cRow, 0, 8, c08);
        Store<TRows, TTaps>(c, cRow, 1, 0, c10);
        Store<TRows, TTaps>(c, cRow, 1, 1, c11);
        Store<TRows, TTaps>(c, cRow, 1, 2, c12);
        Store<TRows, TTaps>(c, cRow, 1, 3, c13);
        Store<TRows, TTaps>(c, cRow, 1, 4, c14);
        Store<TRows, TTaps>(c, cRow, 1, 5, c15);
        Store<TRows, TTaps>(c, cRow, 1, 6, c16);
        Store<TRows, TTaps>(c, cRow, 1, 7, c17);
        Store<TRows, TTaps>(c, cRow, 1, 8, c18);
        Store<TRows, TTaps>(c, cRow, 2, 0, c20);
        Store<TRows, TTaps>(c, cRow, 2, 1, c21);
        Store<TRows, TTaps>(c, cRow, 2, 2, c22);
        Store<TRows, TTaps>(c, cRow, 2, 3, c23);
        Store<TRows, TTaps>(c, cRow, 2, 4, c24);
        Store<TRows, TTaps>(c, cRow, 2, 5, c25);
        Store<TRows, TTaps>(c, cRow, 2, 6, c26);
        Store<TRows, TTaps>(c, cRow, 2, 7, c27);
        Store<TRows, TTaps>(c, cRow, 2, 8, c28);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Tap<TTaps>(nint* taps, int tap) where TTaps : struct, ITileRows => TTaps.Count > tap ? taps[tap] : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load<TRows, TTaps>(float* c, nint row, int r, int t) where TRows : struct, ITileRows where TTaps : struct, ITileRows =>
        TRows.Count > r && TTaps.Count > t ? R.Load(c + (r * row) + (t * R.Count)) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRows, TTaps>(float* c, nint row, int r, int t, V sum) where TRows : struct, ITileRows where TTaps : struct, ITileRows
    {
        if (TRows.Count > r && TTaps.Count > t) R.Store(c + (r * row) + (t * R.Count), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd<TRows>(V x, V a0, V a1, V a2, ref V c0, ref V c1, ref V c2) where TRows : struct, ITileRows
    {
        c0 = R.MultiplyAdd(x, a0, c0);
        if (TRows.Count > 1) c1 = R.MultiplyAdd(x, a1, c1);
        if (TRows.Count > 2) c2 = R.MultiplyAdd(x, a2, c2);
    }
}
