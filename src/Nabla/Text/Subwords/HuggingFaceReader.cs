using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>Reads the <c>tokenizer.json</c> of Hugging Face's tokenizers library. What is not known here is refused by its name: a tokenizer that is almost right is wrong.</summary>
internal static class HuggingFaceReader
{
    /// <exception cref="FormatException">Something is missing, is of another kind than it must be, or is not known here.</exception>
    public static ComposedTokenizer Read(JsonObject json)
    {
        var file = new JsonPart(json, "the file");
        file.Allow("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var (trims, frame) = PostProcessor(file.Part("post_processor"));
        var model = Model(file.Part("model") ?? throw file.Fault("\"model\" is missing"));
        var parts = new TokenizerParts(
            [.. file.List("added_tokens").Select((token, i) => Added(new(token as JsonObject ?? throw file.Fault($"added token {i} is not an object"), $"added token {i}")))],
            file.Part("normalizer") is { } normalizer ? Normalizer(normalizer) : null,
            file.Part("pre_tokenizer") is { } cutter ? PreTokenizer(cutter) : null,
            file.Part("decoder") is { } decoder ? Decoder(decoder) : new SpacedDecoder(),
            trims?.Trims ?? false, trims?.AddsSpace ?? false, frame) { Defaults = SequenceSections.Read(file) };
        return model is WordPieceModel pieces ? new BertTokenizer(new BertRecipe(pieces, parts, new() { UnkToken = pieces.Options.Unknown })) : new ComposedTokenizer(model, parts);
    }

    private static AddedToken Added(JsonPart json)
    {
        json.Allow("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        return Added(json, json.Whole("id"));
    }

    /// <summary>An added token whose id is known.</summary>
    public static AddedToken Added(JsonPart json, int id)
    {
        if (id < 0) throw json.Fault($"\"id\" is {id}; 0 or more is needed");
        return new(id, json.Needed("content"), json.Flag("special", false))
        {
            SingleWord = json.Flag("single_word", false), LeftStrip = json.Flag("lstrip", false), RightStrip = json.Flag("rstrip", false), Normalized = json.Flag("normalized", false),
        };
    }

    private static Normalizer Normalizer(JsonPart json)
    {
        json.Allow(json.Type switch { "Sequence" => ["type", "normalizers"], "Prepend" => ["type", "prepend"], "Replace" => ["type", "pattern", "content"],
            "BertNormalizer" => ["type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"], _ => ["type"] });
        return json.Type switch
        {
            "Sequence" => new NormalizerSequence([.. json.Parts("normalizers").Select(Normalizer)]),
            "Lowercase" => new Lowercase(),
            "NFC" => new UnicodeForm(Compatibly: false, Composes: true),
            "NFD" => new UnicodeForm(Compatibly: false, Composes: false),
            "NFKC" => new UnicodeForm(Compatibly: true, Composes: true),
            "NFKD" => new UnicodeForm(Compatibly: true, Composes: false),
            "StripAccents" => new StripAccents(),
            "Prepend" => new Prepend(json.Needed("prepend")),
            "Replace" => new Replace(Sought(json), json.Needed("content")),
            "BertNormalizer" => new BertNormalizer(json.Flag("clean_text", true), json.Flag("handle_chinese_chars", true),
                json["strip_accents"] is null ? null : json.Flag("strip_accents", false), json.Flag("lowercase", true)),
            var type => throw json.Unknown("normalizer", type, "Sequence, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents, Prepend, Replace, BertNormalizer"),
        };
    }

    /// <summary>The text that a Replace seeks.</summary>
    private static string Sought(JsonPart json)
    {
        var pattern = json.Part("pattern") ?? throw json.Fault("\"pattern\" is missing");
        pattern.Allow("String");
        return pattern.Needed("String") is { Length: > 0 } sought ? sought : throw pattern.Fault("\"String\" is empty");
    }

    private static PreTokenizer PreTokenizer(JsonPart json)
    {
        switch (json.Type)
        {
            case "Sequence":
                json.Allow("type", "pretokenizers");
                return new PreTokenizerSequence([.. json.Parts("pretokenizers").Select(PreTokenizer)]);
            case "ByteLevel":
                json.Allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevel(json.Flag("add_prefix_space", true), json.Flag("use_regex", true));
            case "Metaspace":
                return Metaspace(json);
            case "Whitespace":
                json.Allow("type");
                return new WhitespacePreTokenizer();
            case "WhitespaceSplit":
                json.Allow("type");
                return new WhitespaceSplit();
            case "BertPreTokenizer":
                json.Allow("type");
                return new BertPreTokenizer();
            default:
                throw json.Unknown("pre-tokenizer", json.Type, "Sequence, ByteLevel, Metaspace, Whitespace, WhitespaceSplit, BertPreTokenizer");
        }
    }

    /// <summary>Old files say add_prefix_space where new ones say prepend_scheme, and str_rep beside replacement.</summary>
    private static Metaspace Metaspace(JsonPart json)
    {
        json.Allow("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        var scheme = json.Text("prepend_scheme") ?? (json.Flag("add_prefix_space", true) ? "always" : "never");
        if (scheme != "never" && !json.Flag("add_prefix_space", true)) throw json.Fault($"\"add_prefix_space\" is false, \"prepend_scheme\" is \"{scheme}\": they do not fit together");
        return new(json.Character("replacement"), scheme switch
        {
            "always" => Prepending.Always,
            "first" => Prepending.First,
            "never" => Prepending.Never,
            _ => throw json.Fault($"\"prepend_scheme\" is \"{scheme}\"; there are always, first, never"),
        }, json.Flag("split", true));
    }

    private static ((bool Trims, bool AddsSpace)? Trims, TokenFrame? Frame) PostProcessor(JsonPart? json)
    {
        switch (json?.Type)
        {
            case null:
                return default;
            case "ByteLevel":
                json.Allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                return ((json.Flag("trim_offsets", true), json.Flag("add_prefix_space", true)), null);
            case "TemplateProcessing":
                return (null, TemplateReader.Read(json));
            case "BertProcessing":
                json.Allow("type", "sep", "cls");
                return (null, TokenFrame.Bert(Framing(json, "cls"), Framing(json, "sep")));
            case "Sequence":
                json.Allow("type", "processors");
                return json.Parts("processors").ToArray() is [{ Type: "ByteLevel" } trims, { Type: "TemplateProcessing" } frame] ? (PostProcessor(trims).Trims, PostProcessor(frame).Frame)
                    : throw json.Fault("a sequence of post-processors can only be a ByteLevel and then a TemplateProcessing here");
            default:
                throw json.Unknown("post-processor", json.Type, "ByteLevel, TemplateProcessing, BertProcessing, Sequence");
        }
    }

    /// <summary>A token of BertProcessing: its text and its id.</summary>
    private static (int, string) Framing(JsonPart json, string name) =>
        json.List(name).ToArray() is [var text, var id] ? (json.Whole(id, $"the id of \"{name}\""), json.Text(text)) : throw json.Fault($"\"{name}\" is not a list of a text and an id");

    private static TokenDecoder Decoder(JsonPart json)
    {
        switch (json.Type)
        {
            case "Sequence":
                json.Allow("type", "decoders");
                return new DecoderSequence([.. json.Parts("decoders").Select(Decoder)]);
            case "ByteLevel":
                json.Allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "BPEDecoder":
                json.Allow("type", "suffix");
                return new SuffixDecoder(json.Needed("suffix"));
            case "Metaspace":
                return new MetaspaceDecoder(Metaspace(json));
            case "Replace":
                json.Allow("type", "pattern", "content");
                return new ReplaceDecoder(Sought(json), json.Needed("content"));
            case "ByteFallback":
                json.Allow("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                json.Allow("type");
                return new FuseDecoder();
            case "Strip":
                json.Allow("type", "content", "start", "stop");
                return new StripDecoder(json.Character("content"), json.Whole("start"), json.Whole("stop"));
            case "WordPiece":
                json.Allow("type", "prefix", "cleanup");
                return new WordPieceDecoder(json.Needed("prefix"), json.Flag("cleanup", true));
            default:
                throw json.Unknown("decoder", json.Type, "Sequence, ByteLevel, BPEDecoder, Metaspace, Replace, ByteFallback, Fuse, Strip, WordPiece");
        }
    }

    private static TokenModel Model(JsonPart json)
    {
        // Old files name no type.
        var type = json["type"] is not null ? json.Type : json["merges"] is not null ? "BPE" : json["max_input_chars_per_word"] is not null ? "WordPiece" : json.Type;
        var vocabulary = new Lazy<SymbolTable>(() => new(json.Numbers("vocab")));
        switch (type)
        {
            case "BPE":
                json.Allow("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
                if (json["dropout"] is { } dropout && dropout.ToString() is not ("0" or "0.0")) throw json.Fault($"\"dropout\" is {dropout}; merges left out at random are not known here. Set it to null");
                return new BytePairModel(vocabulary.Value, [.. json.List("merges").Select((merge, rank) => Merge(json, merge, rank))], new(json.Text("unk_token"), Filled(json.Text("continuing_subword_prefix")),
                    Filled(json.Text("end_of_word_suffix")), json.Flag("fuse_unk", false), json.Flag("ignore_merges", false), json.Flag("byte_fallback", false)));
            case "WordLevel":
                json.Allow("type", "vocab", "unk_token");
                return new WordLevelModel(vocabulary.Value, json.Needed("unk_token"));
            case "WordPiece":
                json.Allow("type", "vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word");
                var most = json.Whole("max_input_chars_per_word", 100);
                if (most < 0) throw json.Fault($"\"max_input_chars_per_word\" is {most}; 0 or more is needed");
                return new WordPieceModel(vocabulary.Value, new(json.Text("unk_token") ?? "[UNK]", json.Text("continuing_subword_prefix") ?? "##", most));
            default:
                throw json.Unknown("model", type, "BPE, WordLevel, WordPiece");
        }
    }

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;

    private static (string, string) Merge(JsonPart json, JsonNode? merge, int rank)
    {
        if (merge is JsonArray { Count: 2 } pair) return (json.Text(pair[0]), json.Text(pair[1]));
        return merge is JsonValue && json.Text(merge).Split(' ') is [var left, var right] ? (left, right) : throw json.Fault(string.Create(CultureInfo.InvariantCulture, $"merge {rank} is not two symbols with a space between, nor a list of two"));
    }
}
