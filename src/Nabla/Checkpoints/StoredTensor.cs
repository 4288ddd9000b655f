namespace Nabla.Checkpoints;

/// <summary>What a safetensors file says about one of its tensors.</summary>
public sealed class StoredTensor
{
    internal StoredTensor(string name, StoredType type, Shape shape, long begin, long end) =>
        (Name, Type, Shape, Begin, End) = (name, type, shape, begin, end);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <summary>The element type in the file, as the format spells it: <c>F32</c>, <c>BF16</c>, <c>I64</c>, …</summary>
    public string StoredAs => Type.Name;

    /// <summary>The element type it is read as: BF16 and F16 become Float32, the short integers Int32, U32 Int64; null if it cannot be read.</summary>
    public DType? DType => Type.ReadAs;

    /// <summary>Bytes in the file.</summary>
    public long Bytes => End - Begin;

    internal StoredType Type { get; }

    /// <summary>Where its bytes begin, from the end of the header.</summary>
    internal long Begin { get; }

    internal long End { get; }

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name} {StoredAs}{Shape}";
}
