using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// One thread's part of a product: rows [row, row + rows) and columns [column, column + columns), column a multiple of two registers. Order of
/// loops: block of columns → block of depth → block of rows, its A packed if that pays (it stays in L2) → panel of B, packed if that pays → tile.
/// Where several blocks of rows need a panel, all of them are packed before the first.
/// Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication".
/// </summary>
internal unsafe ref struct ProductPart<R, V> where R : struct, IProductRegister<V> where V : struct
{
    const int RowBlock = 264, ColumnBlock = 1024;
    /// <summary>Up to this many panels read an A of any layout where it is: packing it would cost more than it brings.</summary>
    const int DirectPanels = 8;

    readonly ref readonly Product<float> x;
    readonly float* packed;
    readonly int row, rows, column, columns, height, rowBlocks, depthBlock;
    readonly bool directA, directB;
    readonly float* a, b;

    public ProductPart(in Product<float> product, float* packed, int row, int rows, int column, int columns)
    {
        x = ref product;
        this.packed = packed;
        (this.row, this.rows, this.column, this.columns) = (row, rows, column, columns);
        height = columns <= R.Count ? R.NarrowRows : R.WideRows;
        rowBlocks = Ceiling(rows, RowBlock);
        depthBlock = EvenBlock(x.Depth);
        // Rows that are contiguous along the depth stream as well as packed ones, unless they lie whole pages apart: then a tile's fall on one set of the cache.
        directA = (x.AColumn == 1 && x.ARow % 1024 != 0) || columns <= DirectPanels * Wide;
        directB = packed == null && x.BColumn == 1 && ReadsDirectly(x.BRow, Ceiling(rows, height));
        a = directA ? null : Scratch.Mine.A.Of((nint)RowBlock * depthBlock + ProductPacking<R, V>.Slack);
        b = packed != null ? null : Scratch.Mine.B.Of((nint)(rowBlocks > 1 ? ColumnBlock : Wide) * depthBlock + ProductPacking<R, V>.Slack);
    }

    static int Wide => 2 * R.Count;

    public static int Ceiling(int length, int block) => (length + block - 1) / block;

    /// <summary>The depth cut evenly; at least 1, so that a product of depth 0 still writes its start.</summary>
    public static int EvenBlock(int depth) => Math.Max(1, Ceiling(depth, Math.Max(1, Ceiling(depth, 768))));

    /// <summary>Columns of B as packed: panels of two registers, the last one of one register where that is enough.</summary>
    public static int Padded(int columns) => Ceiling(columns, R.Count) * R.Count;

    /// <summary>
    /// Whether few tiles read a panel, so that packing it would not pay. Rows half a page or more apart fall on few sets of the cache and many
    /// pages: then only the fewest.
    /// </summary>
    static bool ReadsDirectly(nint row, int tiles) => tiles <= 2 || (tiles <= 12 && row < 1024 && row % 512 != 0);

    public readonly void Run()
    {
        if (rows <= 0) return;
        for (var first = column; first < column + columns; first += ColumnBlock)
        {
            var last = Math.Min(column + columns, first + ColumnBlock);
            for (var p = 0; p == 0 || p < x.Depth; p += depthBlock) Block(p, Math.Min(depthBlock, x.Depth - p), first, last);
        }
    }

    readonly void Block(int p, int depth, int first, int last)
    {
        for (var block = 0; block < rowBlocks; block++)
        {
            var top = row + (int)((long)rows * block / rowBlocks);
            var tiles = new Tiles(row + (int)((long)rows * (block + 1) / rowBlocks) - top, height);
            if (!directA) PackRows(top, tiles, p, depth);
            for (var j = first; j < last; j += Wide)
            {
                var tile = new ProductTile { Depth = depth, CRow = x.CRow, Columns = Math.Min(Wide, last - j) };
                Panel(ref tile, p, j, rowBlocks > 1 ? b + (nint)(j - first) * depth : b, isPacked: block > 0);
                Run(ref tile, tiles, top, p, j);
            }
        }
    }

    readonly void PackRows(int top, in Tiles tiles, int p, int depth)
    {
        var source = x.A + top * x.ARow + p * x.AColumn;
        var target = a;
        for (var i = 0; i < tiles.Count; i++)
        {
            var height = tiles.Height(i);
            ProductPacking<R, V>.Rows(source, x.ARow, x.AColumn, height, depth, target);
            source += height * x.ARow;
            target += (nint)height * depth;
        }
    }

    /// <summary>Where the tiles find the panel of B at column j: in a matrix packed before, where it is, or packed here.</summary>
    readonly void Panel(ref ProductTile tile, int p, int j, float* target, bool isPacked)
    {
        var width = Math.Min(Wide, Padded(x.Columns) - j);
        tile.BStep = width;
        if (packed != null)
        {
            tile.B = packed + (nint)p * Padded(x.Columns) + j * tile.Depth;
        }
        else if (directB && tile.Columns == width)
        {
            tile.B = x.B + p * x.BRow + j;
            tile.BStep = x.BRow;
        }
        else
        {
            tile.B = target;
            if (!isPacked) ProductPacking<R, V>.Panel(x.B + p * x.BRow + j * x.BColumn, x.BRow, x.BColumn, tile.Columns, width, (int)tile.Depth, target);
        }
    }

    /// <summary>The tiles of one block of rows and one panel.</summary>
    readonly void Run(ref ProductTile tile, in Tiles tiles, int top, int p, int j)
    {
        var going = p > 0 || x.Accumulate;
        tile.C = x.C + top * x.CRow + j;
        tile.Start = going ? tile.C : x.RowStarts != null ? x.RowStarts + (nint)top * ProductTile.StartLength : x.Bias != null ? x.Bias + j : ProductTile.Zeros;
        tile.StartRow = going ? x.CRow : x.RowStarts != null ? ProductTile.StartLength : 0;
        tile.ARow = directA ? x.ARow : 1;
        tile.A = directA ? x.A + top * x.ARow + p * x.AColumn : a;
        for (var i = 0; i < tiles.Count; i++)
        {
            var height = tiles.Height(i);
            tile.AStep = directA ? x.AColumn : height;
            tile.Ahead = Ahead(tile, i);
            ProductKernel<R, V>.Run((ProductTile*)Unsafe.AsPointer(ref tile), height);
            tile.A += height * (directA ? x.ARow : tile.Depth);
            tile.C += height * x.CRow;
            tile.Start += height * tile.StartRow;
        }
    }

    /// <summary>
    /// The next panel of a packed B, which the first tiles of this one fetch: with few rows a panel is soon done with, and the weights of a model lie far away. Then what is at hand.
    /// </summary>
    readonly float* Ahead(in ProductTile tile, int number)
    {
        var fetched = number * tile.Depth * ProductKernel<R, V>.CacheLine;
        var panel = tile.BStep * tile.Depth;
        return packed != null && fetched < panel ? tile.B + panel + fetched : tile.B;
    }

    /// <summary>Rows cut into tiles of two heights at most, as even as can be.</summary>
    readonly struct Tiles(int rows, int height)
    {
        public readonly int Count = Ceiling(rows, height);
        readonly int low = rows / Ceiling(rows, height);
        readonly int taller = rows % Ceiling(rows, height);

        public int Height(int tile) => tile < taller ? low + 1 : low;
    }
}
