using System.Numerics;
using Nabla.Backends.Cpu;

namespace Nabla.Ops;

internal sealed partial record MatMul : ICpuKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType != DType.Bool;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        switch (output.DType)
        {
            case DType.Float32: Multiply<float>(inputs[0], inputs[1], output); break;
            case DType.Float64: Multiply<double>(inputs[0], inputs[1], output); break;
            case DType.Int64: Multiply<long>(inputs[0], inputs[1], output); break;
            default: Multiply<int>(inputs[0], inputs[1], output); break;
        }
    }

    private static unsafe void Multiply<T>(Tensor a, Tensor b, Tensor c) where T : unmanaged, INumber<T>
    {
        var (m, k, n) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        var batch = c.Shape[..^2];
        var (batchA, batchB) = (a.Matrices(batch), b.Matrices(batch));
        var run = new Products<T>(a.Pointer<T>(), a.Stride(a.Rank - 2), a.Stride(a.Rank - 1), b.Pointer<T>(), b.Stride(b.Rank - 2), b.Stride(b.Rank - 1), c.Pointer<T>(), m, k, n);
        Strided.Walk(batch, [batchA, batchB], ref run);
    }

    private readonly unsafe struct Products<T>(T* a, long aRow, long aColumn, T* b, long bRow, long bColumn, T* c, int m, int k, int n) : IRun where T : unmanaged, INumber<T>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            for (var p = 0L; p < length; p++)
            {
                T* x = a + offsets[0] + (p * steps[0]), w = b + offsets[1] + (p * steps[1]), y = c + ((at + p) * m * n);
                for (var i = 0L; i < m; i++)
                for (var j = 0L; j < n; j++)
                {
                    var sum = T.Zero;
                    for (var q = 0L; q < k; q++) sum += x[(i * aRow) + (q * aColumn)] * w[(q * bRow) + (j * bColumn)];
                    y[(i * n) + j] = sum;
                }
            }
        }
    }
}
