using System.Text.Json;
using System.Text.Unicode;

namespace Nabla.Checkpoints;

/// <summary>
/// The header of a safetensors file, checked: every tensor's bytes lie within the data, they fit its type and shape, they overlap nowhere and leave no hole.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The limit that the format's own reader sets.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Names the notes among the tensors.</summary>
    public const string MetadataName = "__metadata__";

    private const int MaxRank = 64;
    private const string Damaged = "The file is damaged or not a safetensors file: download or save it again.";

    private readonly string path;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<StoredTensor> tensors = [];
    private Dictionary<string, string>? metadata;

    private SafetensorsHeader(string path) => this.path = path;

    /// <summary>The writer's notes.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata ?? [];

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<StoredTensor> Tensors => tensors;

    /// <summary>Length of the JSON text, from the first eight bytes of the file.</summary>
    public static int Length(ulong announced, long fileBytes, string path) =>
        announced > MaxBytes ? throw new CheckpointException(path, null, $"its header claims {announced} bytes, more than the {MaxBytes} that the format allows. {Damaged}")
        : announced > (ulong)(fileBytes - 8) ? throw new CheckpointException(path, null, $"its header claims {announced} bytes, but only {fileBytes - 8} follow. {Damaged}")
        : (int)announced;

    /// <summary>Reads the JSON text of a file that has <paramref name="dataBytes"/> bytes after it.</summary>
    /// <exception cref="CheckpointException">Something in it is wrong.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string path)
    {
        var header = new SafetensorsHeader(path);
        if (!json.StartsWith("{"u8)) throw header.Fail(null, "its header does not begin with '{'.");
        if (!Utf8.IsValid(json)) throw header.Fail(null, "its header is not valid UTF-8.");
        try
        {
            header.Read(json, dataBytes);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw header.Fail(null, $"its header is not valid JSON ({error.Message.TrimEnd('.')}).", error);
        }
        header.CheckLayout(dataBytes);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json, long dataBytes)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw Fail(name, "its name occurs twice.");
            reader.Read();
            if (name == MetadataName) metadata = ReadMetadata(ref reader);
            else tensors.Add(ReadTensor(ref reader, name, dataBytes));
        }
        while (reader.Read()) { } // Throws if something follows the object.
    }

    private Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Fail(null, $"its {MetadataName} is not an object of strings.");
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Fail(null, $"{CheckpointException.Quote(key)} of its {MetadataName} is not a string.");
            if (!notes.TryAdd(key, reader.GetString()!)) throw Fail(null, $"{CheckpointException.Quote(key)} occurs twice in its {MetadataName}.");
        }
        return notes;
    }

    private StoredTensor ReadTensor(ref Utf8JsonReader reader, string name, long dataBytes)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Fail(name, "its entry is not an object.");
        string? type = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            if (field switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false })
                throw Fail(name, $"it has two of '{field}'.");
            reader.Read();
            if (field == "dtype") type = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw Fail(name, "its dtype is not a string.");
            else if (field == "shape") shape = ReadNumbers(ref reader, name, field, MaxRank);
            else if (field == "data_offsets") offsets = ReadNumbers(ref reader, name, field, 2);
            else reader.Skip();
        }
        if (type is null || shape is null || offsets is not [var begin, var end])
            throw Fail(name, "it needs a dtype, a shape and data_offsets [begin, end].");
        if (begin > end || end > dataBytes)
            throw Fail(name, $"its data_offsets [{begin}, {end}] are not within the {dataBytes} bytes of data.");
        var stored = StoredType.Named(type) ?? throw Fail(name, $"its dtype {CheckpointException.Quote(type)} is unknown.");
        return new StoredTensor(name, stored, CheckShape(name, stored, shape, end - begin), begin, end);
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string name, string field, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Fail(name, $"its {field} is not a list.");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Fail(name, $"its {field} holds something that is not a whole number from 0 to 2⁶³ − 1.");
            if (numbers.Count == most) throw Fail(name, $"its {field} has more than {most} numbers.");
            numbers.Add(number);
        }
        return numbers;
    }

    private Shape CheckShape(string name, StoredType type, List<long> dims, long bytes)
    {
        var bits = (Int128)type.Bits;
        foreach (var dim in dims)
        {
            if (dim > int.MaxValue) throw Fail(name, $"its shape has an axis of {dim}, longer than {int.MaxValue}.");
            bits *= dim;
            if (bits > long.MaxValue) throw Fail(name, $"its shape [{string.Join(", ", dims)}] has too many elements for any file.");
        }
        return bits == (Int128)bytes * 8 ? Shape.Create([.. dims.Select(dim => (int)dim)])
            : throw Fail(name, $"{type.Name}[{string.Join(", ", dims)}] takes {(bits + 7) / 8} bytes, its data_offsets hold {bytes}.");
    }

    /// <summary>Sorted by place, each tensor must begin where the one before ends, and the last must end with the file.</summary>
    private void CheckLayout(long dataBytes)
    {
        tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var at = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Begin < at) throw Fail(tensor.Name, $"its bytes {tensor.Begin} to {tensor.End} overlap those of another tensor, which end at {at}.");
            if (tensor.Begin > at) throw Fail(tensor.Name, $"the {tensor.Begin - at} bytes before it belong to no tensor.");
            at = tensor.End;
        }
        if (at != dataBytes) throw Fail(null, $"its last {dataBytes - at} bytes belong to no tensor.");
    }

    private CheckpointException Fail(string? tensor, string problem, Exception? cause = null) => new(path, tensor, $"{problem} {Damaged}", cause);
}
