using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// What the micro-kernel with places in the lanes computes: C[r · CRow + Targets[q]] = Start[r] + Σₚ A[r · ARow + p] · B[Steps[p] + Sources[q]] for four registers q of neighbouring places. All distances count floats.
/// </summary>
internal unsafe struct PlacedTile
{
    public nint Depth;
    public float* A;
    public nint ARow;
    public float* B;
    public nint* Steps, Sources;
    /// <summary>One value a row.</summary>
    public float* Start;
    public float* C;
    public nint CRow;
    /// <summary>Where in a row of C each register goes, and how many of its elements.</summary>
    public nint* Targets;
    public int* Counts;
}

/// <summary>The micro-kernels of <see cref="PlacedTile"/>: for few outputs, which would leave lanes of their own empty.</summary>
internal static unsafe class PlaceKernel<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>Registers of places in a tile.</summary>
    public const int Registers = 4;

    private static readonly delegate*<PlacedTile*, void>[] Kernels = [&Run<Rows1>, &Run<Rows2>, &Run<Rows3>, &Run<Rows4>, &Run<Rows5>, &Run<Rows6>];

    /// <summary>The most rows of a tile.</summary>
    public static int MostRows => R.WideRows / 2;

    public static void Run(PlacedTile* tile, int rows) => Kernels[rows - 1](tile);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TRows>(PlacedTile* tile) where TRows : struct, ITileRows
    {
        var a = tile->A;
        var row = tile->ARow;
        var steps = tile->Steps;
        var start = tile->Start;
        var b = tile->B;
        nint s0 = tile->Sources[0], s1 = tile->Sources[1], s2 = tile->Sources[2], s3 = tile->Sources[3];
        V c00 = Begin<TRows>(start, 0), c01 = c00, c02 = c00, c03 = c00;
        V c10 = Begin<TRows>(start, 1), c11 = c10, c12 = c10, c13 = c10;
        V c20 = Begin<TRows>(start, 2), c21 = c20, c22 = c20, c23 = c20;
        V c30 = Begin<TRows>(start, 3), c31 = c30, c32 = c30, c33 = c30;
        V c40 = Begin<TRows>(start, 4), c41 = c40, c42 = c40, c43 = c40;
        V c50 = Begin<TRows>(start, 5), c51 = c50, c52 = c50, c53 = c50;
        for (var end = steps + tile->Depth; steps < end; steps++, a++)
        {
            var from = b + *steps;
            V b0 = R.Load(from + s0), b1 = R.Load(from + s1), b2 = R.Load(from + s2), b3 = R.Load(from + s3);
            if (TRows.Count > 0) MultiplyAdd(a, b0, b1, b2, b3, ref c00, ref c01, ref c02, ref c03);
            if (TRows.Count > 1) MultiplyAdd(a + row, b0, b1, b2, b3, ref c10, ref c11, ref c12, ref c13);
            if (TRows.Count > 2) MultiplyAdd(a + (2 * row), b0, b1, b2, b3, ref c20, ref c21, ref c22, ref c23);
            if (TRows.Count > 3) MultiplyAdd(a + (3 * row), b0, b1, b2, b3, ref c30, ref c31, ref c32, ref c33);
            if (TRows.Count > 4) MultiplyAdd(a + (4 * row), b0, b1, b2, b3, ref c40, ref c41, ref c42, ref c43);
            if (TRows.Count > 5) MultiplyAdd(a + (5 * row), b0, b1, b2, b3, ref c50, ref c51, ref c52, ref c53);
        }
        var c = tile->C;
        var cRow = tile->CRow;
        if (TRows.Count > 0) Store(c, tile, c00, c01, c02, c03);
        if (TRows.Count > 1) Store(c + cRow, tile, c10, c11, c12, c13);
        if (TRows.Count > 2) Store(c + (2 * cRow), tile, c20, c21, c22, c23);
        if (TRows.Count > 3) Store(c + (3 * cRow), tile, c30, c31, c32, c33);
        if (TRows.Count > 4) Store(c + (4 * cRow), tile, c40, c41, c42, c43);
        if (TRows.Count > 5) Store(c + (5 * cRow), tile, c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Begin<TRows>(float* start, int row) where TRows : struct, ITileRows => TRows.Count > row ? R.Broadcast(start + row) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(float* a, V b0, V b1, V b2, V b3, ref V c0, ref V c1, ref V c2, ref V c3)
    {
        var x = R.Broadcast(a);
        c0 = R.MultiplyAdd(x, b0, c0);
        c1 = R.MultiplyAdd(x, b1, c1);
        c2 = R.MultiplyAdd(x, b2, c2);
        c3 = R.MultiplyAdd(x, b3, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, PlacedTile* tile, V c0, V c1, V c2, V c3)
    {
        Store(c + tile->Targets[0], c0, tile->Counts[0]);
        Store(c + tile->Targets[1], c1, tile->Counts[1]);
        Store(c + tile->Targets[2], c2, tile->Counts[2]);
        Store(c + tile->Targets[3], c3, tile->Counts[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, V sums, int count)
    {
        if (count == R.Count) R.Store(target, sums);
        else R.StorePart(target, sums, count);
    }
}
