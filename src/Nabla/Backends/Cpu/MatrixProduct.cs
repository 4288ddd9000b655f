using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu;

/// <summary>The float32 matrix product on the best registers of this processor. The same bits for any number of threads.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Multiply-adds of one product of a batch above which its own parts keep the team busy.</summary>
    const double WorthCutting = 4e6;

    /// <summary>Computes a product on the team. With <paramref name="packed"/>, B is not read.</summary>
    public static void Multiply(in Product<float> product, PackedMatrix? packed = null)
    {
        if (Register512.IsSupported) ProductEngine<Register512, Vector512<float>>.Multiply(product, packed);
        else if (Register256.IsSupported) ProductEngine<Register256, Vector256<float>>.Multiply(product, packed);
        else if (Register128.IsSupported) ProductEngine<Register128, Vector128<float>>.Multiply(product, packed);
        else ProductEngine<Register1, float>.Multiply(product, packed);
    }

    /// <summary>
    /// Computes a batch of products of one shape: number i has its A and B at the given offsets from the first's, in elements, and its C after the
    /// one before it. Small products share the team by whole products, large ones each use all of it.
    /// </summary>
    public static void Multiply(in Product<float> first, ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        fixed (long* pa = a, pb = b)
        {
            var batch = new Batch(first, pa, pb);
            if (a.Length > 1 && (double)first.Rows * first.Columns * first.Depth < WorthCutting)
            {
                // A part of some size, so that claiming it costs little; the parts do not depend on each other.
                var each = Math.Max(1, (int)(WorthCutting / 100 / ((double)first.Rows * first.Columns * Math.Max(first.Depth, 1) + 1)));
                batch.Each = Math.Min(each, Math.Max(1, a.Length / ThreadTeam.Threads));
                batch.Count = a.Length;
                ThreadTeam.Run((a.Length + batch.Each - 1) / batch.Each, ref batch);
            }
            else
            {
                for (var i = 0; i < a.Length; i++) Multiply(batch.Number(i));
            }
        }
    }

    /// <summary>Packs B [depth, columns], element (p, j) at b + p·row + j·column, for products to come.</summary>
    public static PackedMatrix Pack(float* b, nint row, nint column, int depth, int columns)
    {
        if (Register512.IsSupported) return ProductEngine<Register512, Vector512<float>>.Pack(b, row, column, depth, columns);
        if (Register256.IsSupported) return ProductEngine<Register256, Vector256<float>>.Pack(b, row, column, depth, columns);
        if (Register128.IsSupported) return ProductEngine<Register128, Vector128<float>>.Pack(b, row, column, depth, columns);
        return ProductEngine<Register1, float>.Pack(b, row, column, depth, columns);
    }

    static void MultiplyAlone(in Product<float> product)
    {
        if (Register512.IsSupported) ProductEngine<Register512, Vector512<float>>.MultiplyAlone(product);
        else if (Register256.IsSupported) ProductEngine<Register256, Vector256<float>>.MultiplyAlone(product);
        else if (Register128.IsSupported) ProductEngine<Register128, Vector128<float>>.MultiplyAlone(product);
        else ProductEngine<Register1, float>.MultiplyAlone(product);
    }

    struct Batch(in Product<float> first, long* a, long* b) : IPart
    {
        readonly Product<float> first = first;
        public int Each, Count;

        public readonly Product<float> Number(int i)
        {
            var product = first;
            product.A += a[i];
            product.B += b[i];
            product.C += i * (nint)first.Rows * first.CRow;
            return product;
        }

        public readonly void Run(int part)
        {
            for (var i = part * Each; i < Math.Min(Count, (part + 1) * Each); i++) MultiplyAlone(Number(i));
        }
    }
}
