using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>
/// Tokenizers in JSON files, as they lie in the folder of a model or a run: those of characters and words in a form of Nabla's own, a <see cref="ComposedTokenizer"/> as the <c>tokenizer.json</c> of
/// Hugging Face's tokenizers library, of which are known: byte-pair encoding (BPE), with byte fallback or not, word pieces (WordPiece), and lists of words (WordLevel); added tokens; the normalizers
/// Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Prepend, Replace, BertNormalizer; the pre-tokenizers ByteLevel, Metaspace, Whitespace, WhitespaceSplit, BertPreTokenizer; the decoders ByteLevel,
/// BPEDecoder, Metaspace, ByteFallback, Fuse, Replace, Strip, WordPiece; the post-processors ByteLevel, TemplateProcessing and BertProcessing; sequences of these; truncation and padding. Any other is
/// refused by its name. Word pieces are read as a <see cref="BertTokenizer"/>.
/// </summary>
public static class TokenizerFile
{
    /// <summary>The name of the file in a folder.</summary>
    public const string Name = "tokenizer.json";

    private const string Kind = "nabla_tokenizer", Characters = "characters", WordsKind = "words";

    /// <summary>Writes a tokenizer to a file, which is replaced as a whole.</summary>
    /// <param name="tokenizer">One of Nabla's.</param>
    /// <param name="path">Where to.</param>
    /// <exception cref="NotSupportedException">The tokenizer is of a kind of your own: it has to be saved in a way of its own.</exception>
    /// <exception cref="CheckpointException">The file cannot be written; what was there before is untouched.</exception>
    public static void Save(ITokenizer tokenizer, string path)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.WriteJson(path, ToJson(tokenizer));
    }

    /// <summary>Reads a tokenizer from a file that <see cref="Save"/> or Hugging Face's library wrote.</summary>
    /// <exception cref="DataFileException">The file cannot be read, or is of no tokenizer that is known here.</exception>
    public static ITokenizer Load(string path)
    {
        using var stream = DataFile.OpenRead(path);
        try
        {
            return From(JsonNode.Parse(stream) as JsonObject ?? throw new FormatException("it is JSON, but not an object"));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException or InvalidDataException)
        {
            throw new DataFileException(path, null, $"is no tokenizer that can be read: {error.Message}", error);
        }
    }

    private static JsonObject ToJson(ITokenizer tokenizer) => tokenizer switch
    {
        CharacterTokenizer characters => new() { [Kind] = Characters, ["vocabulary"] = ToJson(characters.Vocabulary) },
        ComposedTokenizer composed => HuggingFaceWriter.Write(composed),
        WordTokenizer words => new() { [Kind] = WordsKind, ["lowercase"] = words.Lowercase, ["vocabulary"] = ToJson(words.Vocabulary) },
        _ => throw new NotSupportedException($"TokenizerFile: there is no form for a {tokenizer.GetType().Name}. Save what it consists of yourself."),
    };

    private static ITokenizer From(JsonObject json) => json.ContainsKey("model") ? HuggingFaceReader.Read(json) : json[Kind]?.GetValue<string>() switch
    {
        Characters => new CharacterTokenizer(VocabularyFrom(json["vocabulary"])),
        WordsKind => new WordTokenizer(VocabularyFrom(json["vocabulary"]), json["lowercase"]?.GetValue<bool>() ?? throw new FormatException("\"lowercase\" is missing")),
        null => throw new FormatException($"it has neither a \"model\", as those of Hugging Face have, nor a \"{Kind}\""),
        var kind => throw new FormatException($"\"{Kind}\" is \"{kind}\"; \"{Characters}\" and \"{WordsKind}\" are known"),
    };

    private static JsonObject ToJson(Vocabulary vocabulary)
    {
        var special = vocabulary.Special;
        return new()
        {
            ["padding"] = special.Padding, ["unknown"] = special.Unknown, ["start"] = special.Start, ["end"] = special.End,
            ["symbols"] = new JsonArray([.. vocabulary.Symbols.Select(symbol => (JsonNode)symbol)]),
        };
    }

    private static Vocabulary VocabularyFrom(JsonNode? json)
    {
        if (json is not JsonObject vocabulary || vocabulary["symbols"] is not JsonArray symbols) throw new FormatException("\"vocabulary\" has no list \"symbols\"");
        string? Special(string name) => vocabulary[name]?.GetValue<string>();
        return new(symbols.Select((symbol, i) => symbol?.GetValue<string>() ?? throw new FormatException($"symbol {i} is null")),
            new(Special("padding"), Special("unknown"), Special("start"), Special("end")));
    }
}
