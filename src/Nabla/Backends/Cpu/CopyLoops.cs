using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>Copies tensors of any strides, converting the element type where asked.</summary>
internal static unsafe class CopyLoops
{
    private const int Grain = 64 << 10;

    /// <summary>target := source broadcast to the target's shape. The types are equal; the target is contiguous.</summary>
    public static void Copy(Tensor source, Tensor target)
    {
        switch (source.DType.Size)
        {
            case 4: Copy<float>(source, target); break;
            case 8: Copy<double>(source, target); break;
            default: Copy<byte>(source, target); break;
        }
        GC.KeepAlive(source);
    }

    /// <summary>Zeros, in a contiguous tensor.</summary>
    public static void Clear(Tensor target) => NativeMemory.Clear(target.Address, (nuint)(target.Length * target.DType.Size));

    /// <summary>Writes a source into a target of any strides and the same shape and type.</summary>
    public static void Put(Tensor source, Tensor target)
    {
        switch (source.DType.Size)
        {
            case 4: Put<float>(source, target); break;
            case 8: Put<double>(source, target); break;
            default: Put<byte>(source, target); break;
        }
    }

    /// <summary>target := source converted to the target's type.</summary>
    public static void Cast(Tensor source, Tensor target)
    {
        switch (source.DType)
        {
            case DType.Float32: CastFrom<float>(source, target); break;
            case DType.Float64: CastFrom<double>(source, target); break;
            case DType.Int64: CastFrom<long>(source, target); break;
            case DType.Int32: CastFrom<int>(source, target); break;
            default: CastFrom<byte>(source, target); break;
        }
    }

    private static void Copy<T>(Tensor source, Tensor target) where T : unmanaged
    {
        T* from = (T*)source.Address, to = (T*)target.Address;
        var run = new CopyRun<T>(from, to);
        if (source.IsContiguous && source.Length == target.Length) ThreadTeam.Run(target.Length, Grain, ref run);
        else if (!TransposeLoops.TryCopy(source, from, to, target.Shape)) Strided.Split(target.Shape, [source], Grain, ref run);
    }

    private static void Put<T>(Tensor source, Tensor target) where T : unmanaged
    {
        var run = new PutRun<T>((T*)source.Address, (T*)target.Address);
        Strided.Split(target.Shape, [source, target], Grain, ref run);
    }

    private static void CastFrom<S>(Tensor source, Tensor target) where S : unmanaged, INumber<S>
    {
        var from = (S*)source.Address;
        switch (target.DType)
        {
            case DType.Float32: Convert(new NumberRun<S, float>(from, target.Pointer<float>())); break;
            case DType.Float64: Convert(new NumberRun<S, double>(from, target.Pointer<double>())); break;
            case DType.Int64: Convert(new NumberRun<S, long>(from, target.Pointer<long>())); break;
            case DType.Int32: Convert(new NumberRun<S, int>(from, target.Pointer<int>())); break;
            default: Convert(new TruthRun<S>(from, target.Pointer<byte>())); break;
        }

        void Convert<TRun>(TRun run) where TRun : struct, IRun => Strided.Split(target.Shape, [source], ElementwiseLoops.Grain, ref run);
    }

    /// <summary>Copies a stretch of <paramref name="length"/> elements of which the source's are <paramref name="step"/> apart.</summary>
    private static void Copy<T>(T* from, long step, T* to, long length) where T : unmanaged
    {
        if (step == 1 && length >= 32) System.Buffer.MemoryCopy(from, to, length * sizeof(T), length * sizeof(T));
        else for (var i = 0L; i < length; i++) to[i] = from[i * step];
    }

    private readonly struct CopyRun<T>(T* from, T* to) : IRange, IRun where T : unmanaged
    {
        public void Run(long start, long end) => Copy(from + start, 1, to + start, end - start);

        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
            Copy(from + offsets[0], steps[0], to + at, length);
    }

    private readonly struct PutRun<T>(T* from, T* to) : IRun where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            T* source = from + offsets[0], target = to + offsets[1];
            var (step, stride) = (steps[0], steps[1]);
            if (stride == 1) Copy(source, step, target, length);
            else for (var i = 0L; i < length; i++) target[i * stride] = source[i * step];
        }
    }

    private readonly struct NumberRun<S, T>(S* from, T* to) : IRun where S : unmanaged, INumber<S> where T : unmanaged, INumber<T>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            S* source = from + offsets[0];
            T* target = to + at;
            var step = steps[0];
            if (step == 1 && length <= int.MaxValue) TensorPrimitives.ConvertSaturating(new ReadOnlySpan<S>(source, (int)length), new Span<T>(target, (int)length));
            else for (var i = 0L; i < length; i++) target[i] = T.CreateSaturating(source[i * step]);
        }
    }

    private readonly struct TruthRun<S>(S* from, byte* to) : IRun where S : unmanaged, INumber<S>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            S* source = from + offsets[0];
            var (target, step) = ((nint)(to + at), steps[0]);
            for (var i = 0L; i < length; i++) ((byte*)target)[i] = S.IsZero(source[i * step]) ? (byte)0 : (byte)1;
        }
    }
}
