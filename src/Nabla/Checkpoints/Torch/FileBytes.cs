using System.Buffers.Binary;

namespace Nabla.Checkpoints.Torch;

/// <summary>The bytes of a mapped file at positions that the file itself gives, checked.</summary>
internal readonly unsafe ref struct FileBytes(byte* start, long length, string path)
{
    private readonly byte* start = start;

    public long Length => length;

    /// <summary>The bytes from a position on.</summary>
    /// <exception cref="CheckpointException">They are not within the file.</exception>
    public ReadOnlySpan<byte> At(long position, int count) =>
        position >= 0 && position <= length - count ? new(start + position, count)
        : throw Fail($"refers to {count} bytes at {position}, beyond its {length} bytes.");

    /// <summary>At most so many bytes from a position within the file on.</summary>
    public ReadOnlySpan<byte> From(long position, int most) => At(position, (int)Math.Min(most, length - position));

    public ushort UInt16(long position) => BinaryPrimitives.ReadUInt16LittleEndian(At(position, 2));

    public uint UInt32(long position) => BinaryPrimitives.ReadUInt32LittleEndian(At(position, 4));

    public ulong UInt64(long position) => BinaryPrimitives.ReadUInt64LittleEndian(At(position, 8));

    public CheckpointException Fail(string problem) => new(path, null, $"{problem} The file is damaged or cut off: download it again.");
}
