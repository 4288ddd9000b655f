using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>The files of a BERT tokenizer, as Hugging Face's libraries write and read them.</summary>
public sealed class BertFolderTests : IDisposable
{
    const string Lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nfox\n##es\n!\n";

    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    BertTokenizer Load(string vocabulary, string? config = null, string? special = null, string? added = null)
    {
        foreach (var (name, text) in new[] { ("vocab.txt", vocabulary), ("tokenizer_config.json", config),
            ("special_tokens_map.json", special), ("added_tokens.json", added) })
            if (text is not null) File.WriteAllText(folder[name], text);
        return BertTokenizer.Load(folder.Folder);
    }

    static string Tokens(BertTokenizer tokenizer, string text) =>
        string.Join(' ', tokenizer.Encode(text).Select(token => $"{token.Id}:{token.Start}-{token.End}"));

    [Theory]
    [InlineData(Lines)]
    [InlineData("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\nthe\r\nfox\r\n##es\r\n!\r\n")]
    [InlineData("\uFEFF[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nfox\n##es\n!")]
    [InlineData(Lines + "\n\r\n\n")]
    public void A_vocabulary_has_a_token_a_line_however_lines_end(string text)
    {
        var tokenizer = Load(text);
        Assert.Equal("5:0-3 6:4-7 7:7-9 8:9-10", Tokens(tokenizer, "the foxes!"));
        Assert.Equal(9, tokenizer.Count);
        Assert.Equal((0, 1, 2, 3, 4), (tokenizer.PadId, tokenizer.UnkId, tokenizer.ClsId, tokenizer.SepId, tokenizer.MaskId));
        Assert.Equal("5:0-3", Tokens(BertTokenizer.Load(folder["vocab.txt"]), "The"));
    }

    /// <summary>As a dictionary of Python has it: the number of a line that comes again is that of the last.</summary>
    [Fact]
    public void Of_a_token_that_comes_twice_the_last_line_counts()
    {
        var tokenizer = Load("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n\nfox\nthe\n");
        Assert.Equal("8:0-3 7:4-7", Tokens(tokenizer, "the fox"));
        Assert.Equal(9, tokenizer.Count);
        tokenizer.Save(folder["saved"]);
        Assert.Equal("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\n\nfox\nthe\n", File.ReadAllText(Path.Combine(folder["saved"], "vocab.txt")));
        Assert.Equal("8:0-3 7:4-7", Tokens(BertTokenizer.Load(folder["saved"]), "the fox"));
    }

    [Fact]
    public void The_files_beside_a_vocabulary_say_how_texts_are_read()
    {
        var tokenizer = Load("<pad>\n<unk>\n<s>\n</s>\n<mask>\nThe\nthé\n学\n", """
            {"do_lower_case": false, "strip_accents": false, "tokenize_chinese_chars": false, "model_max_length": 12, "unk_token": "<unk>",
                "cls_token": {"content": "<s>", "lstrip": false}, "sep_token": "</s>",
             "added_tokens_decoder": {"4": {"content": "<mask>", "lstrip": true, "special": true}}, "name_or_path": "somewhere"}
            """, """{"pad_token": "<pad>", "mask_token": {"content": "<mask>"}}""", """{"fox": 8}""");
        Assert.Equal("5:0-3 6:4-7 1:8-10 4:10-17 8:18-21", Tokens(tokenizer, "The thé 学学 <mask> fox"));
        Assert.Equal((0, 1, 2, 3, 4, 12),
            (tokenizer.PadId, tokenizer.UnkId, tokenizer.ClsId, tokenizer.SepId, tokenizer.MaskId, tokenizer.ModelMaxLength));
        Assert.Equal([2, 5, 3], tokenizer.Encode("The", null).Ids);
        Assert.Equal(9, tokenizer.Count);
        Assert.Equal("The fox", tokenizer.Decode([2, 5, 4, 8, 3]));
        Assert.Null(Load(Lines, """{"model_max_length": 1000000000000000019884624838656}""", """{}""", "{}").ModelMaxLength);
    }

