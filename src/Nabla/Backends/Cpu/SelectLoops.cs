using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>Chooses between two tensors, element by element. What the elements mean does not matter, only their size.</summary>
internal static unsafe class SelectLoops
{
    /// <summary>y = condition ? a : b, broadcast to the shape of y, which is contiguous.</summary>
    public static void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        var shape = y.Shape;
        var code = new SelectCode(ElementwiseLoops.Even(condition, shape), ElementwiseLoops.Even(a, shape), ElementwiseLoops.Even(b, shape), y);
        switch (y.DType.Size)
        {
            case 4: LaneChoice.Run(DType.Float32, code, "Where"); break;
            case 8: code.Run<Double1, double>(); break;
            default: code.RunBytes(); break;
        }
    }

    private readonly struct SelectCode(Tensor condition, Tensor a, Tensor b, Tensor y) : ILaneCode
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged =>
            Split(new SelectRun<V, T>(condition.Pointer<byte>(), (T*)a.Address, (T*)b.Address, (T*)y.Address));

        public void RunBytes() => Split(new ByteRun(condition.Pointer<byte>(), a.Address, b.Address, y.Address));

        private void Split<TRun>(TRun run) where TRun : struct, IRun
        {
            Strided.Split(y.Shape, [condition, a, b], ElementwiseLoops.Grain, ref run);
            GC.KeepAlive(condition);
            GC.KeepAlive(a);
            GC.KeepAlive(b);
        }
    }

    private readonly struct SelectRun<V, T>(byte* condition, T* a, T* b, T* y) : IRun where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
            Loop(condition + offsets[0], steps[0], new(a + offsets[1], steps[1]), new(b + offsets[2], steps[2]), y + at, length);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Loop(byte* holds, long step, Operand<V, T> left, Operand<V, T> right, T* target, long length)
        {
            var (i, count) = (0L, V.Count);
            for (; i <= length - count; i += count) V.Store(target + i, V.Select(Mask(holds, step, i, count), left.Load(i), right.Load(i)));
            var rest = (int)(length - i);
            if (rest > 0) V.StorePart(target + i, V.Select(Mask(holds, step, i, rest), left.LoadPart(i, rest), right.LoadPart(i, rest)), rest);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Mask(byte* holds, long step, long i, int count) =>
            step != 0 ? V.LoadMask(holds + i, count) : V.LessThan(V.Zero, *holds != 0 ? V.One : V.Zero);
    }

    private readonly struct ByteRun(byte* condition, byte* a, byte* b, byte* y) : IRun
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            byte* holds = condition + offsets[0], left = a + offsets[1], right = b + offsets[2], target = y + at;
            var (step, stepLeft, stepRight) = (steps[0], steps[1], steps[2]);
            for (var i = 0L; i < length; i++) target[i] = holds[i * step] != 0 ? left[i * stepLeft] : right[i * stepRight];
        }
    }
}
