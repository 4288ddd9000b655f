using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Checkpoints;

/// <summary>
/// A file in the safetensors format (https://github.com/huggingface/safetensors): a little-endian 64-bit header length, a JSON header that gives each
/// tensor's type, shape and place, then the data. Opening it maps it into memory and checks the header; a tensor's data is read when it is asked for.
/// Any number of threads may read. Dispose of it to close the file; tensors that were read stay valid.
/// </summary>
public sealed unsafe partial class Safetensors : IDisposable
{
    private const int LengthBytes = 8;

    private readonly SafeFileHandle handle;
    private readonly MemoryMappedFile mapping;
    private readonly MemoryMappedViewAccessor view;
    private readonly long fileBytes;
    private readonly long dataStart;
    private readonly SafetensorsHeader header;
    private readonly Dictionary<string, StoredTensor> byName;

    private Safetensors(string path)
    {
        Path = path;
        RefuseWhatIsNoFile(path);
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            fileBytes = RandomAccess.GetLength(handle);
            if (fileBytes < LengthBytes) throw TooShort(path, fileBytes);
            mapping = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            header = ReadHeader(out dataStart);
            byName = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>The notes that its writer left, from <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Its tensors, in the order of their bytes.</summary>
    public IReadOnlyList<StoredTensor> Tensors => header.Tensors;

    /// <summary>Opens a file. Reads its header, not its tensors.</summary>
    /// <exception cref="CheckpointException">There is no such file, it cannot be opened, or its header is wrong: the message says what.</exception>
    public static Safetensors Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new Safetensors(path);
        }
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, null, $"cannot be opened: {error.Message} Check the path and the permissions.", error);
        }
    }

    /// <summary>Whether it holds a tensor of this name.</summary>
    public bool Contains(string name) => byName.ContainsKey(name);

    /// <summary>Reads one tensor: a copy in memory of its own.</summary>
    /// <exception cref="CheckpointException">There is no such tensor, or its element type has no counterpart here.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Tensor this[string name] =>
        Read(byName.GetValueOrDefault(name) ?? throw new CheckpointException(Path, name, $"there is none of this name; it holds {Tensors.Count}{Examples()}."));

    private Tensor Read(StoredTensor stored)
    {
        if (stored.DType is not { } dtype)
            throw new CheckpointException(Path, stored.Name, $"its element type {stored.StoredAs} cannot be read. Save it as F32, F16 or BF16 first.");
        var result = Tensor.Empty(stored.Shape, dtype);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            // A page of a mapping that the file no longer reaches ends the process when touched.
            if (RandomAccess.GetLength(handle) < fileBytes)
                throw new CheckpointException(Path, stored.Name, $"the file was {fileBytes} bytes long when it was opened and is shorter now. Open it again.");
            stored.Type.Decode(start + view.PointerOffset + dataStart + stored.Begin, result);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
        return result;
    }

    private SafetensorsHeader ReadHeader(out long afterHeader)
    {
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            start += view.PointerOffset;
            var length = SafetensorsHeader.Length(BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, LengthBytes)), fileBytes, Path);
            afterHeader = LengthBytes + length;
            return SafetensorsHeader.Parse(new ReadOnlySpan<byte>(start + LengthBytes, length), fileBytes - afterHeader, Path);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private string Examples() => Tensors.Count == 0 ? "" : ", such as " + string.Join(", ", Tensors.Take(5).Select(tensor => CheckpointException.Quote(tensor.Name)));

    /// <summary>Before opening: opening a pipe would wait for its writer. What is no regular file has length 0.</summary>
    private static void RefuseWhatIsNoFile(string path)
    {
        var file = new FileInfo(AtomicFile.Resolve(path));
        if (Directory.Exists(file.FullName)) throw new CheckpointException(path, null, "is a folder. Name the file in it.");
        if (file.Exists && file.Length < LengthBytes) throw TooShort(path, file.Length);
    }

    private static CheckpointException TooShort(string path, long bytes) =>
        new(path, null, $"has {bytes} bytes: it is cut off, or not a regular file. A safetensors file begins with a header of {LengthBytes} bytes and more. Download or save it again.");

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        view?.Dispose();
        mapping?.Dispose();
        handle.Dispose();
    }
}
