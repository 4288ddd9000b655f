using System.Buffers.Binary;
using System.Numerics;

namespace Nabla.Formats.TensorBoard;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), turned right by 15 bits and moved by a constant, so that the checksum of data that holds checksums is no
/// special case.
/// </summary>
internal static class MaskedCrc
{
    public static uint Of(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Crc(data), 15) + 0xA282EAD8;

    /// <summary>CRC-32C without the mask.</summary>
    public static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var one in data) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
