using System.Numerics;

namespace Nabla.Backends.Cpu;

/// <summary>The independent items into which a reduction is cut.</summary>
internal unsafe interface IReductionItems<A> : IRange where A : unmanaged
{
    long Items { get; }
    long ElementsPerItem { get; }
    long Outputs { get; }

    /// <summary>Into how many pieces the elements of one output are cut.</summary>
    long Pieces { get; }

    /// <summary>Where the pieces' results go if there are several: [Pieces, Outputs].</summary>
    A* Totals { get; set; }

    void JoinPieces();
}

/// <summary>How the elements of one output are cut into pieces: large enough to be worth a thread, and not so many that joining them costs.</summary>
internal static class ReductionPieces
{
    public const long Elements = 64 << 10, Most = 64;

    /// <summary>The length of a piece of <paramref name="count"/> things of which each holds <paramref name="size"/> elements.</summary>
    public static long Length(long count, long size) =>
        count * size < 2 * Elements ? Math.Max(1, count) : Math.Max(1, Math.Max(Elements / size, (count + Most - 1) / Most));

    public static long Count(long count, long length) => (count + length - 1) / length;
}

/// <summary>
/// The innermost axis is folded: an item is a piece of one output's rows, or of one long row.
/// </summary>
internal unsafe struct RowItems<F, V, T, W, A> : IReductionItems<A>
    where F : struct, IFold
    where V : struct, ICpuLane<V, T> where T : unmanaged, INumber<T>
    where W : struct, ICpuLane<W, A> where A : unmanaged, INumber<A>
{
    private readonly F fold;
    private readonly T* x, y, centres;
    private readonly ReductionAxes kept, folded;
    private readonly long rows, length, rowsPerPiece, partOfRow, partsOfRow;

    public RowItems(F fold, T* x, T* y, T* centres, ReductionAxes kept, ReductionAxes folded, long outputs, long rows, long length)
    {
        this.x = x;
        this.y = y;
        this.centres = centres;
        (this.fold, this.kept, this.folded, Outputs, this.rows, this.length) = (fold, kept, folded, outputs, rows, length);
        partOfRow = ReductionPieces.Length(length, 1);
        partsOfRow = ReductionPieces.Count(length, partOfRow);
        rowsPerPiece = partsOfRow > 1 ? 1 : ReductionPieces.Length(rows, length);
        Pieces = ReductionPieces.Count(rows, rowsPerPiece) * partsOfRow;
    }

    public long Outputs { get; }
    public long Pieces { get; }
    public readonly long Items => Outputs * Pieces;
    public readonly long ElementsPerItem => rowsPerPiece * Math.Min(length, partOfRow);
    public A* Totals { get; set; }

    public readonly void Run(long start, long end)
    {
        for (var item = start; item < end; item++)
        {
            var (output, piece) = Pieces == 1 ? (item, 0) : Math.DivRem(item, Pieces);
            var from = x + kept.At(output, out var at);
            var total = Piece(from, piece, centres is null ? T.Zero : centres[at]);
            if (Totals is null) Finish(at, total);
            else Totals[(piece * Outputs) + output] = total;
        }
    }

    private readonly A Piece(T* from, long piece, T centre)
    {
        var total = FoldKernel<F, V, T, W, A>.Start(fold);
        var (first, part) = partsOfRow == 1 ? (piece * rowsPerPiece, 0) : Math.DivRem(piece, partsOfRow);
        var (skip, stop) = (part * partOfRow, Math.Min(rows, first + rowsPerPiece));
        for (var row = first; row < stop; row++)
            total = FoldKernel<F, V, T, W, A>.Row(fold, total, from + folded.At(row, out _) + skip, Math.Min(partOfRow, length - skip), centre);
        return total;
    }

    private readonly void Finish(long at, A total) => y[at] = FoldKernel<F, V, T, W, A>.Finish(fold, total, centres is null ? T.Zero : centres[at]);

    public readonly void JoinPieces()
    {
        for (var output = 0L; output < Outputs; output++)
        {
            var total = Totals[output];
            for (var piece = 1L; piece < Pieces; piece++) total = FoldKernel<F, V, T, W, A>.Join(fold, total, Totals[(piece * Outputs) + output]);
            kept.At(output, out var at);
            Finish(at, total);
        }
    }
}

