namespace Nabla.Checkpoints;

/// <summary>The names that a checkpoint has a tensor for: those in the file, and those tied to one of them.</summary>
internal sealed class FileNames
{
    private readonly Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    private readonly KeyMap map;

    /// <exception cref="CheckpointException">The file has tied names with different values.</exception>
    public FileNames(Weights weights, KeyMap map)
    {
        (Path, this.map) = (weights.Path, map);
        foreach (var stored in weights.Tensors) tensors.Add(stored.Name, stored);
        foreach (var group in map.Tied) Tie(weights, group);
    }

    /// <summary>The path of the checkpoint.</summary>
    public string Path { get; }

    /// <summary>Each name with the tensor that it stands for.</summary>
    public IEnumerable<KeyValuePair<string, StoredTensor>> Tensors => tensors;

    /// <summary>Whether two names are tied, so that the model need not have both.</summary>
    public bool AreTied(string name, string other) => map.Tied.Any(group => group.Contains(name) && group.Contains(other));

    private void Tie(Weights weights, IReadOnlyList<string> group)
    {
        if (group.FirstOrDefault(tensors.ContainsKey) is not { } first) return;
        var (stored, value) = (tensors[first], new Lazy<Tensor>(() => weights[first]));
        foreach (var name in group)
        {
            if (!tensors.TryAdd(name, stored) && name != first && !TensorBits.Equal(weights[name], value.Value))
                throw new CheckpointException(Path, name,
                    $"is tied to {CheckpointException.Quote(first)}, but the file has other values for it. "
                    + "Load it with a map that does not tie them.");
        }
    }
}
