namespace Nabla.Backends.Cpu;

/// <summary>Chooses between two tensors, element by element.</summary>
internal static unsafe class SelectLoops
{
    public static void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        switch (a.DType.Size)
        {
            case 4: Select<int>(condition, a, b, y); break;
            case 8: Select<long>(condition, a, b, y); break;
            default: Select<byte>(condition, a, b, y); break;
        }
    }

    private static void Select<T>(Tensor condition, Tensor a, Tensor b, Tensor y) where T : unmanaged
    {
        var run = new SelectRun<T>(condition.Pointer<byte>(), (T*)a.Address, (T*)b.Address, (T*)y.Address);
        Strided.Walk(y.Shape, [condition, a, b], ref run);
    }

    private readonly struct SelectRun<T>(byte* condition, T* a, T* b, T* y) : IRun where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var (c, sc, sa, sb) = ((nint)(condition + offsets[0]), steps[0], steps[1], steps[2]);
            T* pa = a + offsets[1], pb = b + offsets[2], to = y + at;
            for (var i = 0L; i < length; i++) to[i] = ((byte*)c)[i * sc] != 0 ? pa[i * sa] : pb[i * sb];
        }
    }
}
