namespace Nabla.Checkpoints.Torch;

// Whatever a pickle says, these are all that comes out of it, beside null, bool, long, Int128, double and string.

/// <summary>A tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A list.</summary>
internal sealed class PickleList
{
    private List<object?>? items;

    public IReadOnlyList<object?> Items => items ?? [];

    public void Append(ReadOnlySpan<object?> more) => (items ??= []).AddRange(more);
}

/// <summary>A dict, or an OrderedDict, which may have a state of its own: state_dict() leaves its version numbers there.</summary>
internal sealed class PickleDict(bool isOrdered)
{
    private List<KeyValuePair<object?, object?>>? items;

    public bool IsOrdered => isOrdered;

    /// <summary>In the order in which they were set; a key may be there twice.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Items => items ?? [];

    public void Set(object? key, object? value) => (items ??= []).Add(new(key, value));
}

/// <summary>The name of a class or function that is allowed.</summary>
internal sealed record PickleGlobal(string Name, PickleGlobalKind Kind, StoredType? Type = null);

/// <summary>The bytes that tensors are windows on.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">The type of its elements; null: bytes, whose tensors say their type themselves.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TorchStorage(string Key, StoredType? Type, long Count);

/// <summary>A tensor as the pickle describes it, not checked yet. Offset, sizes and strides count elements.</summary>
internal sealed record TorchTensor(TorchStorage Storage, StoredType Type, long Offset, long[] Sizes, long[] Strides);
