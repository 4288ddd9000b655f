using System.Text;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>A file of a zip archive, with what can be said wrongly about it.</summary>
sealed record ZipPart(string Name, byte[] Data)
{
    public ushort Flags { get; init; }
    public ushort Method { get; init; }
    public string LocalName { get; init; } = Name;
    public ushort? LocalMethod { get; init; }
    public ushort LocalFlags { get; init; }
    public uint? Length { get; init; }
    public uint? PackedLength { get; init; }
    public uint? Header { get; init; }
    public byte[] Extra { get; init; } = [];
}

/// <summary>Zip archives written the obvious way, straight from the format's description.</summary>
static class PlainZip
{
    /// <param name="parts">The files.</param>
    /// <param name="end">
    /// Changes the end record of 22 bytes, whose fields begin at: entries 8 and 10, size 12, position 16, comment length 20.
    /// </param>
    /// <param name="zip64">Whether a zip64 end record and its locator are there.</param>
    /// <param name="end64">Changes the zip64 record of 56 bytes and the locator of 20 after it.</param>
    /// <param name="comment">After the end record.</param>
    public static byte[] Write(
        IEnumerable<ZipPart> parts, Action<byte[]>? end = null, bool zip64 = false, Action<byte[]>? end64 = null, string comment = "")
    {
        var (file, central, count) = (new List<byte>(), new List<byte>(), 0);
        foreach (var part in parts)
        {
            var header = part.Header ?? (uint)file.Count;
            var (length, packed) = (part.Length ?? (uint)part.Data.Length, part.PackedLength ?? (uint)part.Data.Length);
            file.AddRange([.. "PK\u0003\u0004"u8, .. Shorts(20, part.LocalFlags, part.LocalMethod ?? part.Method, 0, 0),
                .. Ints(0, packed, length)]);
            file.AddRange([.. Shorts((ushort)Encoding.UTF8.GetByteCount(part.LocalName), 0), .. Encoding.UTF8.GetBytes(part.LocalName),
                .. part.Data]);
            var name = Encoding.UTF8.GetBytes(part.Name);
            central.AddRange([.. "PK\u0001\u0002"u8, .. Shorts(20, 20, part.Flags, part.Method, 0, 0), .. Ints(0, packed, length)]);
            central.AddRange([.. Shorts((ushort)name.Length, (ushort)part.Extra.Length, 0, 0, 0), .. Ints(0, header), .. name,
                .. part.Extra]);
            count++;
        }
        var at = file.Count;
        file.AddRange(central);
        if (zip64)
        {
            byte[] record = [
                .. "PK\u0006\u0006"u8, .. Longs(44), .. Shorts(45, 45), .. Ints(0, 0),
                .. Longs((ulong)count, (ulong)count, (ulong)central.Count, (ulong)at),
                .. "PK\u0006\u0007"u8, .. Ints(0), .. Longs((ulong)file.Count), .. Ints(1)];
            end64?.Invoke(record);
            file.AddRange(record);
        }
        byte[] last = [.. "PK\u0005\u0006"u8, .. Shorts(0, 0, (ushort)count, (ushort)count), .. Ints((uint)central.Count, (uint)at),
            .. Shorts((ushort)comment.Length)];
        end?.Invoke(last);
        return [.. file, .. last, .. Encoding.ASCII.GetBytes(comment)];
    }

    public static byte[] Write(params (string Name, byte[] Data)[] parts) => Write(parts.Select(part => new ZipPart(part.Name, part.Data)));

    public static byte[] Shorts(params ushort[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    public static byte[] Ints(params uint[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    public static byte[] Longs(params ulong[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];
}
