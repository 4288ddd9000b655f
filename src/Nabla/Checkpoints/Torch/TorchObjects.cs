namespace Nabla.Checkpoints.Torch;

/// <summary>Makes descriptions of storages and tensors from their pickled form.</summary>
internal sealed class TorchObjects
{
    private readonly Dictionary<string, TorchStorage> storages = new(StringComparer.Ordinal);

    /// <summary>All storages, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => storages;

    /// <summary>
    /// The storage of a persistent id: ("storage", class, key, device, number of elements), and in the legacy form a view, which is None.
    /// </summary>
    public TorchStorage Storage(object? id, in PickleInput input)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, string key, string, long count, .. var rest] }
            || type.Kind != PickleGlobalKind.Storage || rest is not ([] or [null]))
            throw input.Fail("has a persistent id that is no storage: (\"storage\", class, key, device, count).");
        if (count < 0) throw input.Fail($"has a storage {CheckpointException.Quote(key)} of {count} elements.");
        var storage = new TorchStorage(key, type.Type, count);
        if (storages.TryAdd(key, storage) || storages[key] == storage) return storages[key];
        throw input.Fail($"has a storage {CheckpointException.Quote(key)} with two types or lengths.");
    }

    /// <summary>The result of one of the functions that may be called.</summary>
    public static object? Call(PickleGlobal function, object?[] arguments, in PickleInput input) => (function.Kind, arguments) switch
    {
        (PickleGlobalKind.OrderedDict, []) => new PickleDict(isOrdered: true),
        (PickleGlobalKind.OrderedDict, [PickleList pairs]) => OrderedDict(pairs, input),
        (PickleGlobalKind.Size, [PickleTuple sizes]) => sizes,
        (PickleGlobalKind.Device, [string] or [string, long or null]) => null,
        (PickleGlobalKind.RebuildTensor, [TorchStorage storage, long offset, PickleTuple sizes, PickleTuple strides]) =>
            Tensor(storage, storage.Type, offset, sizes, strides, input),
        (PickleGlobalKind.RebuildTensorV2,
            [TorchStorage storage, long offset, PickleTuple sizes, PickleTuple strides, bool, _, .. var rest]) when HasNoBits(rest) =>
            Tensor(storage, storage.Type, offset, sizes, strides, input),
        (PickleGlobalKind.RebuildTensorV3,
            [TorchStorage storage, long offset, PickleTuple sizes, PickleTuple strides, bool, _,
                PickleGlobal { Kind: PickleGlobalKind.ElementType } type, .. var rest]) when HasNoBits(rest) =>
            Tensor(storage, type.Type, offset, sizes, strides, input),
        (PickleGlobalKind.RebuildParameter, [TorchTensor tensor, bool, _]) => tensor,
        (PickleGlobalKind.RebuildParameterWithState, [TorchTensor tensor, bool, _, _]) => tensor,
        _ => throw input.Fail($"calls {function.Name} with arguments that it does not take."),
    };

    /// <summary>As Python 2 saved them: a list of pairs.</summary>
    private static PickleDict OrderedDict(PickleList pairs, in PickleInput input)
    {
        var dict = new PickleDict(isOrdered: true);
        foreach (var pair in pairs.Items)
        {
            var (key, value) = pair switch
            {
                PickleTuple { Items: [var first, var second] } => (first, second),
                PickleList { Items: [var first, var second] } => (first, second),
                _ => throw input.Fail("calls collections.OrderedDict with something that is no list of pairs."),
            };
            dict.Set(key, value);
        }
        return dict;
    }

    /// <summary>The marks of a tensor whose numbers are still to be conjugated or negated.</summary>
    private static bool HasNoBits(ReadOnlySpan<object?> rest) => rest is [] or [null] or [PickleDict { Items: [] }];

    private static TorchTensor Tensor(
        TorchStorage storage, StoredType? type, long offset, PickleTuple sizes, PickleTuple strides, in PickleInput input) =>
        type is not null ? new(storage, type, offset, Integers(sizes, input), Integers(strides, input))
        : throw input.Fail("has a tensor of a storage of bytes that does not say its type.");

    private static long[] Integers(PickleTuple tuple, in PickleInput input)
    {
        var numbers = new long[tuple.Items.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = tuple.Items[i] is long number ? number : throw input.Fail("has a size or a stride that is no integer of 64 bits.");
        return numbers;
    }
}
