using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// The blocked float32 product on registers <typeparamref name="R"/>. Order of loops: block of rows → block of depth → pack A if that
/// pays (it stays in L2) → a panel of B, packed if that pays → tiles. Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication".
/// </summary>
internal static unsafe class ProductEngine<R, V> where R : struct, IProductRegister<V> where V : struct
{
    const int DepthBlock = 768;
    const int RowBlock = 264;
    /// <summary>Up to this many panels read an A of any layout where it is: packing it would cost more than it brings.</summary>
    const int DirectPanels = 8;
    /// <summary>Multiply-adds below which a second thread does not pay.</summary>
    const double WorthForking = 60_000;

    /// <summary>Computes the product on the team.</summary>
    public static void Multiply<TEpilogue>(in Product<float> product, PackedMatrix? packed = null) where TEpilogue : struct, IEpilogue
    {
        var grid = new Grid<TEpilogue>(product, packed);
        if (ThreadTeam.Threads > 1 && (double)product.Rows * product.Columns * product.Depth > WorthForking) grid.Cut(ThreadTeam.Threads, packed != null);
        ThreadTeam.Run(grid.Parts, ref grid);
        GC.KeepAlive(packed);
    }

    /// <summary>Computes one product of a batch on the calling thread.</summary>
    public static void MultiplyAlone<TEpilogue>(in Product<float> product) where TEpilogue : struct, IEpilogue =>
        Part<TEpilogue>(product, null, 0, product.Rows, 0, product.Columns);

    /// <summary>Packs B of the product for use with any A.</summary>
    public static PackedMatrix Pack(float* b, nint row, nint column, int depth, int columns)
    {
        var matrix = new PackedMatrix(depth, columns, R.Count, (nint)depth * Padded(columns) + ProductPacking<R, V>.Slack);
        var body = new PackPanels { Source = b, Row = row, Column = column, Depth = depth, Columns = columns, Target = matrix.Data };
        var panels = (columns + 2 * R.Count - 1) / (2 * R.Count);
        var grain = Math.Max(1, 100_000 / (Math.Max(depth, 1) * 2 * R.Count));
        body.Panels = Math.Max(grain, (panels + ThreadTeam.Threads - 1) / ThreadTeam.Threads);
        ThreadTeam.Run((panels + body.Panels - 1) / body.Panels, ref body);
        GC.KeepAlive(matrix);
        return matrix;
    }

    /// <summary>The part of a product in rows [row, row + rows) and columns [column, column + columns); column is a multiple of two registers.</summary>
    static void Part<TEpilogue>(in Product<float> x, float* packed, int row, int rows, int column, int columns) where TEpilogue : struct, IEpilogue
    {
        if (rows <= 0 || columns <= 0) return;
        var height = columns <= R.Count ? R.NarrowRows : R.WideRows;
        var scratch = ProductScratch.Mine;
        var depthBlock = EvenBlock(x.Depth);
        var rowBlocks = Blocks(rows, RowBlock);
        // Rows that are contiguous along the depth stream as well as packed ones.
        var direct = x.AColumn == 1 || columns <= DirectPanels * 2 * R.Count;
        var a = direct ? null : scratch.A((nint)RowBlock * depthBlock + ProductPacking<R, V>.Slack);
        var b = scratch.B((nint)2 * R.Count * depthBlock + ProductPacking<R, V>.Slack);
        for (var block = 0; block < rowBlocks; block++)
        {
            var first = row + (int)((long)rows * block / rowBlocks);
            var tiles = new Tiles(row + (int)((long)rows * (block + 1) / rowBlocks) - first, height);
            for (var p = 0; p == 0 || p < x.Depth; p += depthBlock)
            {
                var depth = Math.Min(depthBlock, x.Depth - p);
                if (!direct) PackRows(x, first, tiles, p, depth, a);
                for (var j = column; j < column + columns; j += 2 * R.Count)
                {
                    var tile = new ProductTile { Depth = depth, CRow = x.CRow, Columns = Math.Min(2 * R.Count, column + columns - j) };
                    PanelOf(x, packed, p, j, tiles.Count, b, ref tile);
                    Start(x, first, j, p, ref tile);
                    tile.ARow = direct ? x.ARow : 1;
                    tile.A = direct ? x.A + first * x.ARow + p * x.AColumn : a;
                    Panel<TEpilogue>(x, first, j, tiles, direct, &tile, p + depth == x.Depth);
                }
            }
        }
    }

    static void Panel<TEpilogue>(in Product<float> x, int first, int column, in Tiles tiles, bool direct, ProductTile* tile, bool last)
        where TEpilogue : struct, IEpilogue
    {
        tile->C = x.C + first * x.CRow + column;
        for (var i = 0; i < tiles.Count; i++)
        {
            var height = tiles.Height(i);
            tile->AStep = direct ? x.AColumn : height;
            ProductKernel<R, V>.Run(tile, height);
            if (TEpilogue.Applies && last)
            {
                for (var r = 0; r < height; r++) TEpilogue.Apply(tile->C + r * x.CRow, tile->Columns);
            }
            tile->A += height * (direct ? x.ARow : tile->Depth);
            tile->C += height * x.CRow;
            tile->Start += height * tile->StartRow;
        }
    }

