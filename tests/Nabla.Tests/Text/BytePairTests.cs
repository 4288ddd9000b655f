using System.Text;
using CsCheck;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

public sealed class BytePairTests
{
    static readonly string[] Corpus =
    [
        "low low low low low lower lower newest newest newest newest newest newest widest widest widest",
        "The quick brown fox jumps over the lazy dog; the dog doesn't mind. It's 3.14 o'clock — we'll see, they've said.",
        "Über den Wolken muß die Freiheit wohl grenzenlos sein. 床前明月光，疑是地上霜。 🙂🙂 naïve café 𠀋𠀋",
    ];

    /// <summary>Any UTF-16 at all, halves of surrogate pairs included, and what GPT-2's pattern looks for more often.</summary>
    static readonly Gen<string> Texts = Gen.OneOf(Gen.Char.Select(letter => letter.ToString()), Gen.Int[0, Samples.Length - 1].Select(i => Samples[i])).List[0, 40].Select(string.Concat);

    static string[] Samples => [" ", "  ", "\n", "\t", "'s", "'ll", "'", "\uD83D", "\uDE42", "🙂", "👩‍👩‍👧", "é", "e\u0301", "low", "er", "est", "12", "٣", "Ⅷ", "詩", "𠀋", ".", "!?", "\u00a0", "\u3000"];

    static ComposedTokenizer Bytes(int size = 320) => new BytePairTrainer(size, 2, "<|endoftext|>").TrainOnBytes(Corpus);

