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
        foreach (var name in new[] { "truncation", "padding" })
            if (file[name] is not null) throw file.Fault($"\"{name}\" is set; cut and pad the ids yourself, and set it to null");
        var trims = PostProcessor(file.Part("post_processor"));
        return new(Model(file.Part("model") ?? throw file.Fault("\"model\" is missing")), new(
            [.. file.List("added_tokens").Select((token, i) => Added(new(token as JsonObject ?? throw file.Fault($"added token {i} is not an object"), $"added token {i}")))],
            file.Part("normalizer") is { } normalizer ? Normalizer(normalizer) : null,
            file.Part("pre_tokenizer") is { } cutter ? PreTokenizer(cutter) : null,
            file.Part("decoder") is { } decoder ? Decoder(decoder) : new SpacedDecoder(),
            trims?.Trims ?? false, trims?.AddsSpace ?? false));
    }

    private static AddedToken Added(JsonPart json)
    {
        json.Allow("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var id = json.Whole("id");
        if (id < 0) throw json.Fault($"\"id\" is {id}; 0 or more is needed");
        return new(id, json.Text("content") ?? throw json.Fault("\"content\" is missing"), json.Flag("special", false))
        {
            SingleWord = json.Flag("single_word", false), LeftStrip = json.Flag("lstrip", false), RightStrip = json.Flag("rstrip", false), Normalized = json.Flag("normalized", false),
        };
    }

    private static Normalizer Normalizer(JsonPart json)
    {
        json.Allow(json.Type == "Sequence" ? ["type", "normalizers"] : ["type"]);
        return json.Type switch
        {
            "Sequence" => new NormalizerSequence([.. json.Parts("normalizers").Select(Normalizer)]),
            "Lowercase" => new Lowercase(),
            "NFC" => new UnicodeForm(Compatibly: false, Composes: true),
            "NFD" => new UnicodeForm(Compatibly: false, Composes: false),
            "NFKC" => new UnicodeForm(Compatibly: true, Composes: true),
            "NFKD" => new UnicodeForm(Compatibly: true, Composes: false),
            "StripAccents" => new StripAccents(),
            var type => throw json.Unknown("normalizer", type, "Sequence, Lowercase, NFC, NFD, NFKC, NFKD, StripAccents"),
        };
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
            case "Whitespace":
                json.Allow("type");
                return new WhitespacePreTokenizer();
            case "WhitespaceSplit":
                json.Allow("type");
                return new WhitespaceSplit();
            default:
                throw json.Unknown("pre-tokenizer", json.Type, "Sequence, ByteLevel, Whitespace, WhitespaceSplit");
        }
    }

    private static (bool Trims, bool AddsSpace)? PostProcessor(JsonPart? json)
    {
        if (json is null) return null;
        if (json.Type != "ByteLevel") throw json.Unknown("post-processor", json.Type, "ByteLevel");
        json.Allow("type", "add_prefix_space", "trim_offsets", "use_regex");
        return (json.Flag("trim_offsets", true), json.Flag("add_prefix_space", true));
    }

    private static TokenDecoder Decoder(JsonPart json)
    {
        switch (json.Type)
        {
            case "ByteLevel":
                json.Allow("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "BPEDecoder":
                json.Allow("type", "suffix");
                return new SuffixDecoder(json.Text("suffix") ?? throw json.Fault("\"suffix\" is missing"));
            default:
                throw json.Unknown("decoder", json.Type, "ByteLevel, BPEDecoder");
        }
    }

    private static TokenModel Model(JsonPart json)
    {
        // Old files name no type.
        var type = json["type"] is null && json["merges"] is not null ? "BPE" : json.Type;
        var vocabulary = new Lazy<SymbolTable>(() => new(json.Numbers("vocab")));
        switch (type)
        {
            case "BPE":
                json.Allow("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
                if (json["dropout"] is { } dropout && dropout.ToString() is not ("0" or "0.0")) throw json.Fault($"\"dropout\" is {dropout}; merges left out at random are not known here. Set it to null");
                if (json.Flag("byte_fallback", false)) throw json.Fault("\"byte_fallback\" is set; falling back to bytes is not known here");
                return new BytePairModel(vocabulary.Value, [.. json.List("merges").Select((merge, rank) => Merge(json, merge, rank))], new(json.Text("unk_token"), Filled(json.Text("continuing_subword_prefix")),
                    Filled(json.Text("end_of_word_suffix")), json.Flag("fuse_unk", false), json.Flag("ignore_merges", false)));
            case "WordLevel":
                json.Allow("type", "vocab", "unk_token");
                return new WordLevelModel(vocabulary.Value, json.Text("unk_token") ?? throw json.Fault("\"unk_token\" is missing"));
            default:
                throw json.Unknown("model", type, "BPE, WordLevel");
        }
    }

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;

    private static (string, string) Merge(JsonPart json, JsonNode? merge, int rank)
    {
        if (merge is JsonArray { Count: 2 } pair) return (json.Text(pair[0]), json.Text(pair[1]));
        return merge is JsonValue && json.Text(merge).Split(' ') is [var left, var right] ? (left, right) : throw json.Fault(string.Create(CultureInfo.InvariantCulture, $"merge {rank} is not two symbols with a space between, nor a list of two"));
    }
}
