using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class SubwordLabelTests
{
    /// <summary>[CLS] Hu ##gging Face is here [SEP] [PAD]: the example of Hugging Face's course, chapter 7.</summary>
    static readonly int?[] WordIds = [null, 0, 0, 1, 2, 3, null, null];

    [Fact]
    public void The_first_token_of_a_word_bears_its_label()
    {
        Assert.Equal([-100, 3, -100, 4, 0, 7, -100, -100], SubwordLabels.OfTokens([3, 4, 0, 7], WordIds));
        Assert.Equal([9, 3, 9, 4, 0, 7, 9, 9], SubwordLabels.OfTokens([3, 4, 0, 7], WordIds, ignored: 9));
    }

    [Fact]
    public void The_label_of_a_word_is_that_of_its_first_token()
    {
        Assert.Equal([1, 3, 4, 5], SubwordLabels.OfWords([0, 1, 2, 3, 4, 5, 6, 7], WordIds, 4));
        Assert.Equal([1, 3, 4, 5, -1, -1], SubwordLabels.OfWords([0, 1, 2, 3, 4, 5, 6, 7], WordIds, 6, missing: -1));
    }

    [Fact]
    public void Labels_of_words_come_back_from_their_tokens() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[1, 4]).Array[1, 10].Sample(words =>
        {
            int[] labels = [.. words.Select(word => word.Item1)];
            int?[] ids = [null, .. words.SelectMany((word, i) => Enumerable.Repeat((int?)i, word.Item2)), null];
            var tokens = SubwordLabels.OfTokens(labels, ids);
            Assert.Equal(labels.Length, tokens.Count(label => label != SubwordLabels.Ignored));
            Assert.Equal(labels, SubwordLabels.OfWords(tokens, ids, labels.Length));
        });

    [Fact]
    public void Words_of_tokens_are_found_by_where_they_are()
    {
        // "The U.S. won": [CLS] The U . S . won [SEP], and with a tokenizer whose tokens begin with the space before them.
        Assert.Equal([null, 0, 1, 1, 1, 1, 2, null], SubwordLabels.WordIds(["The", "U.S.", "won"],
            [(0, 0), (0, 3), (4, 5), (5, 6), (6, 7), (7, 8), (9, 12), (0, 0)]));
        Assert.Equal([0, 1, 1, 2], SubwordLabels.WordIds(["The", "U.S.", "won"], [(0, 3), (3, 5), (5, 8), (8, 12)]));
        Assert.Equal([null, 0, 2], SubwordLabels.WordIds(["a", "\u200b", "b"], [(0, 0), (0, 1), (4, 5)]));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("a token is of word 2, but there are 2 words",
            Assert.Throws<ArgumentException>(() => SubwordLabels.OfTokens([3, 4], WordIds)).Message);
        Assert.Contains("2 labels and 8 tokens", Assert.Throws<ArgumentException>(() => SubwordLabels.OfWords([1, 2], WordIds, 4)).Message);
        Assert.Contains("a token is of word 3", Assert.Throws<ArgumentException>(() =>
            SubwordLabels.OfWords(new int[8], WordIds, 3)).Message);
        Assert.Contains("a token ends at 9, but the words joined by spaces end at 3",
            Assert.Throws<ArgumentException>(() => SubwordLabels.WordIds(["a", "b"], [(5, 9)])).Message);
    }
}
