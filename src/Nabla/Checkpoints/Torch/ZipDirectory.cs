using System.Text;

namespace Nabla.Checkpoints.Torch;

/// <summary>A file within a zip archive: where its header and its bytes are, and how they are compressed.</summary>
internal readonly record struct ZipEntry(string Name, long Header, long Start, long Length, ushort Method);

/// <summary>
/// The files of a zip archive (PKWARE's APPNOTE.TXT 6.3, zip64 included) that torch.save wrote: all are stored as they are, one after
/// another. Checksums are not compared: torch can be told to write none (torch.serialization.set_crc32_options).
/// </summary>
internal readonly ref struct ZipDirectory
{
    private const int EndLength = 22, LocatorLength = 20, End64Length = 56, CentralLength = 46, LocalLength = 30;
    private const uint EndSignature = 0x06054B50, LocatorSignature = 0x07064B50, End64Signature = 0x06064B50;
    private const uint CentralSignature = 0x02014B50, LocalSignature = 0x04034B50;
    private const ushort Zip64Field = 1;
    private const int Encrypted = (1 << 0) | (1 << 6) | (1 << 13);
    private const int MaxEntries = 1 << 20;

    private readonly FileBytes file;
    private readonly string path;

    private ZipDirectory(FileBytes file, string path)
    {
        this.file = file;
        this.path = path;
    }

    /// <exception cref="CheckpointException">
    /// The archive is damaged, or holds what torch.save does not write: encrypted, overlapping or equally named files.
    /// </exception>
    public static IReadOnlyDictionary<string, ZipEntry> Read(FileBytes file, string path) => new ZipDirectory(file, path).Entries();

    /// <exception cref="CheckpointException">An entry is compressed.</exception>
    public static void CheckStored(IEnumerable<ZipEntry> entries, string path)
    {
        foreach (var entry in entries)
            if (entry.Method != 0) throw Refused(path, entry.Name, $"is compressed (method {entry.Method})");
    }

    private Dictionary<string, ZipEntry> Entries()
    {
        var (at, size, count) = Central(EndRecord());
        if (size > (ulong)file.Length || at > (ulong)file.Length - size)
            throw file.Fail($"has a zip directory of {size} bytes at {at}, beyond its {file.Length} bytes.");
        if (count > MaxEntries || count > size / CentralLength)
            throw file.Fail($"has a zip directory of {size} bytes that claims {count} entries.");
        var entries = new Dictionary<string, ZipEntry>((int)count, StringComparer.Ordinal);
        var position = (long)at;
        for (var i = 0; i < (int)count; i++)
        {
            var entry = Entry(ref position, (long)at);
            if (!entries.TryAdd(entry.Name, entry)) throw file.Fail($"has two zip entries named {CheckpointException.Quote(entry.Name)}.");
        }
        if (position != (long)(at + size))
            throw file.Fail($"has a zip directory of {size} bytes, of which its entries take {position - (long)at}.");
        CheckOverlap(entries.Values);
        return entries;
    }

    /// <summary>The end record, which a comment may follow.</summary>
    private long EndRecord()
    {
        for (var at = file.Length - EndLength; at >= Math.Max(0, file.Length - EndLength - ushort.MaxValue); at--)
            if (file.UInt32(at) == EndSignature && at + EndLength + file.UInt16(at + 20) == file.Length) return at;
        throw file.Fail("begins as a zip archive, but has no zip directory at its end.");
    }

    private (ulong At, ulong Size, ulong Count) Central(long end)
    {
        if (file.UInt16(end + 4) != 0 || file.UInt16(end + 6) != 0 || file.UInt16(end + 8) != file.UInt16(end + 10))
            throw file.Fail("is one of several parts of a zip archive.");
        (ulong At, ulong Size, ulong Count) central = (file.UInt32(end + 16), file.UInt32(end + 12), file.UInt16(end + 10));
        var locator = end - LocatorLength;
        if (locator < 0 || file.UInt32(locator) != LocatorSignature)
            return central is { At: < uint.MaxValue, Size: < uint.MaxValue, Count: < ushort.MaxValue } ? central
                : throw file.Fail("lacks the zip64 directory that it refers to.");
        var end64 = file.UInt64(locator + 8);
        if (end64 > (ulong)Math.Max(0, locator - End64Length) || file.UInt32((long)end64) != End64Signature)
            throw file.Fail("refers to a zip64 directory that is not there.");
        (ulong At, ulong Size, ulong Count) wide =
            (file.UInt64((long)end64 + 48), file.UInt64((long)end64 + 40), file.UInt64((long)end64 + 32));
        return (central.At == uint.MaxValue || central.At == wide.At) && (central.Size == uint.MaxValue || central.Size == wide.Size)
            && (central.Count == ushort.MaxValue || central.Count == wide.Count) ? wide
            : throw file.Fail("has a zip and a zip64 directory that contradict each other.");
    }

    private ZipEntry Entry(ref long position, long directory)
    {
        if (file.UInt32(position) != CentralSignature) throw file.Fail($"has no zip directory entry at {position}, where one is due.");
        int nameLength = file.UInt16(position + 28), extraLength = file.UInt16(position + 30), commentLength = file.UInt16(position + 32);
        var name = Name(file.At(position + CentralLength, nameLength));
        var flags = file.UInt16(position + 8);
        var method = file.UInt16(position + 10);
        if ((flags & Encrypted) != 0) throw Refused(name, "is encrypted");
        var (packed, length, header) = Sizes(position, file.At(position + CentralLength + nameLength, extraLength), name);
        if (method == 0 && packed != length) throw Refused(name, $"takes {packed} bytes for a length of {length}");
        position += CentralLength + nameLength + extraLength + commentLength;
        return new(name, header, Data(name, method, header, packed, directory), packed, method);
    }

    /// <summary>The sizes and the position of the local header; those that do not fit into 32 bits are in an extra field.</summary>
    private (long Packed, long Length, long Header) Sizes(long position, ReadOnlySpan<byte> extra, string name)
    {
        ulong packed = file.UInt32(position + 20), length = file.UInt32(position + 24), header = file.UInt32(position + 42);
        var wide = Field(extra, Zip64Field);
        if (length == uint.MaxValue) length = Wide(ref wide, name);
        if (packed == uint.MaxValue) packed = Wide(ref wide, name);
        if (header == uint.MaxValue) header = Wide(ref wide, name);
        var most = (ulong)file.Length;
        return packed <= most && length <= most && header <= most ? ((long)packed, (long)length, (long)header)
            : throw Refused(name, $"claims {length} bytes in a file of {file.Length}");
    }

    private ulong Wide(ref ReadOnlySpan<byte> field, string name)
    {
        if (field.Length < 8) throw Refused(name, "lacks its zip64 sizes");
        var value = BitConverter.ToUInt64(field);
        field = field[8..];
        return value;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> extra, ushort id)
    {
        while (extra.Length >= 4)
        {
            int field = BitConverter.ToUInt16(extra), length = BitConverter.ToUInt16(extra[2..]);
            if (length > extra.Length - 4) break;
            if (field == id) return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }
        return [];
    }

    /// <summary>Where the data begins, by the local header, which must agree.</summary>
    private long Data(string name, ushort method, long header, long length, long directory)
    {
        if (header > directory - LocalLength || file.UInt32(header) != LocalSignature) throw Refused(name, $"has no header at {header}");
        if ((file.UInt16(header + 6) & Encrypted) != 0) throw Refused(name, "is encrypted");
        int nameLength = file.UInt16(header + 26), extraLength = file.UInt16(header + 28);
        if (file.UInt16(header + 8) != method || Name(file.At(header + LocalLength, nameLength)) != name)
            throw Refused(name, "has a header that contradicts the directory");
        var start = header + LocalLength + nameLength + extraLength;
        return start <= directory && length <= directory - start ? start
            : throw Refused(name, $"has {length} bytes at {start}, beyond the directory at {directory}");
    }

    private void CheckOverlap(IEnumerable<ZipEntry> entries)
    {
        var end = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Header))
        {
            if (entry.Header < end) throw Refused(entry.Name, "overlaps another");
            end = entry.Start + entry.Length;
        }
    }

    private string Name(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : throw file.Fail("has a zip entry whose name is not valid UTF-8.");

    private CheckpointException Refused(string name, string problem) => Refused(path, name, problem);

    private static CheckpointException Refused(string path, string name, string problem) => new(path, null,
        $"its zip entry {CheckpointException.Quote(name)} {problem}. torch.save stores its entries as they are: "
        + "save the weights again, or download the file again.");
}