    [Fact]
    public void What_is_saved_is_what_was_there()
    {
        var options = new BertTokenizerOptions
        {
            Lowercase = false, StripAccents = true, HandleChineseCharacters = false, MaxCharactersPerWord = 50, ModelMaxLength = 77,
                AddedTokens = [new(9, "new", Special: false) { Normalized = true }],
            Defaults = new() { Truncation = TruncationStrategy.OnlySecond, MaxLength = 30, Stride = 2, TruncationSide = SequenceSide.Left,
                Padding = PaddingStrategy.MaxLength, PaddingLength = 40, PadToMultipleOf = 8 },
        };
        var tokenizer = new BertTokenizer(Lines.Trim().Split('\n'), options);
        tokenizer.Save(folder["saved"]);
        var again = BertTokenizer.Load(folder["saved"]);
        Assert.Equal(tokenizer.Defaults with { PadId = 0 }, again.Defaults);
        Assert.Equal(77, again.ModelMaxLength);
        Assert.Equal(Tokens(tokenizer, "the new Fox 学学!"), Tokens(again, "the new Fox 学学!"));
        again.Save(folder["again"]);
        foreach (var name in new[] { "tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json" })
            Assert.Equal(File.ReadAllText(Path.Combine(folder["saved"], name)), File.ReadAllText(Path.Combine(folder["again"], name)));
        File.Delete(Path.Combine(folder["saved"], "tokenizer.json"));
        var fromVocabulary = BertTokenizer.Load(folder["saved"]);
        Assert.Equal(Tokens(tokenizer, "the new Fox é 学学!"), Tokens(fromVocabulary, "the new Fox é 学学!"));
        Assert.Equal(tokenizer.AddedTokens, fromVocabulary.AddedTokens);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["saved"], "tokenizer_config.json")))!;
        Assert.Equal(("BertTokenizer", false, "[CLS]", 77),
            (config["tokenizer_class"]!.GetValue<string>(), config["do_lower_case"]!.GetValue<bool>(),
            config["cls_token"]!.GetValue<string>(), config["model_max_length"]!.GetValue<int>()));
    }

    /// <summary>The layout of the library's own files.</summary>
    [Fact]
    public void The_tokenizer_json_is_the_librarys()
    {
        var tokenizer = new BertTokenizer(Lines.Trim().Split('\n')[..6],
            new() { Defaults = new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = 128,
            Padding = PaddingStrategy.Longest } });
        TokenizerFile.Save(tokenizer, folder["tokenizer.json"]);
        var expected = JsonNode.Parse("""
            {"version": "1.0", "truncation": {"direction": "Right", "max_length": 128, "strategy": "LongestFirst", "stride": 0},
             "padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0,
                 "pad_token": "[PAD]"}, "added_tokens": [],
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                 "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
                       {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
              "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                  "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
             "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                       "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "the": 5}}}
            """)!;
        foreach (var (id, content) in new[] { (0, "[PAD]"), (1, "[UNK]"), (2, "[CLS]"), (3, "[SEP]"), (4, "[MASK]") })
            expected["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = id, ["content"] = content, ["single_word"] = false,
                ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true });
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(folder["tokenizer.json"]))),
            File.ReadAllText(folder["tokenizer.json"]));
        Assert.IsType<BertTokenizer>(TokenizerFile.Load(folder["tokenizer.json"]));
    }

    [Fact]
    public void What_is_missing_or_broken_is_named()
    {
        Assert.Contains("neither tokenizer.json nor vocab.txt", Error(() => BertTokenizer.Load(folder.Folder)), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Error(() => BertTokenizer.Load(folder["nowhere.txt"])), StringComparison.Ordinal);
        Assert.Contains("has no \"[CLS]\" (ClsToken)", Error(() => Load("[PAD]\n[UNK]\n")), StringComparison.Ordinal);
        Assert.Contains("the vocabulary is empty", Error(() => Load("\n\n")), StringComparison.Ordinal);
        Assert.Contains("\"do_lower_case\" is \"yes\", neither true nor false", Error(() => Load(Lines, """{"do_lower_case": "yes"}""")), StringComparison.Ordinal);
        Assert.Contains("\"cls_token\" of tokenizer_config.json or special_tokens_map.json is 3, not a text", Error(() => Load(Lines, """{"cls_token": 3}""")), StringComparison.Ordinal);
        Assert.Contains("\"x\" is no id", Error(() => Load(Lines, """{"added_tokens_decoder": {"x": {"content": "a"}}}""")), StringComparison.Ordinal);
        Assert.Contains("has the id 5, which is that of \"the\"", Error(() => Load(Lines, """{"added_tokens_decoder": {"5": {"content": "a"}}}""")), StringComparison.Ordinal);
        Assert.Contains("tokenizer_config.json: it is no JSON", Error(() => Load(Lines, "{")), StringComparison.Ordinal);
        Assert.Contains("tokenizer_config.json: it is JSON, but not an object", Error(() => Load(Lines, "[]")), StringComparison.Ordinal);
        File.Delete(folder["tokenizer_config.json"]);
        File.WriteAllBytes(folder["vocab.txt"], [.. "[PAD]\n[UNK]\n"u8, 0xC3, 0x28, (byte)'\n']);
        Assert.Contains("vocab.txt:3: ", Error(() => BertTokenizer.Load(folder.Folder)), StringComparison.Ordinal);
        TokenizerFile.Save(new BytePairTrainer(260).TrainOnBytes(["a"]), folder["tokenizer.json"]);
        Assert.Contains("its model is not of the type WordPiece", Error(() => BertTokenizer.Load(folder.Folder)), StringComparison.Ordinal);
        File.WriteAllText(folder["file"], "");
        Assert.Throws<CheckpointException>(() => new BertTokenizer(BertTokenizerTests.Vocabulary).Save(folder["file"]));
    }

    static string Error(Action action) => Assert.Throws<DataFileException>(action).Message;
}
