using CsCheck;
using Nabla.Data;
using Nabla.Text;

namespace Nabla.Tests.Data.Pretraining;

public sealed class MaskingTests
{
    const int VocabularySize = 60_000;

    static PretrainingExample Sequence(int words, ulong seed, Func<int, bool>? continues = null) => new(
        [new(NumberedCorpus.Cls),
            .. Enumerable.Range(0, words).Select(i => new PretrainingToken(NumberedCorpus.FirstId + i, continues?.Invoke(i) == true)),
            new(NumberedCorpus.Sep)], words + 2, null, seed);

    static PretrainingMasking Masking(double fraction = 0.15, bool wholeWords = false) =>
        new(NumberedCorpus.Tokenizer(VocabularySize), fraction, wholeWords);

    /// <summary>Of n draws with probability p, as many as within five deviations.</summary>
    static void Binomial(double p, long n, long count) =>
        Assert.InRange(count, (p * n) - (5 * Math.Sqrt(n * p * (1 - p))), (p * n) + (5 * Math.Sqrt(n * p * (1 - p))));

    [Theory, InlineData(0.15, false), InlineData(0.15, true), InlineData(0.4, false)]
    public void The_chosen_tokens_are_their_fraction_and_80_10_10(double fraction, bool wholeWords)
    {
        var sequences = Enumerable.Range(0, 2000).Select(i => Sequence(80 + (i % 60), (ulong)i, j => j % 3 == 1)).ToArray();
        var batch = Masking(fraction, wholeWords).Collate(sequences);
        var before = sequences.SelectMany(sequence => sequence.Tokens).Select(token => (long)token.Id).ToArray();
        var (after, positions, labels) = (batch.Ids.Values.ToArray<long>(), batch.MaskedPositions.ToArray<long>(),
            batch.MaskedLabels.ToArray<long>());
        Assert.Equal(positions.Select(position => before[position]), labels);
        Assert.Equal(positions.Distinct().Order(), positions);
        Assert.All(labels, label => Assert.True(label >= NumberedCorpus.FirstId));
        var chosen = positions.ToHashSet();
        Assert.All(Enumerable.Range(0, before.Length).Where(i => !chosen.Contains(i)), i => Assert.Equal(before[i], after[i]));
        var candidates = before.Count(id => id >= NumberedCorpus.FirstId);
        // Rounding at random adds a deviation of at most a half per sequence; passing over whole words that do not fit loses few tokens.
        var slack = (5 * 0.5 * Math.Sqrt(sequences.Length)) + (wholeWords ? sequences.Length * 0.2 : 0);
        Assert.InRange(positions.Length, (fraction * candidates) - slack, (fraction * candidates) + slack);
        Binomial(0.8, positions.Length, positions.Count(position => after[position] == NumberedCorpus.Mask));
        Binomial(0.1, positions.Length, positions.Count(position => after[position] == before[position]));
        var random = positions.Select(position => (Before: before[position], After: after[position]))
            .Where(pair => pair.After != NumberedCorpus.Mask && pair.After != pair.Before).Select(pair => pair.After).ToArray();
        Assert.All(random, id => Assert.InRange(id, NumberedCorpus.FirstId, VocabularySize - 1));
        // Uniform over the vocabulary: its mean is in the middle.
        Assert.InRange(random.Average(), (VocabularySize / 2.0) - (5 * VocabularySize / Math.Sqrt(12.0 * random.Length)),
            (VocabularySize / 2.0) + (5 * VocabularySize / Math.Sqrt(12.0 * random.Length)));
    }

    [Fact]
    public void Every_token_is_equally_probable()
    {
        var counts = new int[20];
        const int sequences = 20_000;
        for (var seed = 0UL; seed < sequences; seed++)
        {
            foreach (var position in Masking().Collate([Sequence(20, seed)]).MaskedPositions.ToArray<long>()) counts[position - 1]++;
        }
        Assert.All(counts, count => Binomial(0.15, sequences, count));
    }

    /// <summary>15% of 5 tokens is less than one in four of five; of 8 tokens 1.2, rounded so that the mean is right.</summary>
    [Theory, InlineData(1, 1), InlineData(5, 1), InlineData(8, 1.2), InlineData(50, 7.5), InlineData(100, 15)]
    public void The_mean_of_the_rounded_number_is_right_and_at_least_one(int words, double mean)
    {
        const int sequences = 10_000;
        var batch = Masking().Collate([.. Enumerable.Range(0, sequences).Select(i => Sequence(words, (ulong)i))]);
        Binomial(mean - Math.Floor(mean), sequences, batch.MaskedCount - (sequences * (long)Math.Floor(mean)));
    }

