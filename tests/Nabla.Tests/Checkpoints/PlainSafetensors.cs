using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Checkpoints;

/// <summary>The format read and written the obvious way, straight from its description, to check the library's reader and writer against.</summary>
static class PlainSafetensors
{
    public static byte[] Write(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    public static (JsonObject Header, byte[] Data) Read(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        return (JsonNode.Parse(file.AsSpan(8, length))!.AsObject(), file[(8 + length)..]);
    }

    /// <summary>The elements as numbers, one by one.</summary>
    public static double[] Numbers(JsonNode entry, byte[] data)
    {
        var (begin, end) = (entry["data_offsets"]![0]!.GetValue<int>(), entry["data_offsets"]![1]!.GetValue<int>());
        var type = entry["dtype"]!.GetValue<string>();
        var size = type switch { "F64" or "I64" => 8, "F32" or "I32" => 4, "BOOL" => 1, _ => throw new JsonException(type) };
        var numbers = new double[(end - begin) / size];
        for (var i = 0; i < numbers.Length; i++)
        {
            var element = data.AsSpan(begin + (i * size), size);
            numbers[i] = type switch
            {
                "F64" => BinaryPrimitives.ReadDoubleLittleEndian(element),
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(element),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(element),
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(element),
                _ => element[0],
            };
        }
        return numbers;
    }

    public static int[] Dims(JsonNode entry) => [.. entry["shape"]!.AsArray().Select(dim => dim!.GetValue<int>())];
}
