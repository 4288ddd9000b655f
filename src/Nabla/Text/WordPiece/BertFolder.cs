using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>The files of a BERT tokenizer in Hugging Face's layout.</summary>
internal static class BertFolder
{
    private const string VocabularyName = "vocab.txt", ConfigName = "tokenizer_config.json", SpecialName = "special_tokens_map.json",
        AddedName = "added_tokens.json";

    /// <summary>A ModelMaxLength above this is how Hugging Face's library says that there is none.</summary>
    private const double NoLimit = 1e9;

    private static readonly JsonWriterOptions Written = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static BertTokenizer Load(string path)
    {
        var isFolder = Directory.Exists(path);
        var folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var (json, lines) = isFolder ? (Path.Combine(path, TokenizerFile.Name), Path.Combine(path, VocabularyName)) : (path, path);
        if (isFolder && !File.Exists(json) && !File.Exists(lines))
            throw new DataFileException(path, null, $"the folder has neither {TokenizerFile.Name} nor {VocabularyName}.");
        var config = new BertConfig(Object(folder, ConfigName), Object(folder, SpecialName), Object(folder, AddedName));
        var isJson = isFolder ? File.Exists(json) : path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        try
        {
            return isJson ? WithConfig(json, config) : new(Lines(lines), config.Options());
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new DataFileException(isJson ? json : lines, null, $"is no tokenizer that can be read: {error.Message}", error);
        }
    }

    public static void Save(BertTokenizer tokenizer, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(folder, null, $"the folder cannot be made: {error.Message}", error);
        }
        TokenizerFile.Save(tokenizer, Path.Combine(folder, TokenizerFile.Name));
        Write(Path.Combine(folder, VocabularyName),
            System.Text.Encoding.UTF8.GetBytes(string.Concat(VocabularyOf(tokenizer).Select(line => line + "\n"))));
        Write(Path.Combine(folder, ConfigName), Bytes(BertConfig.ConfigOf(tokenizer)));
        Write(Path.Combine(folder, SpecialName), Bytes(BertConfig.SpecialTokensOf(tokenizer)));
    }

    /// <summary>The lines of a vocabulary. A line ends with LF, CR or CRLF, as in Python; empty lines at the end are no tokens.</summary>
    private static List<string> Lines(string path)
    {
        using var reader = new StreamReader(DataFile.OpenText(path));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    /// <summary>The tokens by their ids; an empty line where an id has none.</summary>
    private static IEnumerable<string> VocabularyOf(BertTokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.Model.Vocabulary.Largest + 1).Select(id => tokenizer.Model.Vocabulary.SymbolOf(id) ?? "");

    private static BertTokenizer WithConfig(string path, BertConfig config) => TokenizerFile.Load(path) is BertTokenizer tokenizer
        ? new(new((WordPieceModel)tokenizer.Model, tokenizer.Parts, config.Options(tokenizer.Options)))
        : throw new FormatException("its model is not of the type WordPiece. Read it with TokenizerFile.Load");

    private static JsonObject? Object(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) return null;
        try
        {
            using var stream = DataFile.OpenRead(path);
            return JsonNode.Parse(stream) as JsonObject ?? throw new DataFileException(path, null, "it is JSON, but not an object.");
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, null, $"it is no JSON: {error.Message}", error);
        }
    }

    private static byte[] Bytes(JsonObject json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Written)) json.WriteTo(writer);
        return stream.ToArray();
    }

    private static void Write(string path, byte[] bytes) =>
        AtomicFile.Write(path, bytes.Length, handle => RandomAccess.Write(handle, bytes, 0));

    /// <summary>The limit that a file names, if it is one.</summary>
    internal static int? Limit(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<double>(out var limit) && limit is >= 1 and < NoLimit ? (int)limit : null;
}
