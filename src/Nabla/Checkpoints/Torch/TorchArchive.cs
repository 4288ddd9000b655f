using System.Text;

namespace Nabla.Checkpoints.Torch;

/// <summary>
/// Where the parts of a file of torch.save are. The zip form of torch 1.6 and later: <c>archive/data.pkl</c>, and each storage in
/// <c>archive/data/KEY</c>. The legacy form: five pickles (a magic number, a version, the layout of the machine, the object, the keys of
/// the storages), then each storage after its length in elements.
/// </summary>
internal sealed class TorchArchive
{
    private const string PickleName = "data.pkl";
    private const long LegacyVersion = 1001;
    private const int MarkBytes = 100;

    /// <summary>0x1950A86A20F9469CFC6C.</summary>
    private static readonly Int128 LegacyMagic = new(0x1950, 0xA86A_20F9_469C_FC6C);

    private readonly Dictionary<string, (long Start, long Bytes)> storages = new(StringComparer.Ordinal);
    private readonly TorchObjects objects = new();
    private readonly string path;

    private TorchArchive(string path) => this.path = path;

    /// <summary>What was saved.</summary>
    public object? Saved { get; private set; }

    /// <exception cref="CheckpointException">The file is damaged, or wants something else than tensors.</exception>
    public static TorchArchive Read(FileBytes file, string path)
    {
        var archive = new TorchArchive(path);
        if (file.UInt16(0) == 0x4B50) archive.ReadZip(file);
        else archive.ReadLegacy(file);
        return archive;
    }

    /// <summary>Where a storage is.</summary>
    public (long Start, long Bytes) Find(TorchStorage storage) => storages[storage.Key];

    private void ReadZip(FileBytes file)
    {
        var entries = ZipDirectory.Read(file, path);
        ZipEntry[] pickles = [.. entries.Values.Where(entry => entry.Name.Split('/') is [PickleName] or [_, PickleName])];
        if (pickles is not [var pickle])
            throw new CheckpointException(path, null,
                $"is a zip archive with {pickles.Length} entries named {PickleName}, not one: not what torch.save writes. Check the path.");
        var folder = pickle.Name[..^PickleName.Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw new CheckpointException(path, null,
                "is a TorchScript archive, which holds a program. Save the state_dict: torch.save(model.state_dict(), …).");
        ZipDirectory.CheckStored(entries.Values, path);
        if (entries.TryGetValue(folder + "byteorder", out var order))
            CheckByteOrder(Encoding.ASCII.GetString(file.At(order.Start, (int)Math.Min(order.Length, MarkBytes))));
        if (pickle.Length > PickleMachine.MaxBytes)
            throw new CheckpointException(path, null,
                $"has a {pickle.Name} of {pickle.Length} bytes, more than the {PickleMachine.MaxBytes} of any list of tensors.");
        Saved = PickleMachine.Read(file.At(pickle.Start, (int)pickle.Length), path, objects, out _);
        foreach (var storage in objects.Storages.Values)
        {
            if (!entries.TryGetValue($"{folder}data/{storage.Key}", out var data))
                throw new CheckpointException(path, null,
                    $"lacks the zip entry {CheckpointException.Quote($"{folder}data/{storage.Key}")} with the numbers of a tensor. "
                    + "Download it again.");
            Add(file, storage, data.Start, data.Length);
        }
    }

    private void CheckByteOrder(string order)
    {
        if (order != "little")
            throw new CheckpointException(path, null,
                $"has the byte order {CheckpointException.Quote(order)}; only little-endian files are read. "
                + "Save it on a little-endian machine.");
    }

    private void ReadLegacy(FileBytes file)
    {
        var position = 0L;
        if (Next(file, ref position) is not Int128 magic || magic != LegacyMagic)
            throw new CheckpointException(path, null,
                "is a pickle, but does not begin with the magic number of torch.save. Check the path.");
        if (Next(file, ref position) is not LegacyVersion)
            throw new CheckpointException(path, null,
                $"is not of version {LegacyVersion} of torch.save's legacy form. Save it with a newer torch.");
        if (Next(file, ref position) is not PickleDict machine || !machine.Items.Contains(new("little_endian", true)))
            throw new CheckpointException(path, null,
                "was not saved on a little-endian machine; only little-endian files are read. Save it on one.");
        Saved = Next(file, ref position);
        if (Next(file, ref position) is not PickleList keys) throw file.Fail("lacks the list of its storages.");
        foreach (var key in keys.Items) position = ReadStorage(file, key, position);
        if (storages.Count < objects.Storages.Count)
            throw file.Fail($"holds {storages.Count} of the {objects.Storages.Count} storages that its tensors need.");
        if (position < file.Length) throw file.Fail($"has {file.Length - position} bytes after its last storage.");
    }

    private object? Next(FileBytes file, ref long position)
    {
        var value = PickleMachine.Read(file.From(position, PickleMachine.MaxBytes), path, objects, out var length);
        position += length;
        return value;
    }

    private long ReadStorage(FileBytes file, object? key, long position)
    {
        if (key is not string name || !objects.Storages.TryGetValue(name, out var storage))
            throw file.Fail("lists a storage that no tensor needs.");
        var count = file.UInt64(position);
        if (count != (ulong)storage.Count)
            throw file.Fail($"has {count} elements in its storage {CheckpointException.Quote(name)}, not {storage.Count}.");
        var bytes = Bytes(file, storage);
        Add(file, storage, position + sizeof(ulong), Math.Min(bytes, file.Length - position - sizeof(ulong)));
        return position + sizeof(ulong) + bytes;
    }

    private void Add(FileBytes file, TorchStorage storage, long start, long bytes)
    {
        if (Bytes(file, storage) != bytes)
            throw file.Fail($"has {bytes} bytes for its storage {CheckpointException.Quote(storage.Key)}, which needs {storage.Count} "
                + $"elements of {storage.Type?.Name ?? "one byte"}.");
        if (!storages.TryAdd(storage.Key, (start, bytes)))
            throw file.Fail($"lists its storage {CheckpointException.Quote(storage.Key)} twice.");
    }

    private static long Bytes(FileBytes file, TorchStorage storage)
    {
        var size = (storage.Type?.Bits ?? 8) / 8;
        return storage.Count <= file.Length / size ? storage.Count * size
            : throw file.Fail($"has {file.Length} bytes, its storage {CheckpointException.Quote(storage.Key)} alone {storage.Count} "
                + $"elements of {size}.");
    }
}
