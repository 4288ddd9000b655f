using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Checkpoints;

public sealed unsafe partial class Safetensors
{
    private const int HeaderAlignment = 8;
    private const int WritePart = 1 << 30;

    /// <summary>
    /// Writes tensors to a file, replacing it as a whole: a crash or a full disk leaves the old file as it was. The same tensors and notes give the same bytes:
    /// the widest elements come first, so that all are aligned, and equally wide ones by name.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Notes, kept in the header.</param>
    /// <exception cref="ArgumentException">A name occurs twice, is <c>__metadata__</c>, or is not valid Unicode.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var sorted = tensors.OrderByDescending(pair => pair.Value.DType.Size).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        CheckNames(sorted);
        var start = HeaderOf(sorted, metadata, path);
        AtomicFile.Write(path, start.Length + sorted.Sum(pair => Bytes(pair.Value)), handle =>
        {
            RandomAccess.Write(handle, start, 0);
            var at = (long)start.Length;
            foreach (var (_, tensor) in sorted) at = WriteData(handle, tensor, at);
        });
    }

    private static long Bytes(Tensor tensor) => tensor.Length * tensor.DType.Size;

    private static void CheckNames(KeyValuePair<string, Tensor>[] tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in tensors)
        {
            if (!seen.Add(name)) throw new ArgumentException($"Safetensors.Save: two tensors are named '{name}'; names must differ.");
            if (name == SafetensorsHeader.MetadataName) throw new ArgumentException($"Safetensors.Save: '{name}' names the notes, not a tensor; pass them as metadata.");
        }
        foreach (var name in seen) CheckUnicode(name);
    }

    /// <summary>A lone surrogate would be written as another character, and read back as another name.</summary>
    private static void CheckUnicode(string text)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                throw new ArgumentException($"Safetensors.Save: {CheckpointException.Quote(text)} is not valid Unicode: it has half of a surrogate pair.");
            rest = rest[length..];
        }
    }

    /// <summary>The length and the JSON text, padded with spaces so that the data is aligned.</summary>
    private static byte[] HeaderOf(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata, string path)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(writer, metadata);
            var at = 0L;
            foreach (var (name, tensor) in tensors) at = WriteEntry(writer, name, tensor, at);
            writer.WriteEndObject();
        }
        var padded = (json.WrittenCount + HeaderAlignment - 1) / HeaderAlignment * HeaderAlignment;
        if (padded > SafetensorsHeader.MaxBytes)
            throw new CheckpointException(path, null, $"cannot be written: a header of {padded} bytes exceeds the format's {SafetensorsHeader.MaxBytes}. Split the tensors over several files.");
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

    private static long WriteEntry(Utf8JsonWriter writer, string name, Tensor tensor, long begin)
    {
        var end = begin + Bytes(tensor);
        writer.WriteStartObject(name);
        writer.WriteString("dtype"u8, StoredType.Of(tensor.DType).Name);
        writer.WriteStartArray("shape"u8);
        foreach (var dim in tensor.Shape) writer.WriteNumberValue(dim);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets"u8);
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return end;
    }

    private static long WriteData(SafeFileHandle handle, Tensor tensor, long at)
    {
        var source = tensor.Contiguous();
        var bytes = Bytes(source);
        for (var done = 0L; done < bytes; done += WritePart)
            RandomAccess.Write(handle, new ReadOnlySpan<byte>(source.Address + done, (int)Math.Min(WritePart, bytes - done)), at + done);
        GC.KeepAlive(source);
        return at + bytes;
    }
}
