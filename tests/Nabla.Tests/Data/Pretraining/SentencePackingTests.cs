using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class SentencePackingTests
{
    static PretrainingExample[] Sequences(Pipeline<TextDocument> documents, PretrainingOptions options, int epoch = 0) =>
        [.. documents.Tokenize(NumberedCorpus.Tokenizer()).ToPretrainingExamples(NumberedCorpus.Tokenizer(), options, 7).Epoch(epoch)];

    static readonly Gen<PretrainingOptions> Options = Gen.Select(Gen.Bool, Gen.Int[5, 40], Gen.Int[2, 9], Gen.Bool,
        (across, length, buffer, isShort) => new PretrainingOptions
    {
        Layout = across ? PretrainingLayout.FullSentences : PretrainingLayout.DocumentSentences, MaxLength = length, Buffer = buffer,
            ShortProbability = isShort ? 0.3 : 0,
    });

    [Fact]
    public void Every_token_of_every_document_is_in_one_sequence_of_an_epoch() =>
        Gen.Select(Options, Gen.Int[1, 12], Gen.ULong[0, 99], Gen.Int[0, 2]).Sample((options, count, seed, epoch) =>
    {
        // Sentences of up to 60 tokens, longer than many of the sequences.
        var documents = NumberedCorpus.Documents(count, random => 1 + random.NextInt(9), random => 1 + random.NextInt(60), seed);
        var sequences = Sequences(documents, options, epoch);
        var ids = sequences.SelectMany(sequence => sequence.Tokens).Select(token => token.Id).Where(id => id >= NumberedCorpus.FirstId);
        Assert.Equal(NumberedCorpus.Index([.. documents]).Keys.Order(), ids.Order());
        Assert.All(sequences, sequence => Assert.InRange(sequence.Length, 3, options.MaxLength));
    }, iter: 200);

    [Fact]
    public void A_sequence_is_whole_sentences_in_order_with_a_separator_between_documents() =>
        Gen.Select(Options, Gen.ULong[0, 99]).Sample((options, seed) =>
    {
        var documents = NumberedCorpus.Documents(10, random => 1 + random.NextInt(9), random => 1 + random.NextInt(3), seed);
        var index = NumberedCorpus.Index([.. documents]);
        foreach (var sequence in Sequences(documents, options))
        {
            var ids = sequence.Tokens.Select(token => token.Id).ToArray();
            Assert.Equal((NumberedCorpus.Cls, NumberedCorpus.Sep), (ids[0], ids[^1]));
            Assert.Equal((ids.Length, (bool?)null), (sequence.FirstLength, sequence.IsNext));
            for (var i = 2; i < ids.Length - 1; i++)
            {
                if (ids[i] == NumberedCorpus.Sep) Assert.NotEqual(index[ids[i - 1]].Document, index[ids[i + 1]].Document);
                else if (ids[i - 1] != NumberedCorpus.Sep) Assert.Equal(ids[i - 1] + 1, ids[i]);
            }
            Assert.True(!index.TryGetValue(ids[1] - 1, out var before) || before != index[ids[1]], "begins with a whole sentence");
            Assert.True(!index.TryGetValue(ids[^2] + 1, out var behind) || behind != index[ids[^2]], "ends with a whole sentence");
            if (options.Layout == PretrainingLayout.DocumentSentences) Assert.DoesNotContain(NumberedCorpus.Sep, ids[..^1]);
        }
    }, iter: 100);

    [Fact]
    public void A_sequence_ends_where_the_next_sentence_does_not_fit()
    {
        var documents = NumberedCorpus.Documents(30, _ => 10, _ => 7);
        var full = Sequences(documents, new() { Layout = PretrainingLayout.FullSentences, MaxLength = 51, ShortProbability = 0 });
        // [CLS], seven sentences of 7 or six and a separator, [SEP].
        Assert.All(full[..^1], sequence =>
            Assert.Equal(sequence.Tokens.Count(token => token.Id == NumberedCorpus.Sep) > 1 ? 45 : 51, sequence.Length));
    }

    [Fact]
    public void A_sentence_that_is_too_long_is_cut_between_words()
    {
        var documents = NumberedCorpus.Documents(1, _ => 1, _ => 500);
        var sequences = Sequences(documents, new() { Layout = PretrainingLayout.DocumentSentences, MaxLength = 22, ShortProbability = 0 });
        Assert.All(sequences, sequence => Assert.False(sequence.Tokens[1].ContinuesWord));
        Assert.All(sequences[..^1], sequence => Assert.InRange(sequence.Length, 10, 22));
        // One word of 100 tokens has no such place.
        Pipeline<TextDocument> word = Dataset.From([new TextDocument("word",
            [string.Join(' ', Enumerable.Range(0, 100).Select(i => i == 0 ? "4" : $"+{4 + i}"))])]);
        Assert.Equal([22, 22, 22, 22, 22],
            Sequences(word, new() { Layout = PretrainingLayout.DocumentSentences, MaxLength = 22, ShortProbability = 0 })
            .Select(sequence => sequence.Length));
    }
}
