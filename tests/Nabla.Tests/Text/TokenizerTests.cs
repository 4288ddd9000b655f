using System.Text;
using CsCheck;
using Nabla.Data;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

public sealed class TokenizerTests
{
    static readonly string[] Samples = ["a", "Z", "é", "e\u0301", " ", "\n", "'", "’", "_", "7", "…", "詩", "𠀋", "🙂", "한", "か", "ß"];

    /// <summary>Any text without halves of surrogate pairs: of all planes, of white space and marks as often as of letters.</summary>
    static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(value => new Rune(value).ToString()),
        Gen.Int[0, 16].Select(i => Samples[i])).List[0, 30].Select(string.Concat);

    [Fact]
    public void A_character_outside_of_the_basic_plane_is_one_token()
    {
        var tokenizer = CharacterTokenizer.Train(["床𠀋🙂"]);
        Assert.Equal([new(0, 0, 1), new(2, 1, 3), new(1, 3, 5)], tokenizer.Encode("床𠀋🙂"));
    }

    [Fact]
    public void Characters_decode_to_the_very_text() => Texts.Sample(text =>
    {
        var tokenizer = CharacterTokenizer.Train([text], special: SpecialSymbols.All);
        var tokens = tokenizer.Encode(text);
        Assert.Equal(text, tokenizer.Decode(tokens.Select(token => token.Id)));
        Assert.Equal(text, string.Concat(tokens.Select(token => text[token.Start..token.End])));
    });

    [Fact]
    public void Half_of_a_surrogate_pair_is_the_replacement_character()
    {
        var tokenizer = CharacterTokenizer.Train(["a\uD83D"]);
        Assert.Equal("a\uFFFD", tokenizer.Decode(tokenizer.Ids("a\uD83D")));
        Assert.Single(new WordTokenizer(new(["\uDE42", "<unk>"], new(Unknown: "<unk>"))).Encode("\uDE42"));
    }

    [Theory]
    [InlineData("Don't panic: it's 42!", "Don't|panic|:|it's|42|!")]
    [InlineData("rock 'n' roll", "rock|'|n|'|roll")]
    [InlineData("l’été, à 8h30 — déjà?", "l’été|,|à|8h30|—|déjà|?")]
    [InlineData("snake_case x=3.14 a@b.org", "snake_case|x|=|3|.|14|a|@|b|.|org")]
    [InlineData("床前明月光，疑是", "床|前|明|月|光|，|疑|是")]
    [InlineData("한국어 ひらがな カタカナ", "한국어|ひらがな|カタカナ")]
    [InlineData("e\u0301t\u0301 🙂🙂\u200d\tx\u00a0y", "e\u0301t\u0301|🙂|🙂|x|y")]
    [InlineData("हिन्दी भाषा", "हिन्दी|भाषा")]
    [InlineData("", "")]
    public void Words_and_marks_are_found_in_any_script(string text, string expected) => Assert.Equal(expected, string.Join('|', Words.Of(text).Select(range => text[range])));

    [Fact]
    public void Words_leave_out_nothing_but_what_lies_between_them() => Texts.Sample(text =>
    {
        var (at, between) = (0, new StringBuilder());
        foreach (var range in Words.Of(text))
        {
            Assert.True(range.Start.Value >= at && range.End.Value > range.Start.Value);
            between.Append(text, at, range.Start.Value - at);
            at = range.End.Value;
        }
        between.Append(text, at, text.Length - at);
        Assert.All(between.ToString().EnumerateRunes(), rune => Assert.True(
            Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format));
    });

    [Fact]
    public void Words_in_lower_case_keep_their_place_in_the_text()
    {
        var tokenizer = WordTokenizer.Train(["The cat. THE CAT"], lowercase: true, minimumCount: 2, special: SpecialSymbols.All);
        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", "cat", "the"], tokenizer.Vocabulary.Symbols);
        Assert.Equal([new(5, 1, 4), new(1, 5, 8), new(4, 9, 12)], tokenizer.Encode(" ThE dog CAT"));
        Assert.Equal("the <unk> cat", tokenizer.Decode([2, .. tokenizer.Ids("the dog cat"), 3, 0]));
    }

    [Fact]
    public void A_tokenizer_in_a_file_is_the_same() => Texts.Sample(text =>
    {
        using var folder = new ScratchFolder();
        var path = folder[TokenizerFile.Name];
        foreach (var tokenizer in new ITokenizer[] { CharacterTokenizer.Train([text], special: SpecialSymbols.All), WordTokenizer.Train([text], true, special: SpecialSymbols.All with { End = null }) })
        {
            TokenizerFile.Save(tokenizer, path);
            var again = TokenizerFile.Load(path);
            Assert.Equal(tokenizer.GetType(), again.GetType());
            Assert.Equal(tokenizer.Encode(text), again.Encode(text));
            Assert.Equal(tokenizer.Decode(tokenizer.Ids(text)), again.Decode(tokenizer.Ids(text)));
            Assert.Equal(tokenizer.Count, again.Count);
        }
    }, iter: 20);

    [Theory]
    [InlineData("nonsense", "is no tokenizer that can be read")]
    [InlineData("[1]", "not an object")]
    [InlineData("{}", "it has neither a \"model\"")]
    [InlineData("""{"nabla_tokenizer": "runes"}""", "\"runes\"; \"characters\" and \"words\" are known")]
    [InlineData("""{"nabla_tokenizer": 3}""", "cannot be converted")]
    [InlineData("""{"nabla_tokenizer": "words", "lowercase": true}""", "no list \"symbols\"")]
    [InlineData("""{"nabla_tokenizer": "words", "vocabulary": {"symbols": ["a"]}}""", "\"lowercase\" is missing")]
    [InlineData("""{"nabla_tokenizer": "characters", "vocabulary": {"symbols": ["a", null]}}""", "symbol 1 is null")]
    [InlineData("""{"nabla_tokenizer": "characters", "vocabulary": {"symbols": ["a", "a"]}}""", "comes twice")]
    [InlineData("""{"nabla_tokenizer": "characters", "vocabulary": {"symbols": ["a"], "unknown": "b"}}""", "\"b\" is none")]
    public void A_file_that_holds_no_tokenizer_is_named_with_its_fault(string content, string fault)
    {
        using var folder = new ScratchFolder();
        var path = folder["broken.json"];
        File.WriteAllText(path, content);
        var error = Assert.Throws<DataFileException>(() => TokenizerFile.Load(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }
}
