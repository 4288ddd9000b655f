using System.Text.Json.Nodes;
using CsCheck;
using Nabla.Data;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>The tokenizer.json of Hugging Face's tokenizers library.</summary>
public sealed class TokenizerJsonTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>
    /// The model of the library's own test of byte-pair encoding, which makes the word "unrelated" one token: test_tokenize_with_and_without_dropout in its tokenizers/src/models/bpe/model.rs.
    /// </summary>
    static JsonObject Unrelated() => Json("""
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
          "vocab": {"u": 0, "n": 1, "r": 2, "e": 3, "l": 4, "a": 5, "t": 6, "d": 7, "re": 8, "at": 9, "ed": 10, "un": 11, "ated": 12, "rel": 13, "related": 14, "unrelated": 15},
          "merges": ["r e", "a t", "e d", "u n", "at ed", "re l", "rel ated", "un related"]}}
        """);

    static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    ComposedTokenizer Load(JsonObject json)
    {
        File.WriteAllText(folder["tokenizer.json"], json.ToJsonString());
        return (ComposedTokenizer)TokenizerFile.Load(folder["tokenizer.json"]);
    }

    static string Tokens(ComposedTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text).Select(token => $"{tokenizer[token.Id]}:{token.Start}-{token.End}"));

    [Fact]
    public void Merges_are_joined_in_their_order()
    {
        var tokenizer = Load(Unrelated());
        Assert.Equal("unrelated:0-9", Tokens(tokenizer, "unrelated"));
        Assert.Equal("un:2-4 re:4-6 at:7-9 ed:9-11", Tokens(Load(Without(Unrelated(), "at ed")), "  unre ated"));
        var json = Unrelated();
        json["model"]!["vocab"]!.AsObject().Remove("unrelated");
        json["model"]!["merges"]!.AsArray().RemoveAt(7);
        Assert.Equal("un:0-2 related:2-9", Tokens(Load(json), "unrelated"));

        static JsonObject Without(JsonObject json, string merge)
        {
            var merges = json["model"]!["merges"]!.AsArray();
            merges.Remove(merges.First(node => node!.ToString() == merge));
            merges.Remove(merges.First(node => node!.ToString() == "rel ated"));
            merges.Remove(merges.First(node => node!.ToString() == "un related"));
            return json;
        }
    }

    [Fact]
    public void Unknown_characters_are_the_unknown_token_each_or_together()
    {
        var json = Unrelated();
        (json["model"]!["vocab"]!["<unk>"], json["model"]!["unk_token"]) = (16, "<unk>");
        Assert.Equal("un:0-2 <unk>:2-3 <unk>:3-5 re:5-7", Tokens(Load(json), "unx🙂re"));
        json["model"]!["fuse_unk"] = true;
        Assert.Equal("un:0-2 <unk>:2-5 re:5-7", Tokens(Load(json), "unx🙂re"));
    }

    [Fact]
    public void A_prefix_marks_what_follows_and_a_suffix_what_ends_a_word()
    {
        var json = Json("""
            {"pre_tokenizer": {"type": "WhitespaceSplit"}, "decoder": {"type": "BPEDecoder", "suffix": "</w>"}, "added_tokens": [],
             "model": {"type": "BPE", "continuing_subword_prefix": "##", "end_of_word_suffix": "</w>", "vocab": {"a": 0, "##b": 1, "##c</w>": 2, "ab": 3, "abc</w>": 4, "a</w>": 5}, "merges": [["a", "##b"], ["ab", "##c</w>"]]}}
            """);
        var tokenizer = Load(json);
        Assert.Equal("abc</w>:0-3 a</w>:4-5", Tokens(tokenizer, "abc a"));
        Assert.Equal("abc a", tokenizer.Decode([4, 5]));
    }

    [Fact]
    public void Words_of_a_list_are_found_by_their_numbers()
    {
        var tokenizer = Load(Json("""
            {"pre_tokenizer": {"type": "Whitespace"}, "normalizer": {"type": "Lowercase"}, "added_tokens": [{"id": 0, "content": "[UNK]", "special": true}],
             "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "how": 1, "are": 2, "you": 3, "?": 4, "'": 5, "l": 6}, "unk_token": "[UNK]"}}
            """));
        Assert.Equal("how:0-3 are:4-7 you:8-11 ?:11-12 [UNK]:13-15", Tokens(tokenizer, "How ARE you? 🙂"));
        Assert.Equal("how are you", tokenizer.Decode([1, 2, 0, 3]));
    }

    [Fact]
    public void Added_tokens_are_cut_out_of_the_text_as_they_say()
    {
        var json = Json("""
            {"pre_tokenizer": {"type": "WhitespaceSplit"}, "normalizer": {"type": "Lowercase"},
             "added_tokens": [{"id": 10, "content": "<mask>", "lstrip": true, "rstrip": true, "special": true}, {"id": 11, "content": "ab", "single_word": true, "special": false},
                              {"id": 12, "content": "Shout", "normalized": true, "special": false}, {"id": 13, "content": "<mask>!", "special": false}],
             "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1, "b": 2, "abc": 3}, "unk_token": "[UNK]"}}
            """);
        var tokenizer = Load(json);
        Assert.Equal("a:0-1 <mask>:1-9 b:9-10", Tokens(tokenizer, "a <mask> b"));
        Assert.Equal("a:0-1 <mask>!:1-8 b:9-10", Tokens(tokenizer, "a<mask>! b"));
        Assert.Equal("ab:0-2 abc:3-6 [UNK]:7-8 a:9-10", Tokens(tokenizer, "ab abc - a"));
        Assert.Equal("Shout:0-5 Shout:5-10 [UNK]:10-12", Tokens(tokenizer, "SHOUTshoutab"));
        Assert.Equal("a Shout b", tokenizer.Decode([1, 10, 12, 2]));
    }

    /// <summary>The tokens that Hugging Face's library (tokenizers 0.23.2) gives.</summary>
    [Theory]
    [InlineData("xab! a", "[UNK]:0-4 a:5-6")]
    [InlineData("ab! a", "ab:0-2 [UNK]:2-3 a:4-5")]
    [InlineData("xb! cab", "[UNK]:0-1 b!:1-3  c:3-5 [UNK]:5-7")]
    [InlineData("a<m> c", "a:0-1 <m>:1-5  c:4-6")]
    [InlineData("a <m>  <m> c", "a:0-1 <m>:1-7 <m>:7-11  c:10-12")]
    public void Added_tokens_that_meet_are_found_as_by_the_library(string text, string expected) => Assert.Equal(expected, Tokens(Load(Json("""
        {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"},
         "added_tokens": [{"id": 2, "content": "ab", "single_word": true}, {"id": 3, "content": "b!"}, {"id": 4, "content": " c"}, {"id": 5, "content": "<m>", "lstrip": true, "rstrip": true}]}
        """)), text));

    /// <summary>Normalised text is longer or shorter than the text; offsets are of the text.</summary>
    [Fact]
    public void Offsets_are_those_of_the_text_before_it_was_normalised()
    {
        var tokenizer = Load(Json("""
            {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}, "pre_tokenizer": {"type": "WhitespaceSplit"}, "added_tokens": [],
             "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "cafe": 1, "fine": 2, "x": 3}, "unk_token": "[UNK]"}}
            """));
        Assert.Equal("cafe:0-4 fine:6-9 x:10-12", Tokens(tokenizer, "Cafe\u0301 ﬁNE 𝕏"));
    }

    /// <summary>By the rule of process_offsets in the library's src/pre_tokenizers/byte_level.rs: a token that is all space is left with nothing, behind it.</summary>
    [Theory]
    [InlineData(true, true, "Ġa:0-1 Ġb:2-3 Ġ:4-4 Ġ:5-5 Ġa:6-7", "a b   a")]
    [InlineData(true, false, "a:0-1 Ġb:2-3 Ġ:4-4 Ġ:5-5 Ġa:6-7", "a b   a")]
    [InlineData(false, false, "a:0-1 Ġb:1-3 Ġ:3-4 Ġ:4-5 Ġa:5-7", "a b   a")]
    public void Spaces_are_trimmed_from_offsets_where_the_file_says_so(bool trims, bool addsSpace, string expected, string text)
    {
        var json = Json("""{"added_tokens": [], "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "Ġ": 2, "Ġa": 3, "Ġb": 4}, "merges": ["Ġ a", "Ġ b"]}}""");
        json["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = addsSpace };
        if (trims) json["post_processor"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = addsSpace, ["trim_offsets"] = true };
        Assert.Equal(expected, Tokens(Load(json), text));
    }

    [Fact]
    public void What_is_written_is_what_was_read()
    {
        var trained = new BytePairTrainer(300, 2, "<|endoftext|>").TrainOnBytes(["to be or not to be, that is the question: 🙂"]);
        TokenizerFile.Save(trained, folder["first.json"]);
        var again = (ComposedTokenizer)TokenizerFile.Load(folder["first.json"]);
        TokenizerFile.Save(again, folder["second.json"]);
        Assert.Equal(File.ReadAllText(folder["first.json"]), File.ReadAllText(folder["second.json"]));
        const string text = "the question<|endoftext|> is 🙂 not é";
        Assert.Equal(trained.Encode(text), again.Encode(text));
        var all = Json("""
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 7, "content": "<x>", "single_word": true, "lstrip": true, "rstrip": false, "normalized": true, "special": false}],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFD"}, {"type": "NFKC"}, {"type": "NFKD"}, {"type": "Lowercase"}, {"type": "StripAccents"}]},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}, {"type": "WhitespaceSplit"}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
             "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}, "decoder": {"type": "BPEDecoder", "suffix": "</w>"},
             "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 3}, "unk_token": "a"}}
            """);
        TokenizerFile.Save(Load(all), folder["third.json"]);
        Assert.True(JsonNode.DeepEquals(all, JsonNode.Parse(File.ReadAllText(folder["third.json"]))), File.ReadAllText(folder["third.json"]));
    }

    [Theory]
    [InlineData("""{"normalizer": {"type": "BertNormalizer", "colour": true}}""", "\"normalizer\": \"colour\" (true) is not known here")]
    [InlineData("""{"normalizer": {"type": "Nmt"}}""", "a normalizer \"Nmt\" is not known here; there are Sequence, Lowercase")]
    [InlineData("""{"pre_tokenizer": {"type": "Digits"}}""", "a pre-tokenizer \"Digits\" is not known here")]
    [InlineData("""{"pre_tokenizer": {"type": "ByteLevel", "colour": "red"}}""", "\"pre_tokenizer\": \"colour\" (\"red\") is not known here")]
    [InlineData("""{"post_processor": {"type": "RobertaProcessing"}}""", "a post-processor \"RobertaProcessing\" is not known here")]
    [InlineData("""{"post_processor": {"type": "BertProcessing", "cls": ["a", 5]}}""", "\"sep\" is not a list of a text and an id")]
    [InlineData("""{"decoder": {"type": "CTC"}}""", "a decoder \"CTC\" is not known here")]
    [InlineData("""{"decoder": {"type": "WordPiece"}}""", "\"prefix\" is missing")]
    [InlineData("""{"truncation": {"max_length": 5, "stride": 0, "strategy": "Randomly"}}""", "\"strategy\" is \"Randomly\"; there are LongestFirst, OnlyFirst, OnlySecond")]
    [InlineData("""{"truncation": {"max_length": -5, "stride": 0}}""", "\"max_length\" is -5; 0 or more is needed")]
    [InlineData("""{"truncation": {"max_length": 5, "stride": 0, "direction": "Up"}}""", "\"direction\" is \"Up\"; there are Right, Left")]
    [InlineData("""{"padding": {"strategy": "Shortest", "pad_id": 0}}""", "\"strategy\" is \"Shortest\"; there are BatchLongest and Fixed")]
    [InlineData("""{"padding": {"strategy": {"Fixed": -1}, "pad_id": 0}}""", "\"Fixed\" is -1; 0 or more is needed")]
    [InlineData("""{"extra": 1}""", "\"extra\" (1) is not known here")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": []}}""", "a model \"Unigram\" is not known here; there are BPE, WordLevel, WordPiece")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}""", "merge 0 (\"a\" and \"b\") is of \"b\"")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a"]}}""", "merge 0 is not two symbols")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}""", "the same number, 0")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "the number -1")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 1.5}, "merges": []}}""", "is 1.5, not a whole number")]
    [InlineData("""{"model": {"type": "BPE", "dropout": 0.1, "vocab": {}, "merges": []}}""", "\"dropout\" is 0.1")]
    [InlineData("""{"model": {"type": "BPE", "unk_token": "u", "vocab": {}, "merges": []}}""", "\"unk_token\" is \"u\", which the vocabulary does not have")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 0}, "colour": 1}}""", "\"model\": \"colour\" (1) is not known here")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 0}, "max_input_chars_per_word": -1}}""", "\"max_input_chars_per_word\" is -1")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 0, "b": 0}}}""", "the same number, 0")]
    [InlineData("""{"model": {"type": "WordPiece", "vocab": {"a": 0}}, "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 7], "sep": ["[SEP]", 8]}}""", "of the template is 7, a number that no token has")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {}}}""", "\"unk_token\" is missing")]
    [InlineData("""{"added_tokens": [{"id": 1, "content": "a"}, {"id": 1, "content": "b"}]}""", "have the same number, 1")]
    [InlineData("""{"added_tokens": [3]}""", "added token 0 is not an object")]
    public void What_is_not_known_or_broken_is_named(string changes, string fault)
    {
        var json = Unrelated();
        foreach (var (name, value) in Json(changes)) json[name] = value?.DeepClone();
        Assert.Contains(fault, Assert.Throws<DataFileException>(() => Load(json)).Message, StringComparison.Ordinal);
    }

    /// <summary>A file changed at random is read or refused, and what was read encodes or refuses.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Broken_files_never_do_anything_but_refuse(bool ofWordPieces)
    {
        var options = new EncodeOptions { Truncation = TruncationStrategy.LongestFirst, MaxLength = 9, Padding = PaddingStrategy.Longest };
        TokenizerFile.Save(ofWordPieces ? new WordPieceTrainer(60, options: new() { Defaults = options }).Train(["to be or not to be"])
            : new BytePairTrainer(270, 2, "<s>").TrainOnBytes(["to be or not to be"]), folder["whole.json"]);
        var whole = File.ReadAllBytes(folder["whole.json"]);
        string[] words = ["null", "[]", "{}", "-1", "1e9", "\"ByteLevel\"", "true", "\"\\ud800\"", "\"type\"", "NFC", ","];
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 12], Gen.Int[0, words.Length], Gen.Byte).List[1, 4].Sample(changes =>
        {
            var bytes = whole.ToList();
            foreach (var (at, length, word, value) in changes)
            {
                var place = Math.Min(at, bytes.Count);
                bytes.RemoveRange(place, Math.Min(length, bytes.Count - place));
                bytes.InsertRange(place, word < words.Length ? System.Text.Encoding.UTF8.GetBytes(words[word]) : [value]);
            }
            using var scratch = new ScratchFolder();
            File.WriteAllBytes(scratch["broken.json"], [.. bytes]);
            try
            {
                var tokenizer = TokenizerFile.Load(scratch["broken.json"]);
                tokenizer.Decode(tokenizer.Ids("to be 🙂 <s> \uD83D"));
            }
            catch (Exception error) when (error is DataFileException or KeyNotFoundException)
            {
                Assert.NotEmpty(error.Message);
            }
        }, iter: 400);
    }
}
