namespace Nabla.Checkpoints;

/// <summary>What a checkpoint says about one of its tensors.</summary>
public sealed class StoredTensor
{
    internal StoredTensor(string name, StoredType type, Shape shape, long begin, long end, long[]? strides = null) =>
        (Name, Type, Shape, Begin, End, Strides) = (name, type, shape, begin, end, strides);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <summary>The element type in the file.</summary>
    public StoredType Type { get; }

    /// <summary>The element type in the file, as safetensors spells it: <c>F32</c>, <c>BF16</c>, <c>I64</c>, …</summary>
    public string StoredAs => Type.Name;

    /// <summary>
    /// The element type it is read as: BF16 and F16 become Float32, the short integers Int32, U32 Int64; null if it cannot be read.
    /// </summary>
    public DType? DType => Type.ReadAs;

    /// <summary>Bytes in the file.</summary>
    public long Bytes => End - Begin;

    /// <summary>Where its first byte is, from the start of the data.</summary>
    internal long Begin { get; }

    internal long End { get; }

    /// <summary>The distance between neighbours along each axis, in elements; null: row-major.</summary>
    internal long[]? Strides { get; }

    /// <summary>A tensor for its numbers, not set yet.</summary>
    /// <exception cref="CheckpointException">Its element type has no counterpart here.</exception>
    internal Tensor NewTensor(string path) => Tensor.Empty(Shape, DType
        ?? throw new CheckpointException(path, Name, $"its element type {StoredAs} cannot be read. Save it as F32, F16 or BF16 first."));

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name} {StoredAs}{Shape}";
}
