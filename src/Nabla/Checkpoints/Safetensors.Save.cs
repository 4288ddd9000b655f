using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Checkpoints;

public sealed unsafe partial class Safetensors
{
    /// <summary>How much is converted at a time.</summary>
    private const int ConvertedBytes = 8 << 20;
    private const int WrittenBytes = 1 << 30;

    /// <summary>
    /// Writes tensors to a file, replacing it as a whole: a crash or a full disk leaves the old file as it was. The same tensors and notes
    /// give the same bytes, in the order of Hugging Face's own writer: by type, the widest first, so that all elements are aligned, and by
    /// name.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Notes, kept in the header.</param>
    /// <param name="floats">
    /// The type that tensors of Float32 and Float64 are stored as, rounded to nearest, ties to even: <see cref="StoredType.Float16"/>,
    /// <see cref="StoredType.BFloat16"/>, …; null stores them as they are. Integers and bools are always stored as they are.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice, is <c>__metadata__</c>, or is not valid Unicode; or <paramref name="floats"/> is no type of floats.
    /// </exception>
    /// <exception cref="CheckpointException">The file cannot be written, or a finite number would become infinite.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null,
        StoredType? floats = null)
    {
        if (floats is not null && !floats.Stores(DType.Float32))
            throw new ArgumentException(
                $"Safetensors.Save: floats cannot be stored as {floats}; F32, F64, F16 and BF16 can store them.", nameof(floats));
        Write(path, tensors, metadata, (_, tensor) => tensor.DType.IsFloat ? floats : null);
    }

    /// <inheritdoc cref="Save(string, IEnumerable{KeyValuePair{string, Tensor}}, IReadOnlyDictionary{string, string}?, StoredType?)"/>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Notes, kept in the header.</param>
    /// <param name="types">
    /// The type that each tensor is stored as, by name, such as <see cref="Weights.Types"/> of another file; one that is not listed is
    /// stored as it is.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice, is <c>__metadata__</c>, or is not valid Unicode; or a type does not suit its tensor.
    /// </exception>
    /// <exception cref="CheckpointException">
    /// The file cannot be written, or a number is beyond its type: a finite float would become infinite, or an integer is out of range.
    /// </exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata,
        IReadOnlyDictionary<string, StoredType> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        Write(path, tensors, metadata, (name, _) => types.GetValueOrDefault(name));
    }

    private static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata,
        Func<string, Tensor, StoredType?> typeOf)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var outputs = tensors
            .Select(pair => new Output(pair.Key, pair.Value, typeOf(pair.Key, pair.Value) ?? StoredType.Of(pair.Value.DType)))
            .OrderByDescending(output => output.Type.Rank).ThenBy(output => output.Name, StringComparer.Ordinal).ToArray();
        CheckNames(outputs);
        var start = HeaderOf(outputs, metadata, path);
        AtomicFile.Write(path, start.Length + outputs.Sum(output => output.Bytes), handle =>
        {
            RandomAccess.Write(handle, start, 0);
            var at = (long)start.Length;
            foreach (var output in outputs) at = WriteData(handle, output, at, path);
        });
    }

    private static void CheckNames(Output[] outputs)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor, type) in outputs)
        {
            if (!seen.Add(name)) throw new ArgumentException($"Safetensors.Save: two tensors are named '{name}'; names must differ.");
            if (name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"Safetensors.Save: '{name}' names the notes, not a tensor; pass them as metadata.");
            if (!type.Stores(tensor.DType))
                throw new ArgumentException($"Safetensors.Save: '{name}' holds {tensor.DType}, which cannot be stored as {type}.");
            CheckUnicode(name);
        }
    }

    /// <summary>A lone surrogate would be written as another character, and read back as another name.</summary>
    private static void CheckUnicode(string text)
    {
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                throw new ArgumentException(
                    $"Safetensors.Save: {CheckpointException.Quote(text)} is not valid Unicode: it has half of a surrogate pair.");
            rest = rest[length..];
        }
    }

    private static long WriteData(SafeFileHandle handle, Output output, long at, string path)
    {
        var source = output.Tensor.Contiguous();
        if (output.Type == StoredType.Of(source.DType))
        {
            for (var done = 0L; done < output.Bytes; done += WrittenBytes)
            {
                var length = (int)Math.Min(WrittenBytes, output.Bytes - done);
                RandomAccess.Write(handle, new ReadOnlySpan<byte>(source.Address + done, length), at + done);
            }
            GC.KeepAlive(source);
        }
        else
        {
            WriteConverted(handle, output with { Tensor = source }, at, path);
        }
        return at + output.Bytes;
    }

    private static void WriteConverted(SafeFileHandle handle, Output output, long at, string path)
    {
        var size = output.Type.Bits / 8;
        var buffer = new byte[Math.Min(ConvertedBytes, output.Bytes)];
        fixed (byte* start = buffer)
        {
            for (long done = 0, count; done < output.Tensor.Length; done += count)
            {
                count = Math.Min(buffer.Length / size, output.Tensor.Length - done);
                if (!output.Type.Encode(output.Tensor, done, count, start)) throw Overflow(output, done, start, path);
                RandomAccess.Write(handle, buffer.AsSpan(0, (int)count * size), at + (done * size));
            }
        }
    }

    /// <summary>Names the first element that does not fit.</summary>
    private static CheckpointException Overflow(Output output, long at, byte* scratch, string path)
    {
        while (output.Type.Encode(output.Tensor, at, 1, scratch)) at++;
        var value = output.Tensor.View([], [], output.Tensor.Offset + at).Item();
        return new(path, output.Name,
            $"its element {at}, {value:R}, is out of the range of {output.Type}. Store it as a wider type; nothing was written.");
    }

    /// <summary>A tensor to be written.</summary>
    private sealed record Output(string Name, Tensor Tensor, StoredType Type)
    {
        public long Bytes => Tensor.Length * Type.Bits / 8;
    }
}
