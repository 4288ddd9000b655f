using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// The micro-kernels: a tile of C stays in registers while the depth runs by. A kernel's accumulators must be plain locals (an array of
/// them drops to 40% of peak), so its rows are written out and those beyond <see cref="ITileRows.Count"/> vanish when it is compiled.
/// Every element is one chain of multiply-adds in the order of the depth, so neither tiling nor threads change a bit of the result.
/// </summary>
internal static unsafe class ProductKernel<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>In floats.</summary>
    public const int CacheLine = 16;

    static readonly delegate*<ProductTile*, void>[] Wides =
    [
        &Wide<Rows1, WholeRegister>, &Wide<Rows2, WholeRegister>, &Wide<Rows3, WholeRegister>, &Wide<Rows4, WholeRegister>, &Wide<Rows5, WholeRegister>, &Wide<Rows6, WholeRegister>,
        &Wide<Rows7, WholeRegister>, &Wide<Rows8, WholeRegister>, &Wide<Rows9, WholeRegister>, &Wide<Rows10, WholeRegister>, &Wide<Rows11, WholeRegister>, &Wide<Rows12, WholeRegister>,
    ];

    /// <summary>For tiles whose second register is not full.</summary>
    static readonly delegate*<ProductTile*, void>[] Edges =
    [
        &Wide<Rows1, PartRegister>, &Wide<Rows2, PartRegister>, &Wide<Rows3, PartRegister>, &Wide<Rows4, PartRegister>, &Wide<Rows5, PartRegister>, &Wide<Rows6, PartRegister>,
        &Wide<Rows7, PartRegister>, &Wide<Rows8, PartRegister>, &Wide<Rows9, PartRegister>, &Wide<Rows10, PartRegister>, &Wide<Rows11, PartRegister>, &Wide<Rows12, PartRegister>,
    ];

    static readonly delegate*<ProductTile*, void>[] Narrows =
    [
        &Narrow<Rows1>, &Narrow<Rows2>, &Narrow<Rows3>, &Narrow<Rows4>, &Narrow<Rows5>, &Narrow<Rows6>, &Narrow<Rows7>, &Narrow<Rows8>,
        &Narrow<Rows9>, &Narrow<Rows10>, &Narrow<Rows11>, &Narrow<Rows12>, &Narrow<Rows13>, &Narrow<Rows14>, &Narrow<Rows15>, &Narrow<Rows16>,
    ];

    /// <summary>Computes a tile of <paramref name="rows"/> rows and at most two registers of columns.</summary>
    public static void Run(ProductTile* tile, int rows)
    {
        if (tile->Columns == 2 * R.Count) Wides[rows - 1](tile);
        else if (tile->Columns > R.Count) Edges[rows - 1](tile);
        else Narrows[rows - 1](tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Wide<TRows, TSecond>(ProductTile* tile) where TRows : struct, ITileRows where TSecond : struct, ISecondRegister
    {
        var a0 = tile->A;
        var (row, step) = (tile->ARow, tile->AStep);
        var a3 = a0 + 3 * row;
        var a6 = a0 + 6 * row;
        var a9 = a0 + 9 * row;
        var two = 2 * row;
        var b = tile->B;
        var bStep = tile->BStep;
        var ahead = tile->Ahead;
        var rest = tile->Columns - R.Count;
        var start = tile->Start;
        var startRow = tile->StartRow;
        V c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default;
        V c4 = default, d4 = default, c5 = default, d5 = default;
        V c6 = default, d6 = default, c7 = default, d7 = default, c8 = default, d8 = default, c9 = default, d9 = default;
        V c10 = default, d10 = default, c11 = default, d11 = default;
        if (TRows.Count > 0) Load<TSecond>(start, rest, out c0, out d0);
        if (TRows.Count > 1) Load<TSecond>(start + startRow, rest, out c1, out d1);
        if (TRows.Count > 2) Load<TSecond>(start + 2 * startRow, rest, out c2, out d2);
        if (TRows.Count > 3) Load<TSecond>(start + 3 * startRow, rest, out c3, out d3);
        if (TRows.Count > 4) Load<TSecond>(start + 4 * startRow, rest, out c4, out d4);
        if (TRows.Count > 5) Load<TSecond>(start + 5 * startRow, rest, out c5, out d5);
        if (TRows.Count > 6) Load<TSecond>(start + 6 * startRow, rest, out c6, out d6);
        if (TRows.Count > 7) Load<TSecond>(start + 7 * startRow, rest, out c7, out d7);
        if (TRows.Count > 8) Load<TSecond>(start + 8 * startRow, rest, out c8, out d8);
        if (TRows.Count > 9) Load<TSecond>(start + 9 * startRow, rest, out c9, out d9);
        if (TRows.Count > 10) Load<TSecond>(start + 10 * startRow, rest, out c10, out d10);
        if (TRows.Count > 11) Load<TSecond>(start + 11 * startRow, rest, out c11, out d11);
        for (var p = tile->Depth; p > 0; p--)
        {
            var (b0, b1) = (R.Load(b), R.Load(b + R.Count));
            b += bStep;
            if (Sse.IsSupported) Sse.Prefetch0(ahead);
            ahead += CacheLine;
            if (TRows.Count > 0) MultiplyAdd(a0, b0, b1, ref c0, ref d0);
            if (TRows.Count > 1) MultiplyAdd(a0 + row, b0, b1, ref c1, ref d1);
            if (TRows.Count > 2) MultiplyAdd(a0 + two, b0, b1, ref c2, ref d2);
            if (TRows.Count > 3) MultiplyAdd(a3, b0, b1, ref c3, ref d3);
            if (TRows.Count > 4) MultiplyAdd(a3 + row, b0, b1, ref c4, ref d4);
            if (TRows.Count > 5) MultiplyAdd(a3 + two, b0, b1, ref c5, ref d5);
            if (TRows.Count > 6) MultiplyAdd(a6, b0, b1, ref c6, ref d6);
            if (TRows.Count > 7) MultiplyAdd(a6 + row, b0, b1, ref c7, ref d7);
            if (TRows.Count > 8) MultiplyAdd(a6 + two, b0, b1, ref c8, ref d8);
            if (TRows.Count > 9) MultiplyAdd(a9, b0, b1, ref c9, ref d9);
            if (TRows.Count > 10) MultiplyAdd(a9 + row, b0, b1, ref c10, ref d10);
            if (TRows.Count > 11) MultiplyAdd(a9 + two, b0, b1, ref c11, ref d11);
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
        }
        var c = tile->C;
        var cRow = tile->CRow;
        if (TRows.Count > 0) Store<TSecond>(c, rest, c0, d0);
        if (TRows.Count > 1) Store<TSecond>(c + cRow, rest, c1, d1);
        if (TRows.Count > 2) Store<TSecond>(c + 2 * cRow, rest, c2, d2);
        if (TRows.Count > 3) Store<TSecond>(c + 3 * cRow, rest, c3, d3);
        if (TRows.Count > 4) Store<TSecond>(c + 4 * cRow, rest, c4, d4);
        if (TRows.Count > 5) Store<TSecond>(c + 5 * cRow, rest, c5, d5);
        if (TRows.Count > 6) Store<TSecond>(c + 6 * cRow, rest, c6, d6);
        if (TRows.Count > 7) Store<TSecond>(c + 7 * cRow, rest, c7, d7);
        if (TRows.Count > 8) Store<TSecond>(c + 8 * cRow, rest, c8, d8);
        if (TRows.Count > 9) Store<TSecond>(c + 9 * cRow, rest, c9, d9);
        if (TRows.Count > 10) Store<TSecond>(c + 10 * cRow, rest, c10, d10);
        if (TRows.Count > 11) Store<TSecond>(c + 11 * cRow, rest, c11, d11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Narrow<TRows>(ProductTile* tile) where TRows : struct, ITileRows
    {
        var a0 = tile->A;
        var (row, step) = (tile->ARow, tile->AStep);
        var a3 = a0 + 3 * row;
        var a6 = a0 + 6 * row;
        var a9 = a0 + 9 * row;
        var a12 = a0 + 12 * row;
        var a15 = a0 + 15 * row;
        var two = 2 * row;
        var b = tile->B;
        var bStep = tile->BStep;
        var start = tile->Start;
        var startRow = tile->StartRow;
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        V c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        if (TRows.Count > 0) c0 = Load(start, tile->Columns);
        if (TRows.Count > 1) c1 = Load(start + startRow, tile->Columns);
        if (TRows.Count > 2) c2 = Load(start + 2 * startRow, tile->Columns);
        if (TRows.Count > 3) c3 = Load(start + 3 * startRow, tile->Columns);
        if (TRows.Count > 4) c4 = Load(start + 4 * startRow, tile->Columns);
        if (TRows.Count > 5) c5 = Load(start + 5 * startRow, tile->Columns);
        if (TRows.Count > 6) c6 = Load(start + 6 * startRow, tile->Columns);
        if (TRows.Count > 7) c7 = Load(start + 7 * startRow, tile->Columns);
        if (TRows.Count > 8) c8 = Load(start + 8 * startRow, tile->Columns);
        if (TRows.Count > 9) c9 = Load(start + 9 * startRow, tile->Columns);
        if (TRows.Count > 10) c10 = Load(start + 10 * startRow, tile->Columns);
        if (TRows.Count > 11) c11 = Load(start + 11 * startRow, tile->Columns);
        if (TRows.Count > 12) c12 = Load(start + 12 * startRow, tile->Columns);
        if (TRows.Count > 13) c13 = Load(start + 13 * startRow, tile->Columns);
        if (TRows.Count > 14) c14 = Load(start + 14 * startRow, tile->Columns);
        if (TRows.Count > 15) c15 = Load(start + 15 * startRow, tile->Columns);
        for (var p = tile->Depth; p > 0; p--)
        {
            var b0 = R.Load(b);
            b += bStep;
            if (TRows.Count > 0) c0 = R.MultiplyAdd(R.Broadcast(a0), b0, c0);
            if (TRows.Count > 1) c1 = R.MultiplyAdd(R.Broadcast(a0 + row), b0, c1);
            if (TRows.Count > 2) c2 = R.MultiplyAdd(R.Broadcast(a0 + two), b0, c2);
            if (TRows.Count > 3) c3 = R.MultiplyAdd(R.Broadcast(a3), b0, c3);
            if (TRows.Count > 4) c4 = R.MultiplyAdd(R.Broadcast(a3 + row), b0, c4);
            if (TRows.Count > 5) c5 = R.MultiplyAdd(R.Broadcast(a3 + two), b0, c5);
            if (TRows.Count > 6) c6 = R.MultiplyAdd(R.Broadcast(a6), b0, c6);
            if (TRows.Count > 7) c7 = R.MultiplyAdd(R.Broadcast(a6 + row), b0, c7);
            if (TRows.Count > 8) c8 = R.MultiplyAdd(R.Broadcast(a6 + two), b0, c8);
            if (TRows.Count > 9) c9 = R.MultiplyAdd(R.Broadcast(a9), b0, c9);
            if (TRows.Count > 10) c10 = R.MultiplyAdd(R.Broadcast(a9 + row), b0, c10);
            if (TRows.Count > 11) c11 = R.MultiplyAdd(R.Broadcast(a9 + two), b0, c11);
            if (TRows.Count > 12) c12 = R.MultiplyAdd(R.Broadcast(a12), b0, c12);
            if (TRows.Count > 13) c13 = R.MultiplyAdd(R.Broadcast(a12 + row), b0, c13);
            if (TRows.Count > 14) c14 = R.MultiplyAdd(R.Broadcast(a12 + two), b0, c14);
            if (TRows.Count > 15) c15 = R.MultiplyAdd(R.Broadcast(a15), b0, c15);
            a0 += step;
            a3 += step;
            a6 += step;
            a9 += step;
            a12 += step;
            a15 += step;
        }
        var c = tile->C;
        var cRow = tile->CRow;
        if (TRows.Count > 0) Store(c, tile->Columns, c0);
        if (TRows.Count > 1) Store(c + cRow, tile->Columns, c1);
        if (TRows.Count > 2) Store(c + 2 * cRow, tile->Columns, c2);
        if (TRows.Count > 3) Store(c + 3 * cRow, tile->Columns, c3);
        if (TRows.Count > 4) Store(c + 4 * cRow, tile->Columns, c4);
        if (TRows.Count > 5) Store(c + 5 * cRow, tile->Columns, c5);
        if (TRows.Count > 6) Store(c + 6 * cRow, tile->Columns, c6);
        if (TRows.Count > 7) Store(c + 7 * cRow, tile->Columns, c7);
        if (TRows.Count > 8) Store(c + 8 * cRow, tile->Columns, c8);
        if (TRows.Count > 9) Store(c + 9 * cRow, tile->Columns, c9);
        if (TRows.Count > 10) Store(c + 10 * cRow, tile->Columns, c10);
        if (TRows.Count > 11) Store(c + 11 * cRow, tile->Columns, c11);
        if (TRows.Count > 12) Store(c + 12 * cRow, tile->Columns, c12);
        if (TRows.Count > 13) Store(c + 13 * cRow, tile->Columns, c13);
        if (TRows.Count > 14) Store(c + 14 * cRow, tile->Columns, c14);
        if (TRows.Count > 15) Store(c + 15 * cRow, tile->Columns, c15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void MultiplyAdd(float* a, V b0, V b1, ref V c, ref V d)
    {
        var x = R.Broadcast(a);
        c = R.MultiplyAdd(x, b0, c);
        d = R.MultiplyAdd(x, b1, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<TSecond>(float* source, int rest, out V c, out V d) where TSecond : struct, ISecondRegister
    {
        c = R.Load(source);
        d = TSecond.IsWhole ? R.Load(source + R.Count) : R.LoadPart(source + R.Count, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Load(float* source, int columns) => columns == R.Count ? R.Load(source) : R.LoadPart(source, columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TSecond>(float* target, int rest, V c, V d) where TSecond : struct, ISecondRegister
    {
        R.Store(target, c);
        if (TSecond.IsWhole) R.Store(target + R.Count, d);
        else R.StorePart(target + R.Count, d, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(float* target, int columns, V c)
    {
        if (columns == R.Count) R.Store(target, c);
        else R.StorePart(target, c, columns);
    }
}
