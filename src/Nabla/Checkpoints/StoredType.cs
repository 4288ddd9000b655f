using System.Numerics;
using System.Numerics.Tensors;

namespace Nabla.Checkpoints;

/// <summary>An element type of the safetensors format.</summary>
/// <param name="Name">As the header spells it.</param>
/// <param name="Bits">Size of one element.</param>
/// <param name="ReadAs">What its tensors become; null where no element type holds all its values.</param>
internal sealed record StoredType(string Name, int Bits, DType? ReadAs)
{
    private const int Part = 1 << 30;

    private static readonly StoredType[] All =
    [
        new("F32", 32, DType.Float32), new("F64", 64, DType.Float64), new("I64", 64, DType.Int64), new("I32", 32, DType.Int32), new("BOOL", 8, DType.Bool),
        new("F16", 16, DType.Float32), new("BF16", 16, DType.Float32),
        new("U8", 8, DType.Int32), new("I8", 8, DType.Int32), new("I16", 16, DType.Int32), new("U16", 16, DType.Int32), new("U32", 32, DType.Int64),
        new("U64", 64, null), new("C64", 64, null),
        new("F8_E5M2", 8, null), new("F8_E4M3", 8, null), new("F8_E8M0", 8, null), new("F8_E4M3FNUZ", 8, null), new("F8_E5M2FNUZ", 8, null),
        new("F6_E2M3", 6, null), new("F6_E3M2", 6, null), new("F4", 4, null),
    ];

    /// <summary>The type of this name; null if the format has none.</summary>
    public static StoredType? Named(string? name) => Array.Find(All, type => type.Name == name);

    /// <summary>The type that stores a tensor's elements as they are.</summary>
    public static StoredType Of(DType dtype) => Array.Find(All, type => type.ReadAs == dtype)!;

    /// <summary>Writes the tensor's elements from their stored form, which need not be aligned.</summary>
    public unsafe void Decode(byte* source, Tensor target)
    {
        switch (Name)
        {
            case "F16": Convert<Half, float>(source, target); break;
            case "BF16": WidenBrainFloats(source, target); break;
            case "U8": Convert<byte, int>(source, target); break;
            case "I8": Convert<sbyte, int>(source, target); break;
            case "I16": Convert<short, int>(source, target); break;
            case "U16": Convert<ushort, int>(source, target); break;
            case "U32": Convert<uint, long>(source, target); break;
            case "BOOL": Truths(source, target); break;
            default: System.Buffer.MemoryCopy(source, target.Pointer<byte>(), target.Length * Bits / 8, target.Length * Bits / 8); break;
        }
        GC.KeepAlive(target);
    }

    private static unsafe void Convert<TFrom, TTo>(byte* source, Tensor target)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        for (var start = 0L; start < target.Length; start += Part)
        {
            var count = (int)Math.Min(Part, target.Length - start);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<TFrom>((TFrom*)source + start, count), new Span<TTo>(target.Pointer<TTo>() + start, count));
        }
    }

    /// <summary>A brain float is the upper half of a float32.</summary>
    private static unsafe void WidenBrainFloats(byte* source, Tensor target)
    {
        var from = (ushort*)source;
        var to = (uint*)target.Pointer<float>();
        for (var i = 0L; i < target.Length; i++) to[i] = (uint)from[i] << 16;
    }

    /// <summary>Any byte but 0 is true: a bool that is neither 0 nor 1 would be equal to neither.</summary>
    private static unsafe void Truths(byte* source, Tensor target)
    {
        var to = target.Pointer<bool>();
        for (var i = 0L; i < target.Length; i++) to[i] = source[i] != 0;
    }
}
