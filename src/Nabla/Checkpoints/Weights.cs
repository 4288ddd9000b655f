namespace Nabla.Checkpoints;

/// <summary>
/// The named tensors of a checkpoint in any format that is read here: <see cref="Safetensors"/>, what torch.save wrote
/// (<c>pytorch_model.bin</c>, of which nothing but tensors is ever constructed), and shards of either. Opening reads the names, types and
/// shapes; a tensor's numbers are read when it is asked for. Any number of threads may read. Dispose of it to close its files; tensors that
/// were read stay valid.
/// </summary>
public abstract class Weights : IDisposable
{
    private const int Examples = 5;

    private readonly Lazy<Dictionary<string, StoredTensor>> byName;

    private protected Weights(string path)
    {
        Path = path;
        byName = new(() => Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal));
    }

    /// <summary>The path of the file; of the index where there are shards.</summary>
    public string Path { get; }

    /// <summary>The notes that its writer left; empty where the format has none.</summary>
    public abstract IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Its tensors in the order of the file.</summary>
    public abstract IReadOnlyList<StoredTensor> Tensors { get; }

    /// <summary>The element type of each tensor in the file, by name: what <c>Safetensors.Save</c> takes to store them so again.</summary>
    public IReadOnlyDictionary<string, StoredType> Types =>
        Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Type, StringComparer.Ordinal);

    /// <summary>Reads one tensor: a copy in memory of its own.</summary>
    /// <exception cref="CheckpointException">
    /// There is no such tensor, its element type has no counterpart here, or the file is damaged.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Tensor this[string name] => Read(Find(name) ?? throw Unknown(name));

    /// <summary>
    /// Opens a checkpoint: a file that safetensors or torch.save wrote, an index of shards (<c>*.index.json</c>), or a folder as Hugging
    /// Face lays it out, in which it takes the first that is there of model.safetensors, model.safetensors.index.json, pytorch_model.bin
    /// and pytorch_model.bin.index.json.
    /// </summary>
    /// <param name="path">The file or the folder. A file's format is recognised by its content.</param>
    /// <exception cref="CheckpointException">There is nothing to open, or it is damaged: the message says what and where.</exception>
    public static Weights Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) path = WeightsFolder.Choose(path);
        return ShardIndex.IsOne(path) ? ShardedWeights.Open(path) : WeightsFormat.Open(path);
    }

    /// <summary>Whether it holds a tensor of this name.</summary>
    public bool Contains(string name) => byName.Value.ContainsKey(name);

    /// <summary>What it says about the tensor of this name; null if there is none.</summary>
    public StoredTensor? Find(string name) => byName.Value.GetValueOrDefault(name);

    /// <summary>Closes its files.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a tensor that it has.</summary>
    private protected abstract Tensor Read(StoredTensor stored);

    private protected abstract void Close();

    private CheckpointException Unknown(string name)
    {
        var examples = string.Join(", ", Tensors.Take(Examples).Select(tensor => CheckpointException.Quote(tensor.Name)));
        return new(Path, name,
            $"there is none of this name; it holds {Tensors.Count}{(Tensors.Count == 0 ? "" : $", such as {examples}")}.");
    }
}