/// <summary>
/// The innermost axis stays: an item is a tile of neighbouring outputs and a piece of the rows that are folded into it.
/// </summary>
internal unsafe struct ColumnItems<F, V, T, W, A> : IReductionItems<A>
    where F : struct, IFold
    where V : struct, ICpuLane<V, T> where T : unmanaged, INumber<T>
    where W : struct, ICpuLane<W, A> where A : unmanaged, INumber<A>
{
    private const int Widest = 512;

    private readonly F fold;
    private readonly T* x, y, centres;
    private readonly ReductionAxes kept, foldedOuter;
    private readonly ReductionAxis inner, last;
    private readonly long rows, tiles, tile, rowsPerPiece;
    private readonly bool direct;

    public ColumnItems(F fold, T* x, T* y, T* centres, ReductionAxes kept, ReductionAxis* folded, int foldedCount, long outer, long rows, ReductionAxis inner)
    {
        this.x = x;
        this.y = y;
        this.centres = centres;
        (this.fold, this.kept, this.inner, this.rows) = (fold, kept, inner, rows);
        foldedOuter = new(folded, Math.Max(0, foldedCount - 1));
        last = foldedCount == 0 ? new(1, 0, 0) : folded[foldedCount - 1];
        tiles = (inner.Length + Widest - 1) / Widest;
        tile = ((inner.Length + tiles - 1) / tiles + 15) & ~15L;
        tiles = (inner.Length + tile - 1) / tile;
        rowsPerPiece = ReductionPieces.Length(rows, Math.Min(tile, inner.Length));
        Pieces = ReductionPieces.Count(rows, rowsPerPiece);
        Outputs = outer * inner.Length;
        Items = outer * tiles * Pieces;
        direct = rows <= FoldKernel<F, V, T, W, A>.Steps && rows == last.Length && inner.Out == 1 && Pieces == 1;
    }

    public long Outputs { get; }
    public long Pieces { get; }
    public long Items { get; }
    public readonly long ElementsPerItem => rowsPerPiece * Math.Min(tile, inner.Length);
    public A* Totals { get; set; }

    public readonly void Run(long start, long end)
    {
        var sums = stackalloc A[Widest + 16];
        var middle = stackalloc T[Widest + 16];
        for (var item = start; item < end; item++)
        {
            var (group, piece) = Pieces == 1 ? (item, 0) : Math.DivRem(item, Pieces);
            var (outer, strip) = tiles == 1 ? (group, 0) : Math.DivRem(group, tiles);
            var column = strip * tile;
            var width = (int)Math.Min(tile, inner.Length - column);
            var from = x + kept.At(outer, out var at) + column;
            at += column * inner.Out;
            for (var j = 0; centres is not null && j < width; j++) middle[j] = centres[at + (j * inner.Out)];
            if (direct)
            {
                FoldKernel<F, V, T, W, A>.FewRows(fold, y + at, from, rows, last.Step, width, middle);
                continue;
            }
            new Span<A>(sums, width).Fill(FoldKernel<F, V, T, W, A>.Start(fold));
            Piece(from, piece, sums, width, middle);
            if (Totals is null) for (var j = 0; j < width; j++) Finish(at + (j * inner.Out), sums[j]);
            else new Span<A>(sums, width).CopyTo(new Span<A>(Totals + (piece * Outputs) + (outer * inner.Length) + column, width));
        }
    }

    private readonly void Piece(T* from, long piece, A* sums, int width, T* middle)
    {
        var stop = Math.Min(rows, (piece + 1) * rowsPerPiece);
        for (var row = piece * rowsPerPiece; row < stop; )
        {
            var (outer, within) = Math.DivRem(row, last.Length);
            var count = Math.Min(last.Length - within, stop - row);
            FoldKernel<F, V, T, W, A>.Columns(fold, sums, from + foldedOuter.At(outer, out _) + (within * last.Step), count, last.Step, width, middle);
            row += count;
        }
    }

    private readonly void Finish(long at, A total) => y[at] = FoldKernel<F, V, T, W, A>.Finish(fold, total, centres is null ? T.Zero : centres[at]);

    public readonly void JoinPieces()
    {
        for (var output = 0L; output < Outputs; output++)
        {
            var total = Totals[output];
            for (var piece = 1L; piece < Pieces; piece++) total = FoldKernel<F, V, T, W, A>.Join(fold, total, Totals[(piece * Outputs) + output]);
            var (outer, column) = Math.DivRem(output, inner.Length);
            kept.At(outer, out var at);
            Finish(at + (column * inner.Out), total);
        }
    }
}
