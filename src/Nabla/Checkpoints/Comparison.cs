namespace Nabla.Checkpoints;

/// <summary>A checkpoint compared with a model: which tensor goes where, and what does not fit.</summary>
internal sealed class Comparison
{
    private readonly FileNames names;
    private readonly KeyMap map;
    private readonly Dictionary<string, ModelTensor> targets;
    private readonly Dictionary<string, string> found = new(StringComparer.Ordinal);
    private readonly List<Match> matches = [];
    private readonly List<Misfit> misfits = [];

    /// <exception cref="CheckpointException">The map gives two names the same path.</exception>
    public Comparison(FileNames names, KeyMap map, IReadOnlyList<ModelTensor> tensors)
    {
        (this.names, this.map) = (names, map);
        targets = tensors.ToDictionary(tensor => tensor.Path, StringComparer.Ordinal);
        string[] leftover = [.. names.Tensors.Where(pair => !Find(pair.Key, pair.Value)).Select(pair => pair.Key)];
        var unexpected = leftover.Where(name => !found.Values.Any(other => names.AreTied(name, other)));
        string[] missing = [.. tensors.Select(tensor => tensor.Path).Where(path => !found.ContainsKey(path))];
        string[] loaded = [.. matches.Select(match => match.Target.Path)];
        Report = new(names.Path, loaded, missing, [.. unexpected.Order(StringComparer.Ordinal)], misfits);
    }

    /// <summary>The tensors that fit.</summary>
    public IReadOnlyList<Match> Matches => matches;

    /// <summary>What fits and what does not.</summary>
    public LoadReport Report { get; }

    /// <summary>Looks for the tensor of the model that takes this one; false if there is none.</summary>
    private bool Find(string name, StoredTensor stored)
    {
        if (map.PathOf(name) is not { } path) return true;
        if (!targets.TryGetValue(path, out var target)) return false;
        if (!found.TryAdd(path, name))
        {
            if (names.AreTied(name, found[path])) return true;
            throw new CheckpointException(names.Path, name,
                $"the key map gives it the path {path}, as it does {CheckpointException.Quote(found[path])}. Rename or ignore one.");
        }
        var transposed = map.IsTransposed(name);
        if (target.Takes(stored, transposed)) matches.Add(new(target, stored.Name, transposed));
        else misfits.Add(new(path, stored.Name, $"{target.DType}{target.Shape}", Found(stored, transposed)));
        return true;
    }

    private static string Found(StoredTensor stored, bool transposed) =>
        $"{stored.StoredAs}{stored.Shape}{(transposed ? " transposed" : "")}";

    /// <summary>A tensor of the checkpoint that fits one of the model.</summary>
    public sealed record Match(ModelTensor Target, string Name, bool IsTransposed)
    {
        public void Set(Weights weights) => Target.Set(IsTransposed ? weights[Name].Transpose() : weights[Name]);
    }
}
