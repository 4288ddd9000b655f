using System.Numerics;
using Nabla.Backends.Cpu;

namespace Nabla.Checkpoints;

public sealed partial class StoredType
{
    /// <summary>Writes a contiguous tensor's elements from their stored form, which need not be aligned.</summary>
    internal unsafe void Decode(byte* source, Tensor target)
    {
        var to = target.Address;
        var n = target.Length;
        switch (Name)
        {
            case "F16": Convert<HalfToSingle, ushort, uint>(source, to, n); break;
            case "BF16": Convert<BrainToSingle, ushort, uint>(source, to, n); break;
            case "U8": Convert<Widen<byte, int>, byte, int>(source, to, n); break;
            case "I8": Convert<Widen<sbyte, int>, sbyte, int>(source, to, n); break;
            case "I16": Convert<Widen<short, int>, short, int>(source, to, n); break;
            case "U16": Convert<Widen<ushort, int>, ushort, int>(source, to, n); break;
            case "U32": Convert<Widen<uint, long>, uint, long>(source, to, n); break;
            case "BOOL": Convert<Truth, byte, byte>(source, to, n); break;
            default: Convert<Same<byte>, byte, byte>(source, to, n * Bits / 8); break;
        }
        GC.KeepAlive(target);
    }

    /// <summary>
    /// Writes <paramref name="count"/> elements of a contiguous tensor from the <paramref name="start"/>-th on in their stored form,
    /// rounded to nearest, ties to even; false if the type cannot hold one of them: a finite number beyond its largest, an integer outside
    /// its range.
    /// </summary>
    internal unsafe bool Encode(Tensor source, long start, long count, byte* target)
    {
        var from = source.Address + (start * source.DType.Size);
        var fits = (source.DType, Name) switch
        {
            (DType.Float32, "F16") => Convert<SingleToHalf, int, ushort>(from, target, count),
            (DType.Float32, "BF16") => Convert<SingleToBrain, int, ushort>(from, target, count),
            (DType.Float32, "F64") => Convert<Widen<float, double>, float, double>(from, target, count),
            (DType.Float64, "F16") => Convert<DoubleTo16<SingleToHalf>, double, ushort>(from, target, count),
            (DType.Float64, "BF16") => Convert<DoubleTo16<SingleToBrain>, double, ushort>(from, target, count),
            (DType.Float64, "F32") => Convert<DoubleToSingle, double, float>(from, target, count),
            (DType.Int64, not "I64") => EncodeIntegers<long>(from, target, count),
            (DType.Int32, not "I32") => EncodeIntegers<int>(from, target, count),
            _ => Convert<Same<byte>, byte, byte>(from, target, count * source.DType.Size),
        };
        GC.KeepAlive(source);
        return fits;
    }

    private unsafe bool EncodeIntegers<T>(byte* from, byte* to, long count) where T : unmanaged, IBinaryInteger<T> => Name switch
    {
        "I64" => Convert<Narrow<T, long>, T, long>(from, to, count),
        "I32" => Convert<Narrow<T, int>, T, int>(from, to, count),
        "I16" => Convert<Narrow<T, short>, T, short>(from, to, count),
        "I8" => Convert<Narrow<T, sbyte>, T, sbyte>(from, to, count),
        "U32" => Convert<Narrow<T, uint>, T, uint>(from, to, count),
        "U16" => Convert<Narrow<T, ushort>, T, ushort>(from, to, count),
        _ => Convert<Narrow<T, byte>, T, byte>(from, to, count),
    };

    private static unsafe bool Convert<C, TFrom, TTo>(byte* from, byte* to, long count)
        where C : struct, IConversion<TFrom, TTo> where TFrom : unmanaged where TTo : unmanaged
    {
        var work = new ConversionWork<C, TFrom, TTo>((TFrom*)from, (TTo*)to);
        ThreadTeam.Run(count, ConversionWork<C, TFrom, TTo>.Grain, ref work);
        return work.Fits;
    }

    private unsafe struct ConversionWork<C, TFrom, TTo>(TFrom* from, TTo* to) : IRange
        where C : struct, IConversion<TFrom, TTo> where TFrom : unmanaged where TTo : unmanaged
    {
        public const long Grain = 256 << 10;

        private bool overflows;

        public readonly bool Fits => !overflows;

        public void Run(long start, long end)
        {
            if (!C.Convert(from + start, to + start, end - start)) overflows = true;
        }
    }
}
