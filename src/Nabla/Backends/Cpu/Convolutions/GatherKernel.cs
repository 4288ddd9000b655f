using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// What the gathering micro-kernel computes: C[r, j] += Σₚ A[Rows[r] + Steps[p]] · B[p · BStep + j]. All distances count floats. An image is a matrix of columns by way of the two
/// tables, without being copied into one: a row is a place of the window and a step one of its taps, or, for the gradient of the weight, the other way about.
/// </summary>
internal unsafe struct GatheredTile
{
    public nint Depth;
    public float* A;
    public nint* Rows, Steps;
    public float* B;
    /// <summary>One register or two: the width of the tile.</summary>
    public nint BStep;
    public float* C;
    /// <summary>Where in C each row is.</summary>
    public nint* Targets;
}

/// <summary>
/// The micro-kernels of <see cref="GatheredTile"/>, of the same form as <see cref="ProductKernel{R, V}"/>: the accumulators are plain locals, and every element is one chain of
/// multiply-adds in the order of the steps.
/// </summary>
internal static unsafe class GatherKernel<R, V> where R : struct, IProductRegister<V> where V : struct
{
    private static readonly delegate*<GatheredTile*, void>[] Wides =
    [
        &Wide<Rows1>, &Wide<Rows2>, &Wide<Rows3>, &Wide<Rows4>, &Wide<Rows5>, &Wide<Rows6>,
        &Wide<Rows7>, &Wide<Rows8>, &Wide<Rows9>, &Wide<Rows10>, &Wide<Rows11>, &Wide<Rows12>,
    ];

    private static readonly delegate*<GatheredTile*, void>[] Narrows =
    [
        &Narrow<Rows1>, &Narrow<Rows2>, &Narrow<Rows3>, &Narrow<Rows4>, &Narrow<Rows5>, &Narrow<Rows6>, &Narrow<Rows7>, &Narrow<Rows8>,
        &Narrow<Rows9>, &Narrow<Rows10>, &Narrow<Rows11>, &Narrow<Rows12>, &Narrow<Rows13>, &Narrow<Rows14>, &Narrow<Rows15>, &Narrow<Rows16>,
    ];

