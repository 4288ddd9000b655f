using System.Buffers.Binary;

namespace Nabla.Checkpoints;

/// <summary>
/// A file in the safetensors format (https://github.com/huggingface/safetensors): a little-endian 64-bit header length, a JSON header that
/// gives each tensor's type, shape and place, then the data. Opening it maps it into memory and checks the header; a tensor's data is read
/// when it is asked for.
/// </summary>
public sealed unsafe partial class Safetensors : Weights
{
    private const int LengthBytes = 8;

    private readonly MappedFile file;
    private readonly long dataStart;
    private readonly SafetensorsHeader header;

    /// <summary>Reads the header; the file is this object's if that does not throw.</summary>
    internal Safetensors(MappedFile file) : base(file.Path)
    {
        this.file = file;
        using var lease = file.Acquire();
        var length = SafetensorsHeader.Length(
            BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(lease.Start, LengthBytes)), file.Length, Path);
        dataStart = LengthBytes + length;
        header = SafetensorsHeader.Parse(new ReadOnlySpan<byte>(lease.Start + LengthBytes, length), file.Length - dataStart, Path);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Its tensors, in the order of their bytes.</summary>
    public override IReadOnlyList<StoredTensor> Tensors => header.Tensors;

    /// <summary>Opens a file. Reads its header, not its tensors.</summary>
    /// <exception cref="CheckpointException">
    /// There is no such file, it cannot be opened, or its header is wrong: the message says what.
    /// </exception>
    public static new Safetensors Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new Safetensors(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private protected override Tensor Read(StoredTensor stored)
    {
        var result = stored.NewTensor(Path);
        using var lease = file.Acquire(stored.Name);
        stored.Type.Decode(lease.Start + dataStart + stored.Begin, result);
        return result;
    }

    private protected override void Close() => file.Dispose();
}
