using CsCheck;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>Against Hugging Face's WordPieceTrainer.</summary>
public class WordPieceTrainerTests
{
    /// <summary>Where, in the reference vocabulary, the characters within words begin, and where the merges.</summary>
    const int Within = 51, Merges = 75;

    static string[] Corpus { get; } = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "reference", "wordpiece_corpus.txt"));

    static string[] Vocabulary(BertTokenizer tokenizer) => [.. Enumerable.Range(0, tokenizer.Count).Select(id => tokenizer[id])];

    /// <summary>
    /// The vocabulary that the library learned from the corpus. It numbers the characters within words in the order of a hash table, which differs from run to run and decides between pairs that occur as
    /// often: given that order, all that follows is the same.
    /// </summary>
    [Fact]
    public void The_reference_vocabulary_is_learned_from_its_corpus()
    {
        var expected = BertTokenizerTests.Vocabulary;
        Assert.Equal("##z", expected[Merges - 1]);
        Assert.DoesNotContain(expected[Merges..], token => token.Replace("##", "", StringComparison.Ordinal).Length < 2);
        var trained = new WordPieceTrainer { SpecialTokens = expected[..Merges] }.Train(Corpus);
        Assert.Equal(expected, Vocabulary(trained));
    }

    [Fact]
    public void Special_tokens_come_first_then_characters_in_their_order()
    {
        var vocabulary = Vocabulary(new WordPieceTrainer().Train(Corpus));
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ";", "a", "b"], vocabulary[..9]);
        Assert.Equal(BertTokenizerTests.Vocabulary[..Within], vocabulary[..Within]);
        Assert.Equal(BertTokenizerTests.Vocabulary[Within..Merges].Order(StringComparer.Ordinal), vocabulary[Within..Merges]);
        Assert.Equal(BertTokenizerTests.Vocabulary.Length, vocabulary.Length, 8.0);
        Assert.Contains("the", vocabulary);
    }

    /// <summary>The library's own test of the trainer: test_train in tokenizers/src/models/bpe/trainer.rs.</summary>
    [Fact]
    public void Words_of_the_librarys_own_test_give_its_vocabulary()
    {
        var words = new Dictionary<string, int>
        {
            ["roses"] = 1, ["are"] = 2, ["red"] = 1, ["voilets"] = 1, ["blue"] = 1, ["BERT"] = 1, ["is"] = 2, ["big"] = 1, ["and"] = 1, ["so"] = 1, ["GPT-2"] = 1,
        };
        var merging = new PairMerging([.. words.Keys.Select(word => word.Select(letter => Id(letter)).ToArray())], [.. words.Values.Select(count => (long)count)]);
        string[] expected = ["r e", "a re", "i s"];
        var names = "-2BEGPRTabdegilnorstuv".Select(letter => letter.ToString()).ToList();
        foreach (var merge in expected)
        {
            var pair = merging.Best(2)!.Value;
            Assert.Equal(merge, $"{names[pair.Left]} {names[pair.Right]}");
            names.Add(names[pair.Left] + names[pair.Right]);
            merging.Join(pair, names.Count - 1);
        }
        Assert.Null(merging.Best(2));

        static int Id(char letter) => "-2BEGPRTabdegilnorstuv".IndexOf(letter, StringComparison.Ordinal);
    }

    /// <summary>A plain count of all pairs before each merge, over words that are lists.</summary>
    [Fact]
    public void Merges_are_those_of_the_plain_algorithm() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 1, 7].Array[1, 30], Gen.Int[1, 3]).Sample((words, least) =>
        {
            var trained = Vocabulary(new WordPieceTrainer(40, least).Train([string.Join(' ', words)]));
            Assert.Equal(Plain(words, 40, least), trained);
        }, iter: 500);

    static List<string> Plain(string[] words, int size, int least)
    {
        var spelled = words.Select(word => word.Select((letter, i) => i == 0 ? $"{letter}" : $"##{letter}").ToList()).ToList();
        List<string> names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        names.AddRange(words.SelectMany(word => word).Distinct().Order().Select(letter => letter.ToString()));
        names.AddRange(spelled.SelectMany(word => word).Where(symbol => symbol.Length == 3).Distinct().Order(StringComparer.Ordinal));
        while (names.Count < size)
        {
            var pairs = spelled.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Where(pair => pair.Count() >= least).ToArray();
            if (pairs.Length == 0) break;
            var (left, right) = pairs.OrderByDescending(pair => pair.Count()).ThenBy(pair => names.IndexOf(pair.Key.First)).ThenBy(pair => names.IndexOf(pair.Key.Second)).First().Key;
            var joined = left + right[2..];
            if (!names.Contains(joined)) names.Add(joined);
            foreach (var word in spelled)
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] != left || word[i + 1] != right) continue;
                    word[i] = joined;
                    word.RemoveAt(i + 1);
                }
        }
        return names;
    }

    [Fact]
    public void The_alphabet_is_limited_and_begun_as_the_options_say()
    {
        var limited = new WordPieceTrainer { LimitAlphabet = 2, InitialAlphabet = "é" }.Train(["aaab bbbb cd", "ab"]);
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "b", "é", "##b", "##bb"], Vocabulary(limited)[..9]);
        var cased = new WordPieceTrainer(options: new() { Lowercase = false, PadToken = "<pad>" }) { SpecialTokens = ["<pad>", "[UNK]", "[CLS]", "[SEP]", "[ENTITY]"] }.Train(["The the"]);
        Assert.Equal(["<pad>", "[UNK]", "[CLS]", "[SEP]", "[ENTITY]", "T", "e", "h", "t", "##e", "##h", "##he"], Vocabulary(cased));
        Assert.Equal([4, 8, 11], cased.Ids("[ENTITY] the"));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("8 is the least", Assert.Throws<ArgumentException>(() => new WordPieceTrainer(7).Train(["ab"])).Message, StringComparison.Ordinal);
        Assert.Contains("a special token is empty", Assert.Throws<ArgumentException>(() => new WordPieceTrainer { SpecialTokens = [""] }.Train(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("\"[CLS]\" comes twice", Assert.Throws<ArgumentException>(() => new WordPieceTrainer { SpecialTokens = ["[CLS]", "[CLS]"] }.Train(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("has no \"[SEP]\" (SepToken)", Assert.Throws<ArgumentException>(() => new WordPieceTrainer { SpecialTokens = ["[CLS]"] }.Train(["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("a text is null", Assert.Throws<ArgumentException>(() => new WordPieceTrainer().Train([null!])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WordPieceTrainer(minimumCount: -1).Train([]));
    }
}
