using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nabla.Checkpoints;

public sealed unsafe partial class Safetensors
{
    private const int HeaderAlignment = 8;

    /// <summary>The length and the JSON text, padded with spaces so that the data is aligned.</summary>
    private static byte[] HeaderOf(Output[] outputs, IReadOnlyDictionary<string, string>? metadata, string path)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(writer, metadata);
            var at = 0L;
            foreach (var output in outputs) at = WriteEntry(writer, output, at);
            writer.WriteEndObject();
        }
        var padded = (json.WrittenCount + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;
        if (padded > SafetensorsHeader.MaxBytes)
            throw new CheckpointException(path, null,
                $"cannot be written: a header of {padded} bytes exceeds the format's {SafetensorsHeader.MaxBytes}. "
                + "Split the tensors over several files.");
        var result = new byte[LengthBytes + padded];
        result.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(result, (ulong)padded);
        json.WrittenSpan.CopyTo(result.AsSpan(LengthBytes));
        return result;
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata)
    {
        writer.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, note) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            CheckUnicode(key);
            CheckUnicode(note);
            writer.WriteString(key, note);
        }
        writer.WriteEndObject();
    }

    private static long WriteEntry(Utf8JsonWriter writer, Output output, long begin)
    {
        var end = begin + output.Bytes;
        writer.WriteStartObject(output.Name);
        writer.WriteString("dtype"u8, output.Type.Name);
        writer.WriteStartArray("shape"u8);
        foreach (var dim in output.Tensor.Shape) writer.WriteNumberValue(dim);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets"u8);
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return end;
    }
}
