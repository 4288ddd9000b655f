using System.Text.Json;

namespace Nabla.Checkpoints;

/// <summary>The index of a checkpoint in shards: the file of each tensor, in <c>weight_map</c>.</summary>
internal static class ShardIndex
{
    private const int MaxBytes = 100_000_000;
    private const string Remedy = "Download the index again.";

    /// <summary>Whether a file is an index, by its name.</summary>
    public static bool IsOne(string path) => path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of the shard's file, by the name of the tensor.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, is no such index, or names a file outside its folder.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var shards = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(ReadText(path), new JsonDocumentOptions { MaxDepth = 16 });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("weight_map", out var map)
                || map.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(path, null, $"has no weight_map, the object that gives the shard of each tensor. {Remedy}");
            foreach (var entry in map.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String)
                    throw new CheckpointException(path, entry.Name,
                        $"is in no shard: its weight_map entry is {entry.Value.ValueKind}, not the name of a file. {Remedy}");
                if (!shards.TryAdd(entry.Name, FileName(path, entry.Name, entry.Value.GetString()!)))
                    throw new CheckpointException(path, entry.Name, $"its name occurs twice in weight_map. {Remedy}");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(path, null, $"is not valid JSON ({error.Message.TrimEnd('.')}). {Remedy}", error);
        }
        return shards;
    }

    private static byte[] ReadText(string path)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > MaxBytes)
            throw new CheckpointException(path, null, $"has {file.Length} bytes; no index of shards is longer than {MaxBytes}. {Remedy}");
        using var lease = file.Acquire();
        unsafe
        {
            return new ReadOnlySpan<byte>(lease.Start, (int)file.Length).ToArray();
        }
    }

    /// <summary>A plain name: an index must not reach outside of its folder.</summary>
    private static string FileName(string path, string tensor, string name) =>
        name is "" or "." or ".." || name.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || name.Any(char.IsControl)
            ? throw new CheckpointException(path, tensor,
                $"its shard {CheckpointException.Quote(name)} is not the plain name of a file beside the index. {Remedy}")
            : name;
}
