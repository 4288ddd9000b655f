using System.Collections.Frozen;

namespace Nabla.Checkpoints.Torch;

/// <summary>What a global is good for.</summary>
internal enum PickleGlobalKind
{
    /// <summary>A class of storages, in the identity of one.</summary>
    Storage,

    /// <summary>An element type: an argument.</summary>
    ElementType,

    OrderedDict,
    Size,
    Device,
    RebuildTensor,
    RebuildTensorV2,
    RebuildTensorV3,
    RebuildParameter,
    RebuildParameterWithState,
}

/// <summary>The classes and functions that a pickle may name. Naming any other is an error; none is ever looked up by its name.</summary>
internal static class PickleGlobals
{
    private static readonly FrozenDictionary<string, PickleGlobal> Allowed =
        All().ToFrozenDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>The global of this name; null if it is not allowed.</summary>
    public static PickleGlobal? Find(string name) => Allowed.GetValueOrDefault(name);

    private static IEnumerable<PickleGlobal> All() =>
    [
        new("collections.OrderedDict", PickleGlobalKind.OrderedDict),
        new("torch.Size", PickleGlobalKind.Size),
        new("torch.device", PickleGlobalKind.Device),
        new("torch._utils._rebuild_tensor", PickleGlobalKind.RebuildTensor),
        new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.RebuildTensorV2),
        new("torch._utils._rebuild_tensor_v3", PickleGlobalKind.RebuildTensorV3),
        new("torch._utils._rebuild_parameter", PickleGlobalKind.RebuildParameter),
        new("torch._utils._rebuild_parameter_with_state", PickleGlobalKind.RebuildParameterWithState),
        new("torch.UntypedStorage", PickleGlobalKind.Storage),
        new("torch.storage.UntypedStorage", PickleGlobalKind.Storage),
        .. Types("Storage", PickleGlobalKind.Storage, ("Float", "F32"), ("Double", "F64"), ("Half", "F16"), ("BFloat16", "BF16"),
            ("Long", "I64"), ("Int", "I32"), ("Short", "I16"), ("Char", "I8"), ("Byte", "U8"), ("Bool", "BOOL"), ("ComplexFloat", "C64")),
        .. Types("", PickleGlobalKind.ElementType, ("float32", "F32"), ("float64", "F64"), ("float16", "F16"), ("bfloat16", "BF16"),
            ("int64", "I64"), ("int32", "I32"), ("int16", "I16"), ("int8", "I8"), ("uint8", "U8"), ("uint16", "U16"), ("uint32", "U32"),
            ("uint64", "U64"), ("bool", "BOOL"), ("complex64", "C64"), ("float8_e4m3fn", "F8_E4M3"), ("float8_e5m2", "F8_E5M2"),
            ("float8_e4m3fnuz", "F8_E4M3FNUZ"), ("float8_e5m2fnuz", "F8_E5M2FNUZ"), ("float8_e8m0fnu", "F8_E8M0")),
    ];

    private static IEnumerable<PickleGlobal> Types(string suffix, PickleGlobalKind kind, params (string Name, string Type)[] types) =>
        types.Select(type => new PickleGlobal($"torch.{type.Name}{suffix}", kind, StoredType.Named(type.Type)));
}
