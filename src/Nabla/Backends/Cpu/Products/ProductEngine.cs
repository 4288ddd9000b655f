namespace Nabla.Backends.Cpu.Products;

/// <summary>The float32 product on registers <typeparamref name="R"/>: cuts it into parts for the team, and packs matrices for reuse.</summary>
internal static unsafe class ProductEngine<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>Multiply-adds below which a second thread does not pay.</summary>
    const double WorthForking = 60_000;

    static int Wide => 2 * R.Count;

    /// <summary>Computes the product on the team.</summary>
    public static void Multiply(in Product<float> product, PackedMatrix? packed = null)
    {
        if (product.Rows <= 0 || product.Columns <= 0) return;
        var grid = new Grid(product, packed);
        if (ThreadTeam.Threads > 1 && (double)product.Rows * product.Columns * product.Depth > WorthForking) grid.Cut(ThreadTeam.Threads, packed != null);
        ThreadTeam.Run(grid.Parts, ref grid);
        GC.KeepAlive(packed);
    }

    /// <summary>Computes one product of a batch on the calling thread.</summary>
    public static void MultiplyAlone(in Product<float> product) =>
        new ProductPart<R, V>(product, null, 0, product.Rows, 0, product.Columns).Run();

    /// <summary>Packs B of the product for use with any A.</summary>
    public static PackedMatrix Pack(float* b, nint row, nint column, int depth, int columns)
    {
        var matrix = new PackedMatrix(depth, columns, R.Count, (nint)depth * ProductPart<R, V>.Padded(columns) + ProductPacking<R, V>.Slack);
        var body = new PackPanels { Source = b, Row = row, Column = column, Depth = depth, Columns = columns, Target = matrix.Data };
        var panels = Ceiling(columns, Wide);
        body.Panels = Math.Max(Math.Max(1, 100_000 / (Math.Max(depth, 1) * Wide)), Ceiling(panels, ThreadTeam.Threads));
        ThreadTeam.Run(Ceiling(panels, body.Panels), ref body);
        GC.KeepAlive(matrix);
        return matrix;
    }

    static int Ceiling(int length, int block) => ProductPart<R, V>.Ceiling(length, block);

    struct PackPanels : IPart
    {
        public float* Source, Target;
        public nint Row, Column;
        public int Depth, Columns, Panels;

        public readonly void Run(int part)
        {
            var block = ProductPart<R, V>.EvenBlock(Depth);
            var padded = ProductPart<R, V>.Padded(Columns);
            for (var p = 0; p < Depth; p += block)
            {
                var depth = Math.Min(block, Depth - p);
                for (var j = part * Panels * Wide; j < Math.Min(Columns, (part + 1) * Panels * Wide); j += Wide)
                {
                    ProductPacking<R, V>.Panel(Source + p * Row + j * Column, Row, Column, Math.Min(Wide, Columns - j),
                        Math.Min(Wide, padded - j), depth, Target + (nint)p * padded + (nint)j * depth);
                }
            }
        }
    }

    /// <summary>A product cut into a grid of parts for the team.</summary>
    struct Grid(in Product<float> product, PackedMatrix? packed) : IPart
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
            var (units, height) = (Ceiling(product.Columns, Wide), product.Columns <= R.Count ? R.NarrowRows : R.WideRows);
            var best = double.MaxValue;
            for (var columns = 1; columns <= Math.Min(threads, units); columns++)
            {
                var rows = Math.Min(threads / columns, Ceiling(product.Rows, height));
                var wide = (double)Ceiling(units, columns) * Wide;
                var tall = (double)Ceiling(product.Rows, rows);
                var cost = wide * tall + 12 * tall + (packed ? 0 : 12 * wide);
                if (cost < best) (best, across, down) = (cost, columns, rows);
            }
        }

        public readonly void Run(int part)
        {
            var (i, j) = (part / across, part % across);
            var units = Ceiling(product.Columns, Wide);
            var (left, right) = ((int)((long)units * j / across) * Wide, (int)((long)units * (j + 1) / across) * Wide);
            var (top, bottom) = ((int)((long)product.Rows * i / down), (int)((long)product.Rows * (i + 1) / down));
            new ProductPart<R, V>(product, packed, top, bottom - top, left, Math.Min(right, product.Columns) - left).Run();
        }
    }
}
