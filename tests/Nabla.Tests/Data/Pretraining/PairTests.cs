using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class PairTests
{
    static PretrainingExample[] Pairs(Pipeline<TextDocument> documents, PretrainingOptions? options = null, int epoch = 0,
        ulong seed = 7) =>
        [.. documents.Tokenize(NumberedCorpus.Tokenizer()).ToPretrainingExamples(NumberedCorpus.Tokenizer(), options ?? new(), seed)
            .Epoch(epoch)];

    /// <summary>Within five deviations of a fair coin.</summary>
    [Theory, InlineData(16), InlineData(128)]
    public void Half_of_the_pairs_follow_each_other(int maxLength)
    {
        var pairs = Pairs(NumberedCorpus.Documents(1500, random => 2 + random.NextInt(30), random => 1 + random.NextInt(20)),
            new() { MaxLength = maxLength });
        Assert.InRange(pairs.Length, 4000, int.MaxValue);
        Assert.InRange(pairs.Count(pair => pair.IsNext == true), (pairs.Length / 2.0) - (2.5 * Math.Sqrt(pairs.Length)),
            (pairs.Length / 2.0) + (2.5 * Math.Sqrt(pairs.Length)));
    }

    [Fact]
    public void A_second_segment_follows_the_first_or_comes_from_another_document()
    {
        var documents = NumberedCorpus.Documents(200);
        var index = NumberedCorpus.Index([.. documents]);
        foreach (var pair in Pairs(documents))
        {
            var (first, second) = NumberedCorpus.Segments(pair);
            var document = Assert.Single(first.Select(id => index[id].Document).Distinct());
            var other = Assert.Single(second.Select(id => index[id].Document).Distinct());
            Assert.Equal(pair.IsNext == true, document == other);
            Assert.All(new[] { first, second }, segment => Assert.Equal(Enumerable.Range(segment[0], segment.Length), segment));
            if (pair.IsNext == true) Assert.True(first[^1] < second[0]);
            // What was not cut off follows without a gap, between two sentences.
            if (pair.IsNext == true && pair.Length < 128)
            {
                Assert.Equal(first[^1] + 1, second[0]);
                Assert.Equal(index[first[^1]].Sentence + 1, index[second[0]].Sentence);
            }
        }
    }

    [Fact]
    public void Every_sentence_begins_a_pair_or_is_in_one()
    {
        var documents = NumberedCorpus.Documents(100, random => 1 + random.NextInt(9), random => 1 + random.NextInt(9));
        var seen = Pairs(documents, new() { MaxLength = 400, ShortProbability = 0 }).SelectMany(pair => pair.Tokens)
            .Select(token => token.Id).ToHashSet();
        Assert.Superset(NumberedCorpus.Index([.. documents]).Keys.ToHashSet(), seen);
    }

    [Fact]
    public void Pairs_fill_the_length_and_one_in_ten_is_shorter()
    {
        var pairs = Pairs(NumberedCorpus.Documents(200, _ => 200, _ => 7), new() { MaxLength = 64 });
        Assert.All(pairs, pair => Assert.InRange(pair.Length, PretrainingOptions.ShortestMaxLength, 64));
        // A random target of 2…61 is below 54, where a pair of whole sentences of 7 can end under 61, in 52 of 60 cases.
        var (shorter, expected) = (pairs.Count(pair => pair.Length < 57), 0.1 * 52 / 60);
        Assert.InRange(shorter / (double)pairs.Length, expected - 0.03, expected + 0.03);
        // Without these, short are only the last pair of a document and those whose random segment ends with its document.
        var full = Pairs(NumberedCorpus.Documents(20, _ => 200, _ => 7), new() { MaxLength = 64, ShortProbability = 0 });
        Assert.InRange(full.Count(pair => pair.Length >= 57) / (double)full.Length, 0.95, 1);
    }

    [Fact]
    public void The_longer_segment_is_shortened_at_both_ends()
    {
        var documents = NumberedCorpus.Documents(40, _ => 40, _ => 100);
        var index = NumberedCorpus.Index([.. documents]);
        var (atFront, atBack) = (0, 0);
        foreach (var pair in Pairs(documents, new() { MaxLength = 65, ShortProbability = 0 }))
        {
            var (first, second) = NumberedCorpus.Segments(pair);
            Assert.Equal((31, 31), (first.Length, second.Length));
            // Sentences of 100 tokens begin at multiples of 100.
            atFront += (first[0] - NumberedCorpus.FirstId) % 100;
            atBack += 99 - ((first[^1] - NumberedCorpus.FirstId) % 100);
        }
        Assert.InRange(atFront / (double)(atFront + atBack), 0.45, 0.55);
    }

    [Fact]
    public void A_corpus_of_one_document_has_no_random_segments()
    {
        var error = Assert.Throws<ArgumentException>(() => Pairs(NumberedCorpus.Documents(1)));
        Assert.StartsWith("Pretraining: SegmentPairs takes random segments from other documents, and \"document 0\" is the only one.",
            error.Message);
    }

    [Fact]
    public void No_document_is_left_alone_in_the_last_window()
    {
        for (var documents = 2; documents < 12; documents++)
        for (var buffer = 2; buffer < 6; buffer++)
        {
            var texts = NumberedCorpus.Documents(documents);
            var index = NumberedCorpus.Index([.. texts]);
            var pairs = Pairs(texts, new() { Buffer = buffer });
            Assert.Equal(documents, pairs.Select(pair => index[pair.Tokens[1].Id].Document).Distinct().Count());
        }
    }

    [Fact]
    public void A_document_without_tokens_is_passed_over()
    {
        var documents = NumberedCorpus.Documents(4);
        TextDocument empty = new("empty", ["", " "]), none = new("none", []);
        Pipeline<TextDocument> with = Dataset.From([empty, documents[0], documents[1], none, documents[2], documents[3], empty]);
        Assert.Equal(Pairs(documents).Select(pair => pair.Tokens), Pairs(with).Select(pair => pair.Tokens));
    }

    [Fact]
    public void Each_epoch_has_other_pairs()
    {
        var documents = NumberedCorpus.Documents(20);
        Assert.Equal(Pairs(documents, epoch: 1).Select(pair => pair.Tokens), Pairs(documents, epoch: 1).Select(pair => pair.Tokens));
        Assert.NotEqual(Pairs(documents, epoch: 0).Select(pair => pair.Tokens), Pairs(documents, epoch: 1).Select(pair => pair.Tokens));
        Assert.NotEqual(Pairs(documents, seed: 7).Select(pair => pair.Tokens), Pairs(documents, seed: 8).Select(pair => pair.Tokens));
    }

    [Fact]
    public void Shorter_sequences_come_first()
    {
        var options = new PretrainingOptions { MaxLength = 64, ShortProbability = 0, ShorterFirst = [new(2, 16), new(1, 32)] };
        var documents = NumberedCorpus.Documents(20);
        Assert.Equal([16, 16, 32, 64, 64],
            Enumerable.Range(0, 5).Select(epoch => Pairs(documents, options, epoch).Max(pair => pair.Length)));
    }

    public static TheoryData<PretrainingOptions, string> Misfits => new()
    {
        { new() { MaxLength = 4 }, "PretrainingOptions: MaxLength 4; 5 or more is needed." },
        { new() { ShortProbability = 2 }, "PretrainingOptions: ShortProbability 2; 0–1 is needed." },
        { new() { Buffer = 1 }, "PretrainingOptions: Buffer 1; 2 documents or more is needed." },
        { new() { ShorterFirst = [new(0, 64)] }, "PretrainingOptions: a phase of 0 epochs; 1 or more is needed." },
        { new() { ShorterFirst = [new(1, 4)] }, "PretrainingOptions: a phase with MaxLength 4; 5 or more is needed." },
        { new() { Layout = (PretrainingLayout)9 },
            "PretrainingOptions: layout 9; SegmentPairs, FullSentences, DocumentSentences is needed." },
    };

    [Theory, MemberData(nameof(Misfits))]
    public void Options_that_make_no_sense_are_an_error(PretrainingOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Pairs(NumberedCorpus.Documents(3), options)).Message);
}
