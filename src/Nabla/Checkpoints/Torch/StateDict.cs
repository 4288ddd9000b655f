using System.Globalization;

namespace Nabla.Checkpoints.Torch;

/// <summary>
/// Names the tensors of what torch.save saved: those of a state_dict by their keys, those of dicts and lists within it by a path, such as
/// <c>model.layers.0.weight</c> for <c>{"model": {"layers.0.weight": …}}</c>. Everything else in it is passed over.
/// </summary>
internal sealed class StateDict
{
    private const int MaxDepth = 32;
    private const int MaxVisits = 1 << 20;
    private const int MaxCharacters = 100_000_000;

    private readonly string path;
    private readonly Dictionary<string, TorchTensor> tensors = new(StringComparer.Ordinal);
    private int visits;
    private long characters;

    private StateDict(string path) => this.path = path;

    /// <exception cref="CheckpointException">It is no container, contains itself, gives a name twice, or is too large.</exception>
    public static IReadOnlyDictionary<string, TorchTensor> Of(object? saved, string path)
    {
        if (saved is TorchTensor)
            throw new CheckpointException(path, null,
                "holds a tensor without a name. Save a dict of tensors: torch.save({\"name\": tensor}, …).");
        if (saved is not (PickleDict or PickleList or PickleTuple))
            throw new CheckpointException(path, null, "holds no dict of tensors. Save the state_dict of the model.");
        var dict = new StateDict(path);
        dict.Visit("", saved, 0);
        return dict.tensors;
    }

    private void Visit(string name, object? value, int depth)
    {
        characters += name.Length;
        if (depth > MaxDepth)
            throw new CheckpointException(path, name,
                $"its dicts and lists are nested more than {MaxDepth} deep, or contain themselves. Save the state_dict alone.");
        if (++visits > MaxVisits || characters > MaxCharacters)
            throw new CheckpointException(path, name,
                $"its dicts and lists hold more than {MaxVisits} values, or {MaxCharacters} characters of names. "
                + "Save the state_dict alone.");
        switch (value)
        {
            case TorchTensor tensor:
                if (!tensors.TryAdd(name, tensor))
                    throw new CheckpointException(path, name, "its name occurs twice. Save the state_dict alone.");
                break;
            case PickleDict dict:
                foreach (var (key, item) in dict.Items)
                    if (Key(key) is { } text) Visit(Join(name, text), item, depth + 1);
                break;
            case PickleList list: VisitAll(name, list.Items, depth); break;
            case PickleTuple tuple: VisitAll(name, tuple.Items, depth); break;
        }
    }

    private void VisitAll(string name, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count; i++) Visit(Join(name, i.ToString(CultureInfo.InvariantCulture)), items[i], depth + 1);
    }

    private static string Join(string name, string key) => name.Length == 0 ? key : $"{name}.{key}";

    /// <summary>Keys are names, or numbers as an optimizer has them; values under other keys have no name.</summary>
    private static string? Key(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
