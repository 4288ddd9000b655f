namespace Nabla.Checkpoints;

/// <summary>A checkpoint whose tensors are spread over several files beside an index.</summary>
internal sealed class ShardedWeights : Weights
{
    private readonly Dictionary<string, Weights> shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Weights> shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<StoredTensor> tensors = [];

    private ShardedWeights(string path) : base(path)
    {
    }

    public override IReadOnlyDictionary<string, string> Metadata => metadata;

    public override IReadOnlyList<StoredTensor> Tensors => tensors;

    /// <exception cref="CheckpointException">The index or a shard is missing or damaged, or they contradict each other.</exception>
    public static new ShardedWeights Open(string path)
    {
        var result = new ShardedWeights(path);
        try
        {
            var index = ShardIndex.Read(path);
            result.OpenShards([.. index.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], index.Count);
            result.Check(index);
            return result;
        }
        catch
        {
            result.Close();
            throw;
        }
    }

    private protected override Tensor Read(StoredTensor stored) => shardOf[stored.Name][stored.Name];

    private protected override void Close()
    {
        foreach (var shard in shards.Values) shard.Dispose();
    }

    private void OpenShards(string[] names, int count)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        string[] missing = [.. names.Where(name => !File.Exists(System.IO.Path.Combine(folder, name)))];
        if (missing.Length > 0)
        {
            throw new CheckpointException(Path, null,
                $"{missing.Length} of its {names.Length} shards are missing in {folder}: "
                + $"{string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? ", …" : "")}. Download them too.");
        }
        tensors.Capacity = count;
        foreach (var name in names)
        {
            var shard = WeightsFormat.Open(System.IO.Path.Combine(folder, name));
            shards.Add(name, shard);
            foreach (var (key, note) in shard.Metadata) metadata.TryAdd(key, note);
        }
    }

    /// <summary>Each tensor must be in the shard that the index names, and each tensor of a shard in the index.</summary>
    private void Check(IReadOnlyDictionary<string, string> index)
    {
        foreach (var (tensor, name) in index)
        {
            if (!shards[name].Contains(tensor))
                throw new CheckpointException(Path, tensor,
                    $"is not in its shard {CheckpointException.Quote(name)}, which holds {shards[name].Tensors.Count} others. "
                    + "Download both again.");
            shardOf.Add(tensor, shards[name]);
        }
        foreach (var (name, shard) in shards)
        {
            foreach (var stored in shard.Tensors)
            {
                if (!index.TryGetValue(stored.Name, out var listed) || listed != name)
                {
                    var entry = listed is null ? "does not list it" : $"lists it in {CheckpointException.Quote(listed)}";
                    throw new CheckpointException(Path, stored.Name,
                        $"is in the shard {CheckpointException.Quote(name)}, but the index {entry}. Download both again.");
                }
                tensors.Add(stored);
            }
        }
    }
}