    [Fact]
    public void Any_text_at_all_decodes_to_itself_and_its_tokens_cover_it()
    {
        var tokenizer = Bytes();
        Texts.Sample(text =>
        {
            var tokens = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(tokens.Select(token => token.Id)));
            var at = 0;
            foreach (var token in tokens)
            {
                // Parts of one character have its whole place.
                Assert.True(token.Start <= at && at <= token.End && token.End <= text.Length);
                at = token.End;
            }
            Assert.Equal(text.Length, at);
        });
    }

    /// <summary>Written anew, with lists and nothing kept: join the earliest merge's leftmost pair until there is none.</summary>
    static List<string> Plainly(IEnumerable<string> symbols, IReadOnlyList<(string Left, string Right)> merges)
    {
        var word = symbols.ToList();
        while (true)
        {
            var pairs = Enumerable.Range(0, Math.Max(0, word.Count - 1)).Select(i => (At: i, Rank: merges.ToList().IndexOf((word[i], word[i + 1])))).Where(pair => pair.Rank >= 0).ToArray();
            if (pairs.Length == 0) return word;
            var (at, _) = pairs.MinBy(pair => (pair.Rank, pair.At));
            word[at] += word[at + 1];
            word.RemoveAt(at + 1);
        }
    }

    /// <summary>As the paper's algorithm 1 has it: count every pair anew for every merge.</summary>
    static List<(string, string)> PlainMerges(IEnumerable<string[]> words, List<string> names, int size, int least)
    {
        var (all, merges) = (words.Select(word => word.ToList()).ToArray(), new List<(string, string)>());
        while (names.Count < size)
        {
            var counts = all.SelectMany(word => word.Zip(word.Skip(1))).CountBy(pair => pair).Where(pair => pair.Value >= least).ToArray();
            if (counts.Length == 0) return merges;
            var (left, right) = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => names.IndexOf(pair.Key.First)).ThenBy(pair => names.IndexOf(pair.Key.Second)).First().Key;
            merges.Add((left, right));
            if (!names.Contains(left + right)) names.Add(left + right);
            foreach (var word in all)
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != left || word[i + 1] != right) continue;
                    word[i] = left + right;
                    word.RemoveAt(i + 1);
                }
        }
        return merges;
    }

    [Fact]
    public void Training_and_encoding_are_those_of_the_plain_algorithms() => Gen.Select(Gen.Char['a', 'd'].Array[1, 8].Select(letters => new string(letters)).List[1, 20], Gen.Int[8, 30], Gen.Int[1, 3]).Sample((words, size, least) =>
    {
        static string[] Split(string word) => [.. word[..^1].Select(letter => letter.ToString()), word[^1] + "</w>"];
        var names = words.SelectMany(Split).Distinct().Order(StringComparer.Ordinal).ToList();
        size = Math.Max(size, names.Count);
        var merges = PlainMerges(words.Select(Split), names, size, least);
        var tokenizer = new BytePairTrainer(size, least).TrainOnCharacters([string.Join(' ', words)]);
        var model = (BytePairModel)tokenizer.Model;
        Assert.Equal(merges, model.Merges);
        Assert.Equal(names, model.Vocabulary.Entries.Select(entry => entry.Key));
        foreach (var word in words) Assert.Equal(Plainly(Split(word), merges), tokenizer.Encode(word).Select(token => tokenizer[token.Id]));
        Assert.Equal(string.Join(' ', words), tokenizer.Decode(tokenizer.Ids(string.Join(' ', words))));
    }, iter: 60);

    /// <summary>Sennrich et al. 2016, figure 1's merges r·, lo, low, er· of its text "low", "lower", "newest" and so on come of the same counting; these are §3.2's words with algorithm 1's counts.</summary>
    [Fact]
    public void The_words_of_the_paper_give_its_merges()
    {
        var text = string.Join(' ', Enumerable.Repeat("low", 5).Concat(Enumerable.Repeat("lower", 2)).Concat(Enumerable.Repeat("newest", 6)).Concat(Enumerable.Repeat("widest", 3)));
        var merges = ((BytePairModel)new BytePairTrainer(20, 2).TrainOnCharacters([text]).Model).Merges;
        // e s: 9 times, then es t·: 9 times, then l o: 7 times; the paper's mark is a symbol of its own and takes a merge more.
        Assert.Equal([("e", "s"), ("es", "t</w>"), ("l", "o")], merges.Take(3));
    }

    [Fact]
    public void Long_words_are_encoded_in_time_that_grows_with_their_length()
    {
        var tokenizer = Bytes();
        var text = new string('e', 200_000) + string.Concat(Enumerable.Repeat("lowest", 20_000));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Ids(text)));
    }

    [Fact]
    public void The_same_texts_give_the_same_tokenizer()
    {
        using var folder = new ScratchFolder();
        TokenizerFile.Save(Bytes(), folder["a.json"]);
        TokenizerFile.Save(Bytes(), folder["b.json"]);
        Assert.Equal(File.ReadAllText(folder["a.json"]), File.ReadAllText(folder["b.json"]));
    }

    [Fact]
    public void Special_tokens_are_found_whole_and_left_out_by_decoding()
    {
        var tokenizer = Bytes();
        var ids = tokenizer.Ids("low<|endoftext|>low");
        Assert.Equal(0, ids[ids.Length / 2]);
        Assert.Equal("lowlow", tokenizer.Decode(ids));
        Assert.True(tokenizer.TryGetId("<|endoftext|>", out var id) && id == 0);
        Assert.True(tokenizer.TryGetId("Ġ", out _) && !tokenizer.TryGetId("nothing", out _));
    }

    /// <summary>Expected pieces from the tests of Hugging Face's tokenizers, src/pre_tokenizers/byte_level.rs, and what its expression does to characters beyond the basic plane.</summary>
    [Theory]
    [InlineData("Hello my friend, how is your day going?", "Hello|Ġmy|Ġfriend|,|Ġhow|Ġis|Ġyour|Ġday|Ġgoing|?")]
    [InlineData("Hello there\nHello there", "Hello|Ġthere|Ċ|Hello|Ġthere")]
    [InlineData("Hello there       dear", "Hello|Ġthere|ĠĠĠĠĠĠ|Ġdear")]
    [InlineData("i⭢j", "i|âŃ¢|j")]
    [InlineData("it's we'll I'd 'Tis", "it|'s|Ġwe|'ll|ĠI|'d|Ġ'|Tis")]
    [InlineData("a1b 22", "a|1|b|Ġ22")]
    [InlineData("a𠀋b", "aðłĢĭb")]
    [InlineData("x  ", "x|ĠĠ")]
    [InlineData("\n\n a", "ĊĊ|Ġa")]
    public void Pieces_are_those_of_GPT_2s_pattern(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', new ByteLevel(false, true).Cut(new(text, 0, text.Length)).Select(piece => piece.Text)));

    [Fact]
    public void Bytes_have_the_letters_of_GPT_2()
    {
        Assert.Equal("ĠĊĉĀ¡Ń", string.Concat(new byte[] { 32, 10, 9, 0, 0xA1, 0xAD }.Select(ByteAlphabet.Spell)));
        Assert.Equal(256, ByteAlphabet.All.Distinct().Count());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("257 is the least", Assert.Throws<ArgumentException>(() => new BytePairTrainer(256, 2, "<s>").TrainOnBytes(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("a special token is empty", Assert.Throws<ArgumentException>(() => new BytePairTrainer(300, 2, "").TrainOnBytes(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("\"<s>\" comes twice", Assert.Throws<ArgumentException>(() => new BytePairTrainer(300, 2, "<s>", "<s>").TrainOnBytes(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("put it among the special tokens", Assert.Throws<ArgumentException>(() => new BytePairTrainer(256).TrainOnCharacters(["a"], "<unk>")).Message, StringComparison.Ordinal);
        var letters = new BytePairTrainer(10).TrainOnCharacters(["a b"]);
        Assert.Contains("\"z\" of the text \"a z\"", Assert.Throws<KeyNotFoundException>(() => letters.Encode("a z")).Message, StringComparison.Ordinal);
        Assert.Contains("no token 99", Assert.Throws<ArgumentOutOfRangeException>(() => letters.Decode([99])).Message, StringComparison.Ordinal);
        var known = new BytePairTrainer(10, 2, "<unk>").TrainOnCharacters(["a b"], "<unk>");
        Assert.Equal([0, 0], known.Ids("z z"));
    }
}