    static void PackRows(in Product<float> x, int first, in Tiles tiles, int p, int depth, float* target)
    {
        var source = x.A + first * x.ARow + p * x.AColumn;
        for (var i = 0; i < tiles.Count; i++)
        {
            var height = tiles.Height(i);
            ProductPacking<R, V>.Rows(source, x.ARow, x.AColumn, height, depth, target);
            source += height * x.ARow;
            target += (nint)height * depth;
        }
    }

    static void PanelOf(in Product<float> x, float* packed, int p, int column, int tiles, float* b, ref ProductTile tile)
    {
        var width = Math.Min(2 * R.Count, Padded(x.Columns) - column);
        tile.BStep = width;
        if (packed != null)
        {
            tile.B = packed + (nint)p * Padded(x.Columns) + column * tile.Depth;
            return;
        }
        if (x.BColumn == 1 && tile.Columns == width && ReadsDirectly(x.BRow, tiles))
        {
            tile.B = x.B + p * x.BRow + column;
            tile.BStep = x.BRow;
            return;
        }
        tile.B = b;
        ProductPacking<R, V>.Panel(x.B + p * x.BRow + column * x.BColumn, x.BRow, x.BColumn, tile.Columns, width, (int)tile.Depth, b);
    }

    /// <summary>
    /// Whether few tiles read a panel, so that packing it would not pay. Rows half a page or more apart fall on few sets of the cache and many
    /// pages: then only the fewest.
    /// </summary>
    static bool ReadsDirectly(nint row, int tiles) => tiles <= 2 || (tiles <= 12 && row < 1024 && row % 512 != 0);

    static void Start(in Product<float> x, int row, int column, int p, ref ProductTile tile)
    {
        var going = p > 0 || x.Accumulate;
        tile.Start = going ? x.C + row * x.CRow + column : x.Bias != null ? x.Bias + column : ProductScratch.Zeros;
        tile.StartRow = going ? x.CRow : 0;
    }

    /// <summary>The depth cut evenly; at least 1, so that a product of depth 0 still writes its start.</summary>
    static int EvenBlock(int depth) => Math.Max(1, Blocks(depth, Math.Max(1, Blocks(depth, DepthBlock))));

    static int Blocks(int length, int block) => (length + block - 1) / block;

    /// <summary>Columns of B as packed: panels of two registers, the last one of one register where that is enough.</summary>
    static int Padded(int columns) => (columns + R.Count - 1) / R.Count * R.Count;

    /// <summary>Rows cut into tiles of two heights at most, as even as can be.</summary>
    readonly struct Tiles(int rows, int height)
    {
        public readonly int Count = Blocks(rows, height);
        readonly int low = rows / Blocks(rows, height);
        readonly int taller = rows % Blocks(rows, height);

        public int Height(int tile) => tile < taller ? low + 1 : low;
    }

    struct PackPanels : IPart
    {
        public float* Source, Target;
        public nint Row, Column;
        public int Depth, Columns, Panels;

        public readonly void Run(int part)
        {
            var block = EvenBlock(Depth);
            var padded = Padded(Columns);
            for (var p = 0; p < Depth; p += block)
            {
                var depth = Math.Min(block, Depth - p);
                for (var j = part * Panels * 2 * R.Count; j < Math.Min(Columns, (part + 1) * Panels * 2 * R.Count); j += 2 * R.Count)
                {
                    ProductPacking<R, V>.Panel(Source + p * Row + j * Column, Row, Column, Math.Min(2 * R.Count, Columns - j),
                        Math.Min(2 * R.Count, padded - j), depth, Target + (nint)p * padded + (nint)j * depth);
                }
            }
        }
    }

    /// <summary>A product cut into a grid of parts for the team.</summary>
    struct Grid<TEpilogue>(in Product<float> product, PackedMatrix? packed) : IPart where TEpilogue : struct, IEpilogue
    {
        readonly Product<float> product = product;
        readonly float* packed = packed == null ? null : packed.Data;
        int across = 1, down = 1;

        public readonly int Parts => across * down;

        /// <summary>
        /// Chooses the grid whose slowest part is the fastest: its tiles, and the packing that it repeats because another part needs the same
        /// rows or columns. Packing an element costs about as much as 12 multiply-adds in a wide register.
        /// </summary>
        public void Cut(int threads, bool packed)
        {
            var (units, height) = (Blocks(product.Columns, 2 * R.Count), product.Columns <= R.Count ? R.NarrowRows : R.WideRows);
            var best = double.MaxValue;
            for (var columns = 1; columns <= Math.Min(threads, units); columns++)
            {
                var rows = Math.Min(threads / columns, Blocks(product.Rows, height));
                var wide = (double)Blocks(units, columns) * 2 * R.Count;
                var tall = (double)Blocks(product.Rows, rows);
                var cost = wide * tall + 12 * tall + (packed ? 0 : 12 * wide);
                if (cost < best) (best, across, down) = (cost, columns, rows);
            }
        }

        public readonly void Run(int part)
        {
            var (i, j) = (part / across, part % across);
            var units = Blocks(product.Columns, 2 * R.Count);
            var (left, right) = ((int)((long)units * j / across) * 2 * R.Count, (int)((long)units * (j + 1) / across) * 2 * R.Count);
            var (top, bottom) = ((int)((long)product.Rows * i / down), (int)((long)product.Rows * (i + 1) / down));
            Part<TEpilogue>(product, packed, top, bottom - top, left, Math.Min(right, product.Columns) - left);
        }
    }
}
