namespace Nabla.Checkpoints;

/// <summary>A checkpoint compared with a model: which tensor goes where, and what does not fit.</summary>
internal sealed class Comparison
{
    private readonly FileNames names;
    private readonly KeyMap map;
    private readonly Dictionary<string, ModelTensor> places;
    private readonly Dictionary<string, string> found = new(StringComparer.Ordinal);
    private readonly List<Match> matches = [];
    private readonly List<Misfit> misfits = [];

    /// <exception cref="CheckpointException">The map gives two names the same path.</exception>
    public Comparison(FileNames names, KeyMap map, IReadOnlyList<ModelTensor> tensors)
    {
        (this.names, this.map) = (names, map);
        places = tensors.ToDictionary(tensor => tensor.Path, StringComparer.Ordinal);
        string[] homeless = [.. names.Tensors.Where(pair => !Find(pair.Key, pair.Value)).Select(pair => pair.Key)];
        string[] unexpected = [.. homeless.Where(name => !found.Values.Any(other => names.AreTied(name, other))).Order(StringComparer.Ordinal)];
        string[] missing = [.. tensors.Select(tensor => tensor.Path).Where(path => !found.ContainsKey(path))];
        Report = new(names.Path, [.. matches.Select(match => match.Place.Path)], missing, unexpected, misfits);
    }

    /// <summary>The tensors that fit.</summary>
    public IReadOnlyList<Match> Matches => matches;

    /// <summary>What fits and what does not.</summary>
    public LoadReport Report { get; }

    /// <summary>Looks for the place of a tensor; false if there is none.</summary>
    private bool Find(string name, StoredTensor stored)
    {
        if (map.PathOf(name) is not { } path) return true;
        if (!places.TryGetValue(path, out var place)) return false;
        if (!found.TryAdd(path, name))
        {
            if (names.AreTied(name, found[path])) return true;
            throw new CheckpointException(names.Path, name, $"the key map gives it the path {path}, as it does {CheckpointException.Quote(found[path])}. Rename or ignore one of them.");
        }
        var transposed = map.IsTransposed(name);
        if (place.Takes(stored, transposed)) matches.Add(new(place, stored.Name, transposed));
        else misfits.Add(new(path, stored.Name, $"{place.DType}{place.Shape}", $"{stored.StoredAs}{stored.Shape}{(transposed ? " transposed" : "")}"));
        return true;
    }

    /// <summary>A tensor of the checkpoint that fits a place of the model.</summary>
    public sealed record Match(ModelTensor Place, string Name, bool IsTransposed)
    {
        public void Set(Weights weights) => Place.Set(IsTransposed ? weights[Name].Transpose() : weights[Name]);
    }
}
