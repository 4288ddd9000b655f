using System.Buffers.Binary;
using System.Text;

namespace Nabla.Checkpoints.Torch;

/// <summary>Reads the arguments of opcodes. Nothing is read beyond the end.</summary>
internal ref struct PickleInput(ReadOnlySpan<byte> bytes, string path)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const int LongestLine = 1000;

    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>How much was read.</summary>
    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Big-endian, the only number that is.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>A signed integer of any length up to 16 bytes.</summary>
    public object Integer(ulong length)
    {
        if (length > 16) throw Fail($"has an integer of {length} bytes; no number in a checkpoint is longer than 16.");
        var source = Take(length);
        Span<byte> wide = stackalloc byte[16];
        wide.Fill(source.Length > 0 && source[^1] >= 0x80 ? (byte)0xFF : (byte)0);
        source.CopyTo(wide);
        var value = BinaryPrimitives.ReadInt128LittleEndian(wide);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    public string Text(ulong length)
    {
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException error)
        {
            throw Fail("has a string that is not valid UTF-8.", error);
        }
    }

    /// <summary>Up to the next line feed.</summary>
    public string Line()
    {
        var rest = bytes[Position..];
        var length = rest[..Math.Min(rest.Length, LongestLine)].IndexOf((byte)'\n');
        if (length < 0) throw Fail($"has a name that does not end within {LongestLine} bytes.");
        var line = Text((ulong)length);
        Position++;
        return line;
    }

    public void Skip(ulong count) => Take(count);

    /// <summary>Whether so many bytes follow.</summary>
    public readonly bool Has(ulong count) => count <= (ulong)(bytes.Length - Position);

    public readonly CheckpointException Fail(string problem, Exception? cause = null) =>
        new(path, null, $"its pickle, at byte {Position}, {problem} The file is damaged or no checkpoint: download it again.", cause);

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (!Has(count)) throw Fail($"needs {count} more bytes, but only {bytes.Length - Position} follow.");
        var taken = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }
}