    /// <summary>Computes the rows of these tables, in tiles of two heights at most; steps, rows and targets of <paramref name="tile"/> are set here.</summary>
    public static void Run(GatheredTile tile, ReadOnlySpan<nint> rows, ReadOnlySpan<nint> targets, ReadOnlySpan<nint> steps)
    {
        var isWide = tile.BStep > R.Count;
        var tiles = ((rows.Length - 1) / (isWide ? R.WideRows : R.NarrowRows)) + 1;
        fixed (nint* row = rows, target = targets, step = steps)
        {
            tile.Rows = row;
            tile.Targets = target;
            tile.Steps = step;
            tile.Depth = steps.Length;
            for (var i = 0; i < tiles; i++)
            {
                var height = (rows.Length / tiles) + (i < rows.Length % tiles ? 1 : 0);
                if (isWide) Wides[height - 1](&tile);
                else Narrows[height - 1](&tile);
                tile.Rows += height;
                tile.Targets += height;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide<TRows>(GatheredTile* tile) where TRows : struct, ITileRows
    {
        var rows = tile->Rows;
        var targets = tile->Targets;
        var c = tile->C;
        nint r0 = Row<TRows>(rows, 0), r1 = Row<TRows>(rows, 1), r2 = Row<TRows>(rows, 2), r3 = Row<TRows>(rows, 3), r4 = Row<TRows>(rows, 4), r5 = Row<TRows>(rows, 5);
        nint r6 = Row<TRows>(rows, 6), r7 = Row<TRows>(rows, 7), r8 = Row<TRows>(rows, 8), r9 = Row<TRows>(rows, 9), r10 = Row<TRows>(rows, 10), r11 = Row<TRows>(rows, 11);
        V c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default, c4 = default, d4 = default, c5 = default, d5 = default;
        V c6 = default, d6 = default, c7 = default, d7 = default, c8 = default, d8 = default, c9 = default, d9 = default, c10 = default, d10 = default, c11 = default, d11 = default;
        if (TRows.Count > 0) Load(c + targets[0], out c0, out d0);
        if (TRows.Count > 1) Load(c + targets[1], out c1, out d1);
        if (TRows.Count > 2) Load(c + targets[2], out c2, out d2);
        if (TRows.Count > 3) Load(c + targets[3], out c3, out d3);
        if (TRows.Count > 4) Load(c + targets[4], out c4, out d4);
        if (TRows.Count > 5) Load(c + targets[5], out c5, out d5);
        if (TRows.Count > 6) Load(c + targets[6], out c6, out d6);
        if (TRows.Count > 7) Load(c + targets[7], out c7, out d7);
        if (TRows.Count > 8) Load(c + targets[8], out c8, out d8);
        if (TRows.Count > 9) Load(c + targets[9], out c9, out d9);
        if (TRows.Count > 10) Load(c + targets[10], out c10, out d10);
        if (TRows.Count > 11) Load(c + targets[11], out c11, out d11);
        var steps = tile->Steps;
        var origin = tile->A;
        var b = tile->B;
        var bStep = tile->BStep;
        for (var end = steps + tile->Depth; steps < end; steps++)
        {
            var a = origin + *steps;
            var (b0, b1) = (R.Load(b), R.Load(b + R.Count));
            b += bStep;
            if (TRows.Count > 0) MultiplyAdd(a + r0, b0, b1, ref c0, ref d0);
            if (TRows.Count > 1) MultiplyAdd(a + r1, b0, b1, ref c1, ref d1);
            if (TRows.Count > 2) MultiplyAdd(a + r2, b0, b1, ref c2, ref d2);
            if (TRows.Count > 3) MultiplyAdd(a + r3, b0, b1, ref c3, ref d3);
            if (TRows.Count > 4) MultiplyAdd(a + r4, b0, b1, ref c4, ref d4);
            if (TRows.Count > 5) MultiplyAdd(a + r5, b0, b1, ref c5, ref d5);
            if (TRows.Count > 6) MultiplyAdd(a + r6, b0, b1, ref c6, ref d6);
            if (TRows.Count > 7) MultiplyAdd(a + r7, b0, b1, ref c7, ref d7);
            if (TRows.Count > 8) MultiplyAdd(a + r8, b0, b1, ref c8, ref d8);
            if (TRows.Count > 9) MultiplyAdd(a + r9, b0, b1, ref c9, ref d9);
            if (TRows.Count > 10) MultiplyAdd(a + r10, b0, b1, ref c10, ref d10);
            if (TRows.Count > 11) MultiplyAdd(a + r11, b0, b1, ref c11, ref d11);
        }
        if (TRows.Count > 0) Store(c + targets[0], c0, d0);
        if (TRows.Count > 1) Store(c + targets[1], c1, d1);
        if (TRows.Count > 2) Store(c + targets[2], c2, d2);
        if (TRows.Count > 3) Store(c + targets[3], c3, d3);
        if (TRows.Count > 4) Store(c + targets[4], c4, d4);
        if (TRows.Count > 5) Store(c + targets[5], c5, d5);
        if (TRows.Count > 6) Store(c + targets[6], c6, d6);
        if (TRows.Count > 7) Store(c + targets[7], c7, d7);
        if (TRows.Count > 8) Store(c + targets[8], c8, d8);
        if (TRows.Count > 9) Store(c + targets[9], c9, d9);
        if (TRows.Count > 10) Store(c + targets[10], c10, d10);
        if (TRows.Count > 11) Store(c + targets[11], c11, d11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow<TRows>(GatheredTile* tile) where TRows : struct, ITileRows
    {
        var rows = tile->Rows;
        var targets = tile->Targets;
        var c = tile->C;
        nint r0 = Row<TRows>(rows, 0), r1 = Row<TRows>(rows, 1), r2 = Row<TRows>(rows, 2), r3 = Row<TRows>(rows, 3), r4 = Row<TRows>(rows, 4), r5 = Row<TRows>(rows, 5), r6 = Row<TRows>(rows, 6), r7 = Row<TRows>(rows, 7);
        nint r8 = Row<TRows>(rows, 8), r9 = Row<TRows>(rows, 9), r10 = Row<TRows>(rows, 10), r11 = Row<TRows>(rows, 11), r12 = Row<TRows>(rows, 12), r13 = Row<TRows>(rows, 13), r14 = Row<TRows>(rows, 14), r15 = Row<TRows>(rows, 15);
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        V c8 = default, c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default;
        if (TRows.Count > 0) c0 = R.Load(c + targets[0]);
        if (TRows.Count > 1) c1 = R.Load(c + targets[1]);
        if (TRows.Count > 2) c2 = R.Load(c + targets[2]);
        if (TRows.Count > 3) c3 = R.Load(c + targets[3]);
        if (TRows.Count > 4) c4 = R.Load(c + targets[4]);
        if (TRows.Count > 5) c5 = R.Load(c + targets[5]);
        if (TRows.Count > 6) c6 = R.Load(c + targets[6]);
        if (TRows.Count > 7) c7 = R.Load(c + targets[7]);
        if (TRows.Count > 8) c8 = R.Load(c + targets[8]);
        if (TRows.Count > 9) c9 = R.Load(c + targets[9]);
        if (TRows.Count > 10) c10 = R.Load(c + targets[10]);
        if (TRows.Count > 11) c11 = R.Load(c + targets[11]);
        if (TRows.Count > 12) c12 = R.Load(c + targets[12]);
        if (TRows.Count > 13) c13 = R.Load(c + targets[13]);
        if (TRows.Count > 14) c14 = R.Load(c + targets[14]);
        if (TRows.Count > 15) c15 = R.Load(c + targets[15]);
        var steps = tile->Steps;
        var origin = tile->A;
        var b = tile->B;
        var bStep = tile->BStep;
        for (var end = steps + tile->Depth; steps < end; steps++)
        {
            var a = origin + *steps;
            var b0 = R.Load(b);
            b += bStep;
            if (TRows.Count > 0) c0 = R.MultiplyAdd(R.Broadcast(a + r0), b0, c0);
            if (TRows.Count > 1) c1 = R.MultiplyAdd(R.Broadcast(a + r1), b0, c1);
            if (TRows.Count > 2) c2 = R.MultiplyAdd(R.Broadcast(a + r2), b0, c2);
            if (TRows.Count > 3) c3 = R.MultiplyAdd(R.Broadcast(a + r3), b0, c3);
            if (TRows.Count > 4) c4 = R.MultiplyAdd(R.Broadcast(a + r4), b0, c4);
            if (TRows.Count > 5) c5 = R.MultiplyAdd(R.Broadcast(a + r5), b0, c5);
            if (TRows.Count > 6) c6 = R.MultiplyAdd(R.Broadcast(a + r6), b0, c6);
            if (TRows.Count > 7) c7 = R.MultiplyAdd(R.Broadcast(a + r7), b0, c7);
            if (TRows.Count > 8) c8 = R.MultiplyAdd(R.Broadcast(a + r8), b0, c8);
            if (TRows.Count > 9) c9 = R.MultiplyAdd(R.Broadcast(a + r9), b0, c9);
            if (TRows.Count > 10) c10 = R.MultiplyAdd(R.Broadcast(a + r10), b0, c10);
            if (TRows.Count > 11) c11 = R.MultiplyAdd(R.Broadcast(a + r11), b0, c11);
            if (TRows.Count > 12) c12 = R.MultiplyAdd(R.Broadcast(a + r12), b0, c12);
            if (TRows.Count > 13) c13 = R.MultiplyAdd(R.Broadcast(a + r13), b0, c13);
            if (TRows.Count > 14) c14 = R.MultiplyAdd(R.Broadcast(a + r14), b0, c14);
            if (TRows.Count > 15) c15 = R.MultiplyAdd(R.Broadcast(a + r15), b0, c15);
        }
        if (TRows.Count > 0) R.Store(c + targets[0], c0);
        if (TRows.Count > 1) R.Store(c + targets[1], c1);
        if (TRows.Count > 2) R.Store(c + targets[2], c2);
        if (TRows.Count > 3) R.Store(c + targets[3], c3);
        if (TRows.Count > 4) R.Store(c + targets[4], c4);
        if (TRows.Count > 5) R.Store(c + targets[5], c5);
        if (TRows.Count > 6) R.Store(c + targets[6], c6);
        if (TRows.Count > 7) R.Store(c + targets[7], c7);
        if (TRows.Count > 8) R.Store(c + targets[8], c8);
        if (TRows.Count > 9) R.Store(c + targets[9], c9);
        if (TRows.Count > 10) R.Store(c + targets[10], c10);
        if (TRows.Count > 11) R.Store(c + targets[11], c11);
        if (TRows.Count > 12) R.Store(c + targets[12], c12);
        if (TRows.Count > 13) R.Store(c + targets[13], c13);
        if (TRows.Count > 14) R.Store(c + targets[14], c14);
        if (TRows.Count > 15) R.Store(c + targets[15], c15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Row<TRows>(nint* rows, int row) where TRows : struct, ITileRows => TRows.Count > row ? rows[row] : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(float* a, V b0, V b1, ref V c, ref V d)
    {
        var x = R.Broadcast(a);
        c = R.MultiplyAdd(x, b0, c);
        d = R.MultiplyAdd(x, b1, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* source, out V c, out V d) => (c, d) = (R.Load(source), R.Load(source + R.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, V c, V d)
    {
        R.Store(target, c);
        R.Store(target + R.Count, d);
    }
}
