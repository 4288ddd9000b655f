using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>What the tokenizer.json of Llama and its kin asks for: marks for spaces, characters that fall back to bytes, a template of special tokens.</summary>
public sealed class LlamaTokenizerTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Each symbol is a token; its number is its place.</summary>
    static JsonObject Words(params string[] symbols) => new()
    {
        ["added_tokens"] = new JsonArray(),
        ["model"] = new JsonObject { ["type"] = "WordLevel", ["unk_token"] = symbols[0], ["vocab"] = new JsonObject(symbols.Select((symbol, id) => KeyValuePair.Create(symbol, (JsonNode?)id))) },
    };

    /// <summary>In the form of Llama 2: the three special tokens, the 256 bytes, and a few letters with their merges.</summary>
    static JsonObject Llama()
    {
        string[] symbols = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(one => $"<0x{one:X2}>"), "▁", "h", "e", "l", "o", "he", "▁he", "ll", "llo", "▁hello"];
        var json = Json("""
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
                              {"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}, "pre_tokenizer": null,
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<s>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
              "vocab": {}, "merges": [["h", "e"], ["▁", "he"], ["l", "l"], ["ll", "o"], ["▁he", "llo"]]}}
            """);
        json["model"]!["vocab"] = new JsonObject(symbols.Select((symbol, id) => KeyValuePair.Create(symbol, (JsonNode?)id)));
        return json;
    }

    static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    ComposedTokenizer Load(JsonObject json, string? part = null, string? value = null)
    {
        if (part is not null) json[part] = JsonNode.Parse(value!);
        File.WriteAllText(folder["tokenizer.json"], json.ToJsonString());
        return (ComposedTokenizer)TokenizerFile.Load(folder["tokenizer.json"]);
    }

    static string Tokens(ComposedTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text).Select(token => $"{tokenizer[token.Id]}:{token.Start}-{token.End}"));

    /// <summary>By hand: the merges joined in their order; 叫 is E5 8F AB in UTF-8.</summary>
    [Fact]
    public void Spaces_are_marks_and_unknown_characters_are_bytes()
    {
        var tokenizer = Load(Llama());
        Assert.Equal("▁hello:0-5 ▁he:5-8 ll:8-10", Tokens(tokenizer, "hello hell"));
        Assert.Equal("▁:0-1 <0xE5>:0-1 <0x8F>:0-1 <0xAB>:0-1 <0x0A>:1-2 o:2-3", Tokens(tokenizer, "叫\no"));
        Assert.Equal("▁hello:0-5 ▁:5-6 <0xF0>:6-8 <0x9F>:6-8 <0x99>:6-8 <0x82>:6-8", Tokens(tokenizer, "hello 🙂"));
        Assert.Equal("▁hello:0-5 <s>:5-8 ▁hello:8-13", Tokens(tokenizer, "hello<s>hello"));
        Assert.Empty(tokenizer.Encode(""));
    }

    [Theory]
    [InlineData("hello hell")]
    [InlineData("")]
    [InlineData("  two  spaces, a\ttab\nand 叫 🙂 ")]
    public void Decoding_gives_the_text(string text)
    {
        var tokenizer = Load(Llama());
        Assert.Equal(text, tokenizer.Decode(tokenizer.Ids(text)));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, null).Ids));
    }

    /// <summary>The library's test_bpe_byte_fallback (tokenizers/src/models/bpe/model.rs): a byte that the vocabulary lacks is unknown.</summary>
    [Fact]
    public void Without_all_of_its_bytes_a_character_is_unknown()
    {
        var tokenizer = Load(Json("""{"added_tokens": [], "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "vocab": {"<unk>": 0, "<0x61>": 1, "<0xC3>": 2}, "merges": []}}"""));
        Assert.Equal("<unk>:0-1", Tokens(tokenizer, "c"));
        Assert.Equal("<0x61>:0-1", Tokens(tokenizer, "a"));
        Assert.Equal("<0x61>:0-1 <unk>:1-2", Tokens(tokenizer, "aä"));
    }

    /// <summary>The texts and pieces of the library's own tests (tokenizers/src/pre_tokenizers/metaspace.rs: basic, multiple_spaces, non_legacy_meta_space).</summary>
    [Theory]
    [InlineData("always", true, "Hey friend!", "▁Hey:0-3 ▁friend!:3-11")]
    [InlineData("always", true, "Hey   friend!", "▁Hey:0-3 ▁:3-4 ▁:4-5 ▁friend!:5-13")]
    [InlineData("first", false, "Hey my friend <s>how▁are you", "▁Hey▁my▁friend▁:0-14 <s>:14-17 how▁are▁you:17-28")]
    [InlineData("always", true, "Hey my friend <s>how▁are you", "▁Hey:0-3 ▁my:3-6 ▁friend:6-13 ▁:13-14 <s>:14-17 ▁how:17-20 ▁are:20-24 ▁you:24-28")]
    [InlineData("first", false, " Hey <s>how", "▁Hey▁:0-5 <s>:5-8 how:8-11")]
    [InlineData("first", false, " Hey <s>how <s>are <s> you", "▁Hey▁:0-5 <s>:5-8 how▁:8-12 <s>:12-15 are▁:15-19 <s>:19-22 ▁you:22-26")]
    [InlineData("never", true, "Hey friend!", "Hey:0-3 ▁friend!:3-11")]
    public void Pieces_begin_at_marks(string scheme, bool splits, string text, string expected)
    {
        var json = Words([.. expected.Split(' ').Select(token => token[..token.LastIndexOf(':')]).Append("<s>").Distinct()]);
        json["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 100, ["content"] = "<s>", ["special"] = true });
        json["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = scheme, ["split"] = splits };
        Assert.Equal(expected, Tokens(Load(json), text));
    }

    [Theory]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true, "str_rep": "▁"}""", "▁Hey:0-3 ▁friend:3-10")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}""", "Hey:0-3 ▁friend:3-10")]
    public void Old_files_say_whether_a_space_is_added(string part, string expected) => Assert.Equal(expected, Tokens(Load(Words("?", "▁Hey", "Hey", "▁friend"), "pre_tokenizer", part), "Hey friend"));

    /// <summary>The tokens and texts of the library's own tests (tokenizers/src/decoders/byte_fallback.rs and strip.rs, tokenizers/src/pre_tokenizers/metaspace.rs: decode).</summary>
    [Theory]
    [InlineData("""{"type": "ByteFallback"}""", "Hey|friend!", "Heyfriend!")]
    [InlineData("""{"type": "ByteFallback"}""", "<0x61>", "a")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>", "\uFFFD")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>", "\uFFFD\uFFFD")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|<0xab>", "叫")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|<0xab>|a", "叫a")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|a", "\uFFFD\uFFFDa")]
    [InlineData("""{"type": "Strip", "content": "H", "start": 1, "stop": 0}""", "Hey| friend!|HHH", "ey friend!HH")]
    [InlineData("""{"type": "Strip", "content": "y", "start": 0, "stop": 1}""", "Hey| friend!", "He friend!")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", "▁Hey|▁friend!", "Hey friend!")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}""", "▁Hey|▁friend!", " Hey friend!")]
    public void Decoders_put_tokens_together(string decoder, string tokens, string expected)
    {
        var symbols = tokens.Split('|');
        Assert.Equal(expected, Load(Words(symbols), "decoder", decoder).Decode(Enumerable.Range(0, symbols.Length)));
    }

    /// <summary>The template, ids, types and offsets of the library's own test (tokenizers/src/processors/template.rs: template_processing).</summary>
    [Fact]
    public void A_template_places_special_tokens_around_one_text_and_two()
    {
        var json = Json("""
            {"added_tokens": [], "pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordLevel", "unk_token": "[SEP]", "vocab": {"[SEP]": 0, "[CLS]": 1, "Hello": 12, "there": 14, "pair": 15}},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                       {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
              "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [0], "tokens": ["[SEP]"]}}}}
            """);
        var tokenizer = Load(json);
        Assert.Equal("1:0-0:0: 12:0-5:0:0 14:6-11:0:0 0:0-0:0:", Sequence(tokenizer.Encode("Hello there", null)));
        Assert.Equal("1:0-0:0: 12:0-5:0:0 14:6-11:0:0 0:0-0:0: 15:0-4:1:1 0:0-0:1:", Sequence(tokenizer.Encode("Hello there", "pair")));
        Assert.Equal([12, 14], tokenizer.Ids("Hello there"));
        json.Remove("post_processor");
        Assert.Equal("12:0-5:0:0 15:0-4:1:1", Sequence(Load(json).Encode("Hello", "pair")));

        // Id, offsets, type, text.
        static string Sequence(EncodedText encoded) => string.Join(' ', encoded.Ids.Select((id, i) => $"{id}:{encoded.Offsets[i].Start}-{encoded.Offsets[i].End}:{encoded.TypeIds[i]}:{encoded.SequenceIds[i]}"));
    }

    [Fact]
    public void What_is_written_is_what_was_read()
    {
        Same(Llama());
        var json = Llama();
        json["normalizer"] = null;
        json["pre_tokenizer"] = Json("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""");
        json["decoder"] = Json("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""");
        json["post_processor"] = new JsonObject
        {
            ["type"] = "Sequence", ["processors"] = new JsonArray(Json("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"""), json["post_processor"]!.DeepClone()),
        };
        Same(json);

        void Same(JsonObject file)
        {
            TokenizerFile.Save(Load(file), folder["again.json"]);
            Assert.True(JsonNode.DeepEquals(file, JsonNode.Parse(File.ReadAllText(folder["again.json"]))), File.ReadAllText(folder["again.json"]));
        }
    }

    const string Symbol = "\"special_tokens\": {\"<s>\": {\"id\": \"<s>\", \"ids\": [1], \"tokens\": [\"<s>\"]}}", A = "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}", B = "{\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}";

    [Theory]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "__"}""", "\"replacement\" is \"__\", not one character")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace"}""", "\"replacement\" is missing")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "add_prefix_space": false, "prepend_scheme": "always"}""", "they do not fit together")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "prepend_scheme": "often"}""", "\"prepend_scheme\" is \"often\"; there are always, first, never")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "a+"}, "content": ""}""", "\"pattern\": \"Regex\" (\"a\\u002B\") is not known here")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": ""}""", "\"String\" is empty")]
    [InlineData("decoder", """{"type": "Strip", "content": " ", "start": 1}""", "\"stop\" is null, not a whole number")]
    [InlineData("post_processor", """{"type": "Sequence", "processors": []}""", "can only be a ByteLevel and then a TemplateProcessing")]
    [InlineData("post_processor", $$"""{"type": "TemplateProcessing", "single": [{{A}}, {{B}}], "pair": [{{A}}, {{B}}], {{Symbol}}}""", "\"single\" has a second text, $B")]
    [InlineData("post_processor", $$"""{"type": "TemplateProcessing", "single": [{{A}}], "pair": [{{A}}], {{Symbol}}}""", "\"pair\" leaves out the text $B")]
    [InlineData("post_processor", $$$"""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}], "pair": [{{{A}}}, {{{B}}}], {{{Symbol}}}}""", "\"special_tokens\" has no \"[X]\"")]
    [InlineData("post_processor", $$"""{"type": "TemplateProcessing", "single": [{}], "pair": [{{A}}, {{B}}], {{Symbol}}}""", "neither \"Sequence\" nor \"SpecialToken\" is there")]
    [InlineData("post_processor", $$$$"""{"type": "TemplateProcessing", "single": [{{{{A}}}}], "pair": [{{{{A}}}}, {{{{B}}}}], "special_tokens": {"s": {"id": "s", "ids": [1, 2], "tokens": ["s"]}}}""", "2 ids and 1 tokens")]
    [InlineData("post_processor", $$$$"""{"type": "TemplateProcessing", "single": [{{{{A}}}}], "pair": [{{{{A}}}}, {{{{B}}}}], "special_tokens": {"s": {"id": "s", "ids": [999], "tokens": ["s"]}}}""", "the special token \"s\" of the template is 999, a number that no token has")]
    public void What_is_not_known_or_broken_is_named(string part, string value, string fault) =>
        Assert.Contains(fault, Assert.Throws<DataFileException>(() => Load(Llama(), part, value)).Message, StringComparison.Ordinal);
}
