namespace Nabla.Checkpoints;

/// <summary>An element type of a checkpoint file.</summary>
public sealed partial class StoredType
{
    private StoredType(string name, int bits, DType? readAs) => (Name, Bits, ReadAs) = (name, bits, readAs);

    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    public static StoredType Float32 { get; } = new("F32", 32, DType.Float32);

    /// <summary>IEEE 754 double precision, 8 bytes.</summary>
    public static StoredType Float64 { get; } = new("F64", 64, DType.Float64);

    /// <summary>IEEE 754 half precision, 2 bytes: 11 significant bits, magnitudes up to 65504.</summary>
    public static StoredType Float16 { get; } = new("F16", 16, DType.Float32);

    /// <summary>The upper half of a Float32, 2 bytes: 8 significant bits, magnitudes up to 3.39e38.</summary>
    public static StoredType BFloat16 { get; } = new("BF16", 16, DType.Float32);

    /// <summary>Signed integers of 8 bytes.</summary>
    public static StoredType Int64 { get; } = new("I64", 64, DType.Int64);

    /// <summary>Signed integers of 4 bytes.</summary>
    public static StoredType Int32 { get; } = new("I32", 32, DType.Int32);

    /// <summary>Signed integers of 2 bytes.</summary>
    public static StoredType Int16 { get; } = new("I16", 16, DType.Int32);

    /// <summary>Signed integers of 1 byte.</summary>
    public static StoredType Int8 { get; } = new("I8", 8, DType.Int32);

    /// <summary>Unsigned integers of 4 bytes.</summary>
    public static StoredType UInt32 { get; } = new("U32", 32, DType.Int64);

    /// <summary>Unsigned integers of 2 bytes.</summary>
    public static StoredType UInt16 { get; } = new("U16", 16, DType.Int32);

    /// <summary>Unsigned integers of 1 byte.</summary>
    public static StoredType UInt8 { get; } = new("U8", 8, DType.Int32);

    /// <summary>True or false, 1 byte.</summary>
    public static StoredType Bool { get; } = new("BOOL", 8, DType.Bool);

    /// <summary>In the order in which the format's own writer lays out the tensors, the last first.</summary>
    private static readonly StoredType[] All =
    [
        Bool, new("F4", 4, null), new("F6_E2M3", 6, null), new("F6_E3M2", 6, null), UInt8, Int8, new("F8_E5M2", 8, null),
        new("F8_E4M3", 8, null), new("F8_E8M0", 8, null), new("F8_E4M3FNUZ", 8, null), new("F8_E5M2FNUZ", 8, null), Int16, UInt16, Float16,
        BFloat16, Int32, UInt32, Float32, new("C64", 64, null), Float64, Int64, new("U64", 64, null),
    ];

    /// <summary>As safetensors spells it: <c>F32</c>, <c>BF16</c>, <c>I64</c>, …</summary>
    public string Name { get; }

    /// <summary>Size of one element in bits.</summary>
    public int Bits { get; }

    /// <summary>The element type that its tensors are read as; null where none holds all its values.</summary>
    public DType? ReadAs { get; }

    /// <summary>Its position in the format's order of types; tensors of a higher one come first.</summary>
    internal int Rank => Array.IndexOf(All, this);

    /// <summary>The type of this name; null if the format has none.</summary>
    internal static StoredType? Named(string? name) => Array.Find(All, type => type.Name == name);

    /// <summary>The type that stores a tensor's elements as they are.</summary>
    internal static StoredType Of(DType dtype) => dtype switch
    {
        DType.Float32 => Float32,
        DType.Float64 => Float64,
        DType.Int64 => Int64,
        DType.Int32 => Int32,
        _ => Bool,
    };

    /// <summary>Whether tensors of this element type can be stored as this: floats as floats, integers as integers.</summary>
    internal bool Stores(DType dtype) => ReadAs switch
    {
        null => false,
        DType.Bool => dtype == DType.Bool,
        { } own when own.IsFloat => dtype.IsFloat,
        _ => dtype is DType.Int64 or DType.Int32,
    };

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
