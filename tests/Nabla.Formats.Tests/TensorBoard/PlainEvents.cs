using System.Buffers.Binary;
using System.Text;

namespace Nabla.Formats.Tests.TensorBoard;

/// <summary>One point of a curve, as read.</summary>
sealed record Point(string Tag, long Step, float Value, double Time);

/// <summary>
/// Reads event files by the format's own description, bit by bit, sharing nothing with the writer: the record framing, CRC-32C by its polynomial, and the wire
/// format of protocol buffers.
/// </summary>
static class PlainEvents
{
    /// <summary>The version of the first record and the points of the others.</summary>
    public static (string Version, List<Point> Points) Read(byte[] file)
    {
        var (version, points, at) = ("", new List<Point>(), 0);
        while (at < file.Length)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file.AsSpan(at + 12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            at += 12 + length + 4;
            var fields = Fields(data);
            var time = BitConverter.UInt64BitsToDouble(fields.Single(field => field.Number == 1).Bits);
            if (fields.Any(field => field.Number == 3)) version = Encoding.UTF8.GetString(fields.Single(field => field.Number == 3).Bytes);
            foreach (var summary in fields.Where(field => field.Number == 5))
                foreach (var value in Fields(summary.Bytes).Where(field => field.Number == 1))
                {
                    var parts = Fields(value.Bytes);
                    points.Add(new(Encoding.UTF8.GetString(parts.Single(part => part.Number == 1).Bytes), (long)fields.SingleOrDefault(field => field.Number == 2).Bits,
                        BitConverter.UInt32BitsToSingle((uint)parts.Single(part => part.Number == 2).Bits), time));
                }
        }
        return (version, points);
    }

    /// <summary>The reversed polynomial 0x82F63B78, bit by bit.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (uint)-(int)(crc & 1));
        }
        return crc ^ 0xFFFFFFFFu;
    }

    static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc(data);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }

    static List<(int Number, ulong Bits, byte[] Bytes)> Fields(ReadOnlySpan<byte> message)
    {
        var (fields, at) = (new List<(int, ulong, byte[])>(), 0);
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            var (bits, bytes) = (0UL, Array.Empty<byte>());
            switch (key & 7)
            {
                case 0:
                    bits = Varint(message, ref at);
                    break;
                case 1:
                    bits = BinaryPrimitives.ReadUInt64LittleEndian(message[at..]);
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    bytes = message.Slice(at, length).ToArray();
                    at += length;
                    break;
                case 5:
                    bits = BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
                    at += 4;
                    break;
                default:
                    Assert.Fail($"wire type {key & 7}");
                    break;
            }
            fields.Add(((int)(key >> 3), bits, bytes));
        }
        return fields;
    }

    static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        var (value, shift) = (0UL, 0);
        for (; message[at] >= 0x80; shift += 7) value |= (ulong)(message[at++] & 0x7F) << shift;
        return value | ((ulong)message[at++] << shift);
    }
}
