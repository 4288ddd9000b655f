namespace Nabla.Backends.Cpu;

/// <summary>Copies tensors of any strides into contiguous ones, converting the element type where asked.</summary>
internal static unsafe class CopyLoops
{
    /// <summary>target := source broadcast to the target's shape. The types are equal.</summary>
    public static void Copy(Tensor source, Tensor target)
    {
        switch (source.DType.Size)
        {
            case 4: Convert<int, int, Same<int>>((int*)source.Address, source, (int*)target.Address, target.Shape); break;
            case 8: Convert<long, long, Same<long>>((long*)source.Address, source, (long*)target.Address, target.Shape); break;
            default: Convert<byte, byte, Same<byte>>(source.Address, source, target.Address, target.Shape); break;
        }
    }

    /// <summary>Zeros, in a contiguous tensor.</summary>
    public static void Clear(Tensor target) =>
        System.Runtime.InteropServices.NativeMemory.Clear(target.Address, (nuint)(target.Length * target.DType.Size));

    /// <summary>Writes a source into a target of any strides and the same shape and type.</summary>
    public static void Put(Tensor source, Tensor target)
    {
        switch (source.DType.Size)
        {
            case 4: Put<int>(source, target); break;
            case 8: Put<long>(source, target); break;
            default: Put<byte>(source, target); break;
        }
    }

    private static void Put<T>(Tensor source, Tensor target) where T : unmanaged
    {
        var run = new PutRun<T>((T*)source.Address, (T*)target.Address);
        Strided.Walk(target.Shape, [source, target], ref run);
    }

    private readonly struct PutRun<T>(T* source, T* target) : IRun where T : unmanaged
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            T* from = source + offsets[0], to = target + offsets[1];
            for (var i = 0L; i < length; i++) to[i * steps[1]] = from[i * steps[0]];
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

    private static void CastFrom<S>(Tensor source, Tensor target) where S : unmanaged, System.Numerics.INumber<S>
    {
        var from = (S*)source.Address;
        switch (target.DType)
        {
            case DType.Float32: Convert<S, float, Number<S, float>>(from, source, target.Pointer<float>(), target.Shape); break;
            case DType.Float64: Convert<S, double, Number<S, double>>(from, source, target.Pointer<double>(), target.Shape); break;
            case DType.Int64: Convert<S, long, Number<S, long>>(from, source, target.Pointer<long>(), target.Shape); break;
            case DType.Int32: Convert<S, int, Number<S, int>>(from, source, target.Pointer<int>(), target.Shape); break;
            default: Convert<S, byte, Truth<S>>(from, source, target.Pointer<byte>(), target.Shape); break;
        }
    }

    private static void Convert<S, T, C>(S* from, Tensor source, T* to, Shape shape) where S : unmanaged where T : unmanaged where C : struct, IConversion<S, T>
    {
        var run = new ConvertRun<S, T, C>(from, to);
        Strided.Walk(shape, [source], ref run);
    }

    private interface IConversion<S, T>
    {
        static abstract T Of(S value);
    }

    private readonly struct Same<T> : IConversion<T, T>
    {
        public static T Of(T value) => value;
    }

    private readonly struct Number<S, T> : IConversion<S, T> where S : System.Numerics.INumber<S> where T : System.Numerics.INumber<T>
    {
        public static T Of(S value) => T.CreateSaturating(value);
    }

    private readonly struct Truth<S> : IConversion<S, byte> where S : System.Numerics.INumber<S>
    {
        public static byte Of(S value) => S.IsZero(value) ? (byte)0 : (byte)1;
    }

    private readonly struct ConvertRun<S, T, C>(S* from, T* to) : IRun where S : unmanaged where T : unmanaged where C : struct, IConversion<S, T>
    {
        public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
        {
            var (source, target, step) = ((nint)(from + offsets[0]), (nint)(to + at), steps[0]);
            if (step == 1 && typeof(C) == typeof(Same<T>)) System.Buffer.MemoryCopy((void*)source, (void*)target, length * sizeof(T), length * sizeof(T));
            else for (var i = 0L; i < length; i++) ((T*)target)[i] = C.Of(((S*)source)[i * step]);
        }
    }
}
