using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu;

/// <summary>The matrix product on the best registers of this processor.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Computes a float32 product on the team: the same bits for any number of threads.</summary>
    public static void Multiply(in Product<float> product) => Multiply<NoEpilogue>(product);

    /// <summary>Computes a float32 product and applies <typeparamref name="TEpilogue"/> to every finished row piece.</summary>
    public static void Multiply<TEpilogue>(in Product<float> product, PackedMatrix? packed = null) where TEpilogue : struct, IEpilogue
    {
        if (Register512.IsSupported) ProductEngine<Register512, Vector512<float>>.Multiply<TEpilogue>(product, packed);
        else if (Register256.IsSupported) ProductEngine<Register256, Vector256<float>>.Multiply<TEpilogue>(product, packed);
        else if (Register128.IsSupported) ProductEngine<Register128, Vector128<float>>.Multiply<TEpilogue>(product, packed);
        else ProductEngine<Register1, float>.Multiply<TEpilogue>(product, packed);
    }

    /// <summary>Packs B [depth, columns], element (p, j) at b + p·row + j·column, for products to come.</summary>
    public static PackedMatrix Pack(float* b, nint row, nint column, int depth, int columns)
    {
        if (Register512.IsSupported) return ProductEngine<Register512, Vector512<float>>.Pack(b, row, column, depth, columns);
        if (Register256.IsSupported) return ProductEngine<Register256, Vector256<float>>.Pack(b, row, column, depth, columns);
        if (Register128.IsSupported) return ProductEngine<Register128, Vector128<float>>.Pack(b, row, column, depth, columns);
        return ProductEngine<Register1, float>.Pack(b, row, column, depth, columns);
    }
}
