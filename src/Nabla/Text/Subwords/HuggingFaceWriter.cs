using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>Writes a tokenizer as Hugging Face's tokenizers library has it.</summary>
internal static class HuggingFaceWriter
{
    public static JsonObject Write(ComposedTokenizer tokenizer)
    {
        var parts = tokenizer.Parts;
        return new()
        {
            ["version"] = "1.0", ["truncation"] = SequenceSections.Truncation(tokenizer), ["padding"] = SequenceSections.Padding(tokenizer),
            ["added_tokens"] = new JsonArray([.. parts.Added.OrderBy(token => token.Id).Select(Added)]),
            ["normalizer"] = parts.Normalizer is { } normalizer ? Normalizer(normalizer) : null,
            ["pre_tokenizer"] = parts.PreTokenizer is { } cutter ? PreTokenizer(cutter) : null,
            ["post_processor"] = PostProcessor(parts),
            ["decoder"] = Decoder(parts.Decoder),
            ["model"] = Model(tokenizer.Model),
        };
    }

    private static JsonNode Added(AddedToken token) => new JsonObject
    {
        ["id"] = token.Id, ["content"] = token.Content, ["single_word"] = token.SingleWord, ["lstrip"] = token.LeftStrip, ["rstrip"] = token.RightStrip,
        ["normalized"] = token.Normalized, ["special"] = token.Special,
    };

    private static JsonNode Normalizer(Normalizer normalizer) => normalizer switch
    {
        NormalizerSequence sequence => new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray([.. sequence.Steps.Select(Normalizer)]) },
        UnicodeForm form => new JsonObject { ["type"] = $"NF{(form.Compatibly ? "K" : "")}{(form.Composes ? "C" : "D")}" },
        Lowercase => new JsonObject { ["type"] = "Lowercase" },
        StripAccents => new JsonObject { ["type"] = "StripAccents" },
        Prepend prepended => new JsonObject { ["type"] = "Prepend", ["prepend"] = prepended.Prefix },
        Replace replaced => Replacing(replaced.Sought, replaced.Content),
        BertNormalizer bert => new JsonObject
        {
            ["type"] = "BertNormalizer", ["clean_text"] = bert.CleanText, ["handle_chinese_chars"] = bert.HandleChineseCharacters, ["strip_accents"] = bert.StripAccents, ["lowercase"] = bert.Lowercase,
        },
        _ => throw new NotSupportedException($"TokenizerFile: there is no form for {normalizer}."),
    };

    private static JsonNode PreTokenizer(PreTokenizer cutter) => cutter switch
    {
        PreTokenizerSequence sequence => new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray([.. sequence.Steps.Select(PreTokenizer)]) },
        ByteLevel bytes => ByteLevelPart(bytes.AddsSpace, bytes.Cuts),
        Metaspace spaces => MetaspacePart(spaces),
        WhitespacePreTokenizer => new JsonObject { ["type"] = "Whitespace" },
        WhitespaceSplit => new JsonObject { ["type"] = "WhitespaceSplit" },
        BertPreTokenizer => new JsonObject { ["type"] = "BertPreTokenizer" },
        _ => throw new NotSupportedException($"TokenizerFile: there is no form for {cutter}."),
    };

    private static JsonObject? PostProcessor(TokenizerParts parts)
    {
        var (trims, frame) = (parts.TrimsOffsets ? ByteLevelPart(parts.AddsSpace, cuts: true) : null, parts.Frame is { } template ? TemplateReader.Write(template) : null);
        return trims is not null && frame is not null ? new() { ["type"] = "Sequence", ["processors"] = new JsonArray(trims, frame) } : trims ?? frame;
    }

    private static JsonObject? Decoder(TokenDecoder decoder) => decoder switch
    {
        DecoderSequence sequence => new() { ["type"] = "Sequence", ["decoders"] = new JsonArray([.. sequence.Steps.Select(Decoder)]) },
        MetaspaceDecoder spaces => MetaspacePart(spaces.Space),
        ReplaceDecoder replaced => Replacing(replaced.Sought, replaced.Content),
        ByteFallbackDecoder => new() { ["type"] = "ByteFallback" },
        FuseDecoder => new() { ["type"] = "Fuse" },
        StripDecoder stripped => new() { ["type"] = "Strip", ["content"] = stripped.Content, ["start"] = stripped.Start, ["stop"] = stripped.Stop },
        ByteLevelDecoder => ByteLevelPart(addsSpace: true, cuts: true),
        SuffixDecoder suffixed => new() { ["type"] = "BPEDecoder", ["suffix"] = suffixed.Suffix },
        WordPieceDecoder pieces => new() { ["type"] = "WordPiece", ["prefix"] = pieces.Prefix, ["cleanup"] = pieces.CleansUp },
        _ => null,
    };

    private static JsonObject ByteLevelPart(bool addsSpace, bool cuts) => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = addsSpace, ["trim_offsets"] = true, ["use_regex"] = cuts };

    private static JsonObject MetaspacePart(Metaspace spaces) => new()
    {
        ["type"] = "Metaspace", ["replacement"] = spaces.Mark, ["prepend_scheme"] = spaces.Prepends switch { Prepending.Always => "always", Prepending.First => "first", _ => "never" }, ["split"] = spaces.Cuts,
    };

    private static JsonObject Replacing(string sought, string content) => new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = sought }, ["content"] = content };

    private static JsonObject Model(TokenModel model)
    {
        var vocabulary = new JsonObject(model.Vocabulary.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        return model switch
        {
            BytePairModel pairs => BytePairPart(pairs, vocabulary),
            WordPieceModel { Options: var options } => new()
            {
                ["type"] = "WordPiece", ["unk_token"] = options.Unknown, ["continuing_subword_prefix"] = options.ContinuingPrefix, ["max_input_chars_per_word"] = options.MaximumCharacters,
                ["vocab"] = vocabulary,
            },
            WordLevelModel words => new() { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = words.Unknown },
            _ => throw new NotSupportedException($"TokenizerFile: there is no form for {model}."),
        };
    }

    private static JsonObject BytePairPart(BytePairModel model, JsonObject vocabulary) => new()
    {
        ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = model.Options.Unknown, ["continuing_subword_prefix"] = model.Options.ContinuingPrefix, ["end_of_word_suffix"] = model.Options.EndSuffix,
        ["fuse_unk"] = model.Options.FusesUnknown, ["byte_fallback"] = model.Options.FallsBackToBytes, ["ignore_merges"] = model.Options.TakesWholes, ["vocab"] = vocabulary,
        ["merges"] = new JsonArray([.. model.Merges.Select(merge => (JsonNode)new JsonArray(merge.Left, merge.Right))]),
    };
}
