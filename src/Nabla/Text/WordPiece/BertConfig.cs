using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>What tokenizer_config.json, special_tokens_map.json and added_tokens.json say of a tokenizer; each may be missing.</summary>
internal sealed class BertConfig(JsonObject? config, JsonObject? special, JsonObject? added)
{
    private const string Limit = "model_max_length", Lowercase = "do_lower_case", Chinese = "tokenize_chinese_chars",
        Accents = "strip_accents", Decoder = "added_tokens_decoder";

    /// <summary>The options of a vocab.txt.</summary>
    /// <exception cref="FormatException">An entry is of the wrong kind.</exception>
    public BertTokenizerOptions Options()
    {
        var options = Options(new());
        var json = new JsonPart(config ?? [], "tokenizer_config.json");
        return options with
        {
            Lowercase = json.Flag(Lowercase, true), HandleChineseCharacters = json.Flag(Chinese, true),
            StripAccents = json[Accents] is null ? null : json.Flag(Accents, false),
            AddedTokens = [.. AddedTokens(options)],
        };
    }

    /// <summary>
    /// The options of a tokenizer.json, which says itself how texts are read: the special tokens and the longest sequence.
    /// </summary>
    /// <exception cref="FormatException">An entry is of the wrong kind.</exception>
    public BertTokenizerOptions Options(BertTokenizerOptions known) => known with
    {
        UnkToken = Special("unk_token", known.UnkToken), ClsToken = Special("cls_token", known.ClsToken),
        SepToken = Special("sep_token", known.SepToken),
        PadToken = Special("pad_token", known.PadToken), MaskToken = Special("mask_token", known.MaskToken),
        ModelMaxLength = BertFolder.Limit(config?[Limit]) ?? known.ModelMaxLength,
    };

    public static JsonObject ConfigOf(BertTokenizer tokenizer)
    {
        var json = new JsonObject
        {
            [Decoder] = new JsonObject(tokenizer.AddedTokens.OrderBy(token => token.Id).Select(token =>
                KeyValuePair.Create(token.Id.ToString(CultureInfo.InvariantCulture), (JsonNode?)new JsonObject
            {
                ["content"] = token.Content, ["lstrip"] = token.LeftStrip, ["normalized"] = token.Normalized, ["rstrip"] = token.RightStrip,
                ["single_word"] = token.SingleWord, ["special"] = token.Special,
            }))),
            [Limit] = tokenizer.ModelMaxLength is { } most ? most : 1e30, ["tokenizer_class"] = "BertTokenizer",
        };
        if (tokenizer.Parts.Normalizer is BertNormalizer normalizer)
            (json[Lowercase], json[Accents], json[Chinese]) = (normalizer.Lowercase, normalizer.StripAccents,
                normalizer.HandleChineseCharacters);
        foreach (var (name, token) in SpecialTokensOf(tokenizer)) json[name] = token!.DeepClone();
        return json;
    }

    public static JsonObject SpecialTokensOf(BertTokenizer tokenizer) =>
        new(tokenizer.Options.SpecialTokens.Where(special => tokenizer.TryGetId(special.Token, out _)).Select(special =>
            KeyValuePair.Create(special.Name, (JsonNode?)special.Token)));

    /// <summary>A special token is its text, or an object with its "content".</summary>
    private string Special(string name, string otherwise) => (config?[name] ?? special?[name]) switch
    {
        null => otherwise,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonObject token => new JsonPart(token, $"\"{name}\"").Needed("content"),
        var other => throw new FormatException($"\"{name}\" of tokenizer_config.json or special_tokens_map.json " +
            $"is {other.ToJsonString()}, not a text"),
    };

    private IEnumerable<AddedToken> AddedTokens(BertTokenizerOptions options)
    {
        var names = options.SpecialTokens.Select(token => token.Token).ToHashSet(StringComparer.Ordinal);
        var older = new JsonPart(added ?? [], "added_tokens.json");
        var tokens = (added ?? []).ToDictionary(entry => older.Whole(entry.Value, $"\"{entry.Key}\""), entry =>
            new AddedToken(0, entry.Key, names.Contains(entry.Key)) { Normalized = !names.Contains(entry.Key) });
        foreach (var (id, part) in new JsonPart(config ?? [], "tokenizer_config.json").Named(Decoder))
        {
            if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new FormatException($"\"{Decoder}\" of tokenizer_config.json: \"{id}\" is no id");
            tokens[number] = HuggingFaceReader.Added(part, number);
        }
        return tokens.Select(token => token.Value with { Id = token.Key });
    }
}
