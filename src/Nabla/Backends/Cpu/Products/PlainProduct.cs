using System.Numerics;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// The product for integers: a row of C grows by multiples of the rows of B, in vectors where B's rows are contiguous.
/// </summary>
internal static unsafe class PlainProduct
{
    /// <summary>Columns of C that stay in the first-level cache while the depth runs by.</summary>
    const int ColumnBlock = 512;
    const double WorthForking = 20_000;

    public static void Multiply<T>(in Product<T> product) where T : unmanaged, INumber<T>
    {
        var rows = new Rows<T>(product);
        var work = (double)product.Columns * Math.Max(product.Depth, 1);
        ThreadTeam.Run(product.Rows, (long)Math.Max(1, WorthForking / Math.Max(work, 1)), ref rows);
    }

    readonly struct Rows<T>(Product<T> x) : IRange where T : unmanaged, INumber<T>
    {
        public void Run(long start, long end)
        {
            for (var j = 0; j < x.Columns; j += ColumnBlock)
            {
                var columns = Math.Min(ColumnBlock, x.Columns - j);
                for (var i = (nint)start; i < end; i++) Row(i, j, columns);
            }
        }

        void Row(nint i, nint j, int columns)
        {
            var c = x.C + i * x.CRow + j;
            if (x.Bias != null) new Span<T>(x.Bias + j, columns).CopyTo(new Span<T>(c, columns));
            else if (!x.Accumulate) new Span<T>(c, columns).Clear();
            for (nint p = 0; p < x.Depth; p++) Add(x.A[i * x.ARow + p * x.AColumn], x.B + p * x.BRow + j * x.BColumn, x.BColumn, c, columns);
        }

        static void Add(T factor, T* b, nint step, T* c, int columns)
        {
            var j = 0;
            if (step == 1)
            {
                var factors = new Vector<T>(factor);
                for (; j <= columns - Vector<T>.Count; j += Vector<T>.Count) (Vector.Load(c + j) + factors * Vector.Load(b + j)).Store(c + j);
            }
            for (; j < columns; j++) c[j] += factor * b[j * step];
        }
    }
}
