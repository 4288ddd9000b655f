using System.Buffers;
using CsCheck;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>What holds for all texts, and the options of sequences.</summary>
public class BertEncodingTests
{
    static readonly string[] Tokens =
    [
        .. BertTokenizerTests.Vocabulary, "0", "##0", "1", "##1", "!", "?", "-", "[", "]", "#", "é", "##é", "à", "##а", "б", "##б", "ᄀ", "##ᅡ", "##ᆨ", "가", "😀", "##😀", "##\u0903", "ß", "##ß", "\uFFFD", "##\uFFFD",
    ];

    /// <summary>Letters, signs and words that mean something to the tokenizer, and any code units, halves of pairs included.</summary>
    static Gen<string> Texts { get; } = Gen.OneOf(
        Gen.OneOf("the", "The ", "quick", "playing", " unaffable", "[MASK]", " [SEP]", "[mask]", "##s", "\u0301", "e\u0301", "é", "가", "\u0903\u0302", "😀", "\uD83D", "\uDE00", "\0", "\uFFFD", "\u00AD", "深度",
            "İ", "ß", "x\u0000y", "\u3000", "\t", " ", "-", "’", "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "1", "A"),
        Gen.Char.Select(unit => unit.ToString()),
        Gen.Char['!', '~'].Select(unit => unit.ToString())).Array[0, 30].Select(string.Concat);

    static Gen<BertTokenizerOptions> Options { get; } = Gen.Select(Gen.Bool, Gen.OneOf<bool?>(null, true, false), Gen.Bool, Gen.Bool, Gen.OneOf(100, 20, 5),
        (lowercase, strips, handles, cleans, most) => new BertTokenizerOptions { Lowercase = lowercase, StripAccents = strips, HandleChineseCharacters = handles, CleanText = cleans, MaxCharactersPerWord = most });

    /// <summary>The same tokenizer, but one that goes its parts one after another: an added token that is sought in normalised text keeps it from reading in one pass.</summary>
    static BertTokenizer Composed(BertTokenizerOptions options) => new(Tokens, options with { AddedTokens = [new(Tokens.Length, "no text has this") { Normalized = true }] });

    [Fact]
    public void One_pass_gives_what_the_parts_give_one_after_another() => Gen.Select(Options, Texts).Sample((options, text) =>
    {
        Assert.Equal(Composed(options).Encode(text), new BertTokenizer(Tokens, options).Encode(text));
    }, iter: 2000);

    [Fact]
    public void Offsets_rise_and_slices_are_their_tokens() => Gen.Select(Options, Texts).Sample((options, text) =>
    {
        var tokenizer = new BertTokenizer(Tokens, options);
        var normalizer = new BertNormalizer(options.CleanText, options.HandleChineseCharacters, options.StripAccents, options.Lowercase);
        var (start, end) = (0, 0);
        foreach (var token in tokenizer.Encode(text))
        {
            Assert.InRange(token.Id, 0, tokenizer.Count - 1);
            Assert.InRange(token.Start, start, text.Length);
            Assert.InRange(token.End, Math.Max(end, token.Start + 1), text.Length);
            (start, end) = (token.Start, token.End);
            if (token.Id == tokenizer.UnkId || tokenizer.AddedTokens.Any(added => added.Id == token.Id)) continue;
            var (slice, piece) = (normalizer.Apply(new(text, start, end)).Text.Trim(' '), tokenizer[token.Id]);
            if (piece.StartsWith("##", StringComparison.Ordinal)) piece = piece[2..];
            // A Hangul syllable is several characters in NFD, of which a token may have some.
            if (slice.Any(letter => letter is >= '\u1100' and <= '\u11FF')) Assert.Contains(piece, slice, StringComparison.Ordinal);
            else Assert.Equal(piece, slice);
        }
    }, iter: 2000);

    [Fact]
    public void A_batch_is_its_texts_one_by_one() => Gen.Select(Texts, Texts.Array[1, 40]).Sample((pair, texts) =>
    {
        var tokenizer = new BertTokenizer(Tokens);
        var options = new EncodeOptions { Truncation = TruncationStrategy.LongestFirst, MaxLength = 12, Stride = 1, Padding = PaddingStrategy.MaxLength };
        var batch = tokenizer.EncodeBatch([.. texts.Select(text => (text, (string?)pair))], options);
        for (var i = 0; i < texts.Length; i++)
        {
            var one = tokenizer.Encode(texts[i], pair, options);
            Assert.Equal(one.Ids, batch[i].Ids);
            Assert.Equal(one.Offsets, batch[i].Offsets);
            Assert.Equal(12, one.Count);
            Assert.Equal(one.Overflowing.Select(window => string.Join(' ', window.Ids)), batch[i].Overflowing.Select(window => string.Join(' ', window.Ids)));
        }
    }, iter: 100);

    [Fact]
    public void Ids_alone_are_those_of_the_tokens() => Texts.Sample(text =>
    {
        var tokenizer = new BertTokenizer(Tokens);
        var (expected, writer) = (tokenizer.Encode(text).Select(token => token.Id), new ArrayBufferWriter<int>());
        Assert.Equal(expected, tokenizer.Ids(text));
        Assert.Equal(tokenizer.EncodeIds(text, writer), writer.WrittenCount);
        Assert.Equal(expected, writer.WrittenSpan.ToArray());
        Assert.Equal(expected, tokenizer.Encode(text, null, new() { AddSpecialTokens = false, Offsets = false }).Ids);
    }, iter: 300);

    /// <summary>Words of all lengths around the 16 characters that are read at a time, at the end of a text and before others.</summary>
    [Fact]
    public void Words_of_any_length_are_read()
    {
        for (var length = 1; length < 40; length++)
        {
            var word = string.Concat(Enumerable.Repeat("abcdefgh0", 5))[..length];
            var tokenizer = new BertTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", word, "##x", ".", "’"]);
            foreach (var (behind, expected) in new[] { ("", ""), (" ", ""), (".", " 7"), ("’", " 8"), ("\u00AD", ""), ("\u00ADx", " 6"), ("x", " 6"), ("é", null) })
            {
                var found = string.Join(' ', tokenizer.Ids($" {word.ToUpperInvariant()}{behind}"));
                Assert.Equal(expected is null ? "1" : "5" + expected, found);
            }
        }
    }

    [Fact]
    public void Halves_of_surrogate_pairs_are_left_out()
    {
        var tokenizer = new BertTokenizer(Tokens);
        Assert.Equal(tokenizer.Ids("the fox"), tokenizer.Ids("th\uD83De \uDE00fox"));
        Assert.Equal([new(tokenizer.Ids("fox")[0], 1, 4)], tokenizer.Encode("\uDC00fox"));
    }

    [Fact]
    public void Properties_say_what_each_token_is()
    {
        var tokenizer = new BertTokenizer(Tokens);
        var encoded = tokenizer.Encode("the fox.", "[MASK]", new() { Padding = PaddingStrategy.MaxLength, PaddingLength = 9, PadTypeId = 3 });
        Assert.Equal(["[CLS]", "the", "fox", ".", "[SEP]", "[MASK]", "[SEP]", "[PAD]", "[PAD]"], encoded.Tokens);
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 3, 3], encoded.TypeIds);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 0, 0], encoded.AttentionMask);
        Assert.Equal([1, 0, 0, 0, 1, 0, 1, 1, 1], encoded.SpecialTokensMask);
        Assert.Equal([null, 0, 0, 0, null, 1, null, null, null], encoded.SequenceIds);
        Assert.Equal([null, 0, 1, 2, null, 0, null, null, null], encoded.WordIds);
        Assert.Equal([(0, 0), (0, 3), (4, 7), (7, 8), (0, 0), (0, 6), (0, 0), (0, 0), (0, 0)], encoded.Offsets);
        Assert.Equal("the fox.", tokenizer.Decode(encoded.Ids));
        Assert.Equal("[CLS] the fox. [SEP] [MASK] [SEP] [PAD] [PAD]", tokenizer.Decode(encoded.Ids, skipSpecialTokens: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([Tokens.Length]));
    }

    [Fact]
    public void Options_that_do_not_fit_are_errors_that_say_so()
    {
        var tokenizer = new BertTokenizer(Tokens);
        Fails("Truncation needs a length, and the tokenizer has no ModelMaxLength. Set MaxLength", new() { Truncation = TruncationStrategy.LongestFirst });
        Fails("Padding needs a length", new() { Padding = PaddingStrategy.MaxLength });
        Fails("MaxLength is 2, but there are 3 special tokens", new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = 2 });
        Fails("Stride is 1, but a window has only 1 tokens", new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = 5, Stride = 1 });
        Fails("Truncation is OnlyFirst, and that text has 3 tokens, of which 3 would have to go to leave 3 in all", new() { Truncation = TruncationStrategy.OnlyFirst, MaxLength = 6 });
        Fails("Truncation is OnlySecond, but there is no second text", new() { Truncation = TruncationStrategy.OnlySecond, MaxLength = 4 }, pair: null);
        Fails("MaxLength is -1", new() { MaxLength = -1 });
        Fails("Stride is -1", new() { Stride = -1 });
        Fails("PaddingLength is -1", new() { PaddingLength = -1 });
        Fails("PadToMultipleOf is 0", new() { PadToMultipleOf = 0 });
        Assert.Contains("text 1 is null", Assert.Throws<ArgumentException>(() => tokenizer.EncodeBatch(["a", null!])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tokenizer.Encode("a", null, new() { Offsets = false }).Offsets);
        Assert.Contains("has no \"[MASK]\"", Assert.Throws<InvalidOperationException>(() => new BertTokenizer(["[CLS]", "[SEP]"]).MaskId).Message, StringComparison.Ordinal);
        Assert.Contains("Set PadId", Assert.Throws<ArgumentException>(() => new BertTokenizer(["[CLS]", "[SEP]"]).Encode("", null, new() { Padding = PaddingStrategy.Longest })).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => new BertTokenizer(["[CLS]", "[SEP]"]).Encode("a"));

        void Fails(string expected, EncodeOptions options, string? pair = "dog dog dog") =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => tokenizer.Encode("fox fox fox", pair, options)).Message, StringComparison.Ordinal);
    }
}
