namespace Nabla.Checkpoints;

public static partial class Checkpoint
{
    /// <summary>Loaders of Hugging Face refuse a file without it.</summary>
    private const string FormatNote = "format";

    /// <summary>Writes all parameters and buffers to a safetensors file, replacing it as a whole or not at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="metadata">Notes, kept in the header. With a map <c>format: pt</c> is added, which Hugging Face's loaders need.</param>
    /// <param name="map">
    /// The map that loads such a file: each tensor gets a name that the map turns into its path (<see cref="KeyMap.NameOf"/>). null: the
    /// path.
    /// </param>
    /// <param name="floats">The type to store floats as, such as <see cref="StoredType.BFloat16"/>; null: as they are.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be written: the old one is untouched. A finite number would become infinite, tied tensors have different values, or
    /// the map has no name for a path.
    /// </exception>
    public static void Save(
        IModule model, string path, IReadOnlyDictionary<string, string>? metadata = null, KeyMap? map = null, StoredType? floats = null)
    {
        var tensors = ModelTensor.Of(Members.Of(model));
        if (map is null) Safetensors.Save(path, tensors.Select(tensor => KeyValuePair.Create(tensor.Path, tensor.Value)), metadata, floats);
        else Safetensors.Save(path, Named(tensors, map, tensor => NameOf(map, tensor, path), path), WithFormat(metadata), floats);
    }

    /// <summary>
    /// Writes all parameters and buffers to a safetensors file as another checkpoint stores them, the one that the model was loaded from:
    /// under its names, in its element types, with its notes. A model that was loaded and not changed gives the same bits in every tensor.
    /// What the other file does not have is named by the map and stored as it is; what the map ignores is left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="like">The other checkpoint, which stays open.</param>
    /// <param name="map">The map that loads it; null: its names are the model's paths.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be written: the old one is untouched. A number is beyond its type, tied tensors have different values, or the map
    /// has no name for a path.
    /// </exception>
    public static void Save(IModule model, string path, Weights like, KeyMap? map = null)
    {
        ArgumentNullException.ThrowIfNull(like);
        map ??= new KeyMap();
        var tensors = ModelTensor.Of(Members.Of(model));
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stored in like.Tensors)
            if (map.PathOf(stored.Name) is { } target) names.TryAdd(target, stored.Name);
        Safetensors.Save(path, Named(tensors, map, tensor => names.GetValueOrDefault(tensor.Path) ?? NameOf(map, tensor, path), path, like),
            WithFormat(like.Metadata), like.Types);
    }

    private static string NameOf(KeyMap map, ModelTensor tensor, string path) =>
        map.NameOf(tensor.Path) ?? throw new CheckpointException(path, tensor.Path,
            "the key map turns no name into this path, so that it cannot be saved under one. Add a rule that does.");

    private static Dictionary<string, string> WithFormat(IReadOnlyDictionary<string, string>? metadata)
    {
        var notes = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        notes.TryAdd(FormatNote, "pt");
        return notes;
    }

    /// <summary>The tensors as they go into the file: named and transposed, those that are tied once.</summary>
    private static Dictionary<string, Tensor> Named(
        IReadOnlyList<ModelTensor> tensors, KeyMap map, Func<ModelTensor, string> nameOf, string path, Weights? like = null)
    {
        var named = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var tensor in tensors)
        {
            var name = nameOf(tensor);
            named.Add(name, map.IsTransposed(name) ? tensor.Value.Transpose() : tensor.Value);
        }
        foreach (var group in map.Tied) Tie(named, group, path, like);
        return named;
    }

    /// <summary>Keeps a tied tensor under the names that the other checkpoint has it under; without one, under the first.</summary>
    private static void Tie(Dictionary<string, Tensor> named, IReadOnlyList<string> group, string path, Weights? like)
    {
        string[] present = [.. group.Where(named.ContainsKey)];
        if (present.Length == 0) return;
        var value = named[present[0]];
        foreach (var name in present)
        {
            if (!TensorBits.Equal(named[name], value))
                throw new CheckpointException(path, name,
                    $"is tied to {CheckpointException.Quote(present[0])}, but has other values. "
                    + "Make them equal, or save with a map that does not tie them.");
            named.Remove(name);
        }
        foreach (var name in group.Where(name => like?.Contains(name) == true).DefaultIfEmpty(group[0])) named.Add(name, value);
    }
}
