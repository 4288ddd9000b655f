namespace Nabla.Checkpoints;

/// <summary>Saves a model's parameters and buffers under their paths, and loads them: <c>Checkpoint.Save(model, "model.safetensors")</c>.</summary>
public static class Checkpoint
{
    /// <summary>Writes all parameters and buffers to a safetensors file, replacing it as a whole or not at all.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="metadata">Notes, kept in the header.</param>
    /// <exception cref="CheckpointException">The file cannot be written: the old one is untouched.</exception>
    public static void Save(IModule model, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var members = Members.Of(model);
        Safetensors.Save(path,
        [
            .. members.Parameters.Select(member => KeyValuePair.Create(member.Path, member.Parameter.Value)),
            .. members.Buffers.Select(member => KeyValuePair.Create(member.Path, member.Buffer.Value)),
        ], metadata);
    }

    /// <summary>
    /// Sets the model's parameters and buffers from a safetensors file. Strict: everything must fit, else nothing is changed. Not strict: what fits is
    /// loaded, the rest keeps its value. Numbers become the type of their place: Float64 in a module that was moved to it. Parameters that are loaded before their first use are never initialised.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="map">From the file's names to the model's paths; null: they are the same.</param>
    /// <param name="strict">Whether a missing, unexpected or misshapen name is an error.</param>
    /// <returns>What was loaded and what did not fit.</returns>
    /// <exception cref="CheckpointException">The file is damaged; or strict and something does not fit: the message lists it.</exception>
    public static LoadReport Load(IModule model, string path, KeyMap? map = null, bool strict = true)
    {
        using var file = Safetensors.Open(path);
        return Load(model, file, map, strict);
    }

    /// <inheritdoc cref="Load(IModule, string, KeyMap?, bool)"/>
    /// <param name="model">The model.</param>
    /// <param name="file">The file, which stays open.</param>
    /// <param name="map">From the file's names to the model's paths; null: they are the same.</param>
    /// <param name="strict">Whether a missing, unexpected or misshapen name is an error.</param>
    public static LoadReport Load(IModule model, Safetensors file, KeyMap? map = null, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(file);
        var places = Places(Members.Of(model));
        var (report, matches) = Compare(places, file, map ?? new KeyMap());
        if (strict && !report.IsComplete) throw new CheckpointException(report);
        foreach (var match in matches) match.Place.Set(match.IsTransposed ? file[match.Stored.Name].Transpose() : file[match.Stored.Name]);
        return report;
    }

    /// <summary>Where a tensor of the model goes.</summary>
    private sealed record Place(string Path, Shape Shape, DType DType, Action<Tensor> Set)
    {
        /// <summary>Floats go into floats and integers into integers: anything else is a mix-up of names.</summary>
        public bool Takes(StoredTensor stored, bool transposed) =>
            (transposed ? stored.Shape.Rank == 2 && Shape == [stored.Shape[1], stored.Shape[0]] : Shape == stored.Shape)
            && stored.DType is { } dtype && Kind(dtype) == Kind(DType);

        private static int Kind(DType dtype) => dtype.IsFloat ? 0 : dtype == DType.Bool ? 1 : 2;
    }

    private sealed record Match(Place Place, StoredTensor Stored, bool IsTransposed);

    private static List<Place> Places(Members members) =>
    [
        .. members.Parameters.Select(member => new Place(member.Path, member.Parameter.Shape, member.Parameter.DType, member.Parameter.Set)),
        .. members.Buffers.Select(member => new Place(member.Path, member.Buffer.Value.Shape, member.Buffer.Value.DType,
            values => member.Buffer.Set(values.To(member.Buffer.Value.DType).Contiguous()))),
    ];

    private static (LoadReport Report, List<Match> Matches) Compare(List<Place> places, Safetensors file, KeyMap map)
    {
        var byPath = places.ToDictionary(place => place.Path, StringComparer.Ordinal);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var (matches, unexpected, misfits) = (new List<Match>(), new List<string>(), new List<Misfit>());
        foreach (var stored in file.Tensors)
        {
            if (map.PathOf(stored.Name) is not { } path) continue;
            if (!byPath.TryGetValue(path, out var place))
            {
                unexpected.Add(stored.Name);
                continue;
            }
            if (!found.TryAdd(path, stored.Name))
                throw new CheckpointException(file.Path, stored.Name, $"the key map gives it the path {path}, as it does {CheckpointException.Quote(found[path])}. Rename or ignore one of them.");
            var transposed = map.IsTransposed(stored.Name);
            if (place.Takes(stored, transposed)) matches.Add(new(place, stored, transposed));
            else misfits.Add(new(path, stored.Name, $"{place.DType}{place.Shape}", $"{stored.StoredAs}{stored.Shape}{(transposed ? " transposed" : "")}"));
        }
        string[] missing = [.. places.Select(place => place.Path).Where(path => !found.ContainsKey(path))];
        unexpected.Sort(StringComparer.Ordinal);
        return (new(file.Path, [.. matches.Select(match => match.Place.Path)], missing, unexpected, misfits), matches);
    }
}