    [Fact]
    public void Whole_words_are_chosen_together() =>
        Gen.Select(Gen.Int[1, 60], Gen.ULong, Gen.Bool.Array[60]).Sample((words, seed, continues) =>
    {
        var sequence = Sequence(words, seed, i => i > 0 && continues[i]);
        var batch = Masking(wholeWords: true).Collate([sequence]);
        var chosen = batch.MaskedPositions.ToArray<long>().ToHashSet();
        Assert.NotEmpty(chosen);
        for (var i = 2; i <= words; i++)
        {
            if (sequence.Tokens[i].ContinuesWord) Assert.Equal(chosen.Contains(i - 1), chosen.Contains(i));
        }
    }, iter: 300);

    [Fact]
    public void A_word_whose_beginning_was_cut_off_does_not_join_what_stands_before()
    {
        // [CLS] ##a ##b [SEP] ##c: two words, of two tokens and of one.
        PretrainingExample cut(ulong seed) =>
            new([new(NumberedCorpus.Cls), new(10, true), new(11, true), new(NumberedCorpus.Sep), new(12, true), new(NumberedCorpus.Sep)],
            4, true, seed);
        var chosen = Enumerable.Range(0, 50)
            .Select(seed => string.Join(' ', Masking(0.6, wholeWords: true).Collate([cut((ulong)seed)]).MaskedPositions.ToArray<long>()))
            .Distinct().Order();
        Assert.Equal(["1 2", "4"], chosen);
    }

    [Fact]
    public void A_batch_says_types_labels_and_counts()
    {
        PretrainingToken[] tokens = [new(NumberedCorpus.Cls), new(10), new(NumberedCorpus.Sep), new(11), new(12), new(NumberedCorpus.Sep)];
        var batch = Masking().Collate([new(tokens, 3, true, 1), new(tokens, 3, false, 2)]);
        Assert.Equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1], batch.TypeIds.ToArray<long>());
        Assert.Equal([0, 1], batch.NextLabels!.ToArray<long>());
        Assert.Equal([0, 6, 12], batch.Ids.Offsets);
        Assert.Equal((2, 12, 2, 2), (batch.Count, batch.TokenCount, batch.MaskedCount, batch.PairCount));
        var single = Masking().Collate([Sequence(4, 1)]);
        Assert.Equal((null, 0), (single.NextLabels, single.PairCount));
        Assert.All(single.TypeIds.ToArray<long>(), type => Assert.Equal(0, type));
    }

    [Fact]
    public void Pairs_and_single_sequences_do_not_mix()
    {
        var pair = Sequence(4, 1) with { IsNext = true };
        Assert.StartsWith("PretrainingMasking: 1 pairs among 2 sequences",
            Assert.Throws<ArgumentException>(() => Masking().Collate([pair, Sequence(4, 1)])).Message);
        Assert.StartsWith("PretrainingMasking: 0 pairs among 0 sequences",
            Assert.Throws<ArgumentException>(() => Masking().Collate([])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Masking(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Masking(double.NaN));
    }

    /// <summary>The example of google-research/bert's tokenization_test.py.</summary>
    [Fact]
    public void Word_pieces_of_BERT_that_begin_with_two_number_signs_continue_a_word()
    {
        string[] vocabulary = ["[UNK]", "[CLS]", "[SEP]", "want", "##want", "##ed", "wa", "un", "runn", "##ing", ",", "[MASK]", "[PAD]"];
        var tokenizer = PretrainingTokenizer.From(new BertTokenizer(vocabulary));
        Assert.Equal((13, 1, 2, 11, 12), (tokenizer.VocabularySize, tokenizer.Cls, tokenizer.Sep, tokenizer.Mask, tokenizer.Pad));
        Assert.Equal([new(7), new(4, true), new(5, true), new(10), new(8), new(9, true)], tokenizer.Encode("UNwant\u00E9d,running"));
        Assert.Throws<InvalidOperationException>(() => PretrainingTokenizer.From(new BertTokenizer(vocabulary[..11])));
    }

    [Fact]
    public void Special_ids_have_to_be_different_ids_of_the_vocabulary()
    {
        Assert.Equal("PretrainingTokenizer: [CLS] 1, [SEP] 1, [MASK] 3, [PAD] 0 in a vocabulary of 10: "
            + "four different ids, 0 ≤ id < 10, and at least one other token are needed.",
            Assert.Throws<ArgumentException>(() => new PretrainingTokenizer(_ => [], 10, 1, 1, 3, 0)).Message);
        Assert.Throws<ArgumentException>(() => new PretrainingTokenizer(_ => [], 4, 1, 2, 3, 0));
        var tokenizer = new PretrainingTokenizer(_ => [new(10)], 10, 1, 2, 3, 0);
        Assert.StartsWith("PretrainingTokenizer: token 0 of \"abc\" has id 10; the vocabulary has 10 tokens.",
            Assert.Throws<ArgumentException>(() => tokenizer.Encode("abc")).Message);
    }
}
