using System.Text.Json.Nodes;
using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class PretrainingPipelineTests
{
    static readonly Gen<PretrainingOptions> Options = Gen.Select(Gen.Int[0, 2], Gen.Int[8, 40], Gen.Int[2, 9], (layout, length, buffer) =>
        new PretrainingOptions { Layout = (PretrainingLayout)layout, MaxLength = length, Buffer = buffer, ShorterFirst = [new(1, 6)] });

    static Pipeline<PretrainingBatch> Batches(Pipeline<TextDocument> documents, PretrainingOptions options, int threads, int buffer)
    {
        var tokenizer = NumberedCorpus.Tokenizer();
        return documents.Tokenize(tokenizer).Prefetch(3, threads).ToPretrainingExamples(tokenizer, options, 5).Shuffle(6, buffer)
            .BatchByTokens(100, example => example.Length, new PretrainingMasking(tokenizer, wholeWords: true).Collate)
                .Prefetch(4, threads);
    }

    /// <summary>All that a batch holds.</summary>
    static string Text(PretrainingBatch batch) =>
        string.Join(" · ", new[] { batch.Ids.Values, batch.TypeIds, batch.MaskedPositions, batch.MaskedLabels, batch.NextLabels }
        .Select(tensor => tensor is null ? "none" : string.Join(' ', tensor.ToArray<long>())).Append(string.Join(' ', batch.Ids.Offsets)));

    static List<string> Texts(Cursor<PretrainingBatch> batches) => [.. batches.Rest().Select(Text)];

    [Fact]
    public void Batches_are_the_same_for_any_number_of_threads() =>
        Gen.Select(Options, Gen.Int[2, 4], Gen.Int[0, 2]).Sample((options, threads, epoch) =>
    {
        var documents = NumberedCorpus.Documents(15).Shuffle(3);
        using var one = Batches(documents, options, 1, 20).Open(epoch);
        using var many = Batches(documents, options, threads, 20).Open(epoch);
        Assert.Equal(Texts(one), Texts(many));
    }, iter: 12);

    [Fact]
    public void Going_on_from_any_position_gives_the_same_bits() =>
        Gen.Select(Options, Gen.Int[2, 20], Gen.Int[0, 1], Gen.Int[1, 25]).Sample((options, count, epoch, buffer) =>
    {
        var batches = Batches(NumberedCorpus.Documents(count, random => 1 + random.NextInt(9), random => 1 + random.NextInt(9))
            .Shuffle(3), options, 1, buffer);
        using var whole = batches.Open(epoch);
        var texts = Texts(whole);
        using var cursor = batches.Open(epoch);
        for (var at = 0; at <= texts.Count; at++)
        {
            // Through text, as in a checkpoint.
            using var again = batches.Open(JsonNode.Parse(cursor.State.ToJsonString())!);
            Assert.Equal(texts[at..], Texts(again));
            Assert.Equal(at < texts.Count, cursor.MoveNext());
        }
    }, iter: 15);

    [Fact]
    public void Masks_are_new_in_each_epoch_and_the_tokens_are_not()
    {
        var options = new PretrainingOptions { Layout = PretrainingLayout.DocumentSentences, ShortProbability = 0 };
        var batches = Batches(NumberedCorpus.Documents(2, _ => 3, _ => 9), options, 1, 1);
        var (first, second) = (Contents(batches, 0), Contents(batches, 1));
        Assert.Equal(first.Ids, second.Ids);
        Assert.NotEqual(first.Masked, second.Masked);
    }

    [Fact]
    public void A_position_of_another_corpus_is_an_error()
    {
        var (options, tokenizer) = (new PretrainingOptions { Buffer = 4 }, NumberedCorpus.Tokenizer());
        Pipeline<PretrainingExample> examples(int documents) =>
            Pipeline.From(NumberedCorpus.Documents(documents).ToArray().AsEnumerable()).Tokenize(tokenizer)
            .ToPretrainingExamples(tokenizer, options, 1);
        using var cursor = examples(30).Open();
        while (cursor.MoveNext()) { }
        var error = Assert.Throws<ArgumentException>(() => examples(4).Open(cursor.State));
        Assert.StartsWith("Pretraining: this position was not saved by this pipeline", error.Message);
        Assert.Throws<ArgumentException>(() => examples(4).Open(new JsonObject()));
    }

    /// <summary>What an epoch holds, whatever its order: the tokens before masking, and those that are masked.</summary>
    static (SortedSet<long> Ids, SortedSet<long> Masked) Contents(Pipeline<PretrainingBatch> batches, int epoch)
    {
        var (all, masked) = (new SortedSet<long>(), new SortedSet<long>());
        foreach (var batch in batches.Epoch(epoch))
        {
            var ids = batch.Ids.Values.ToArray<long>();
            foreach (var (position, label) in batch.MaskedPositions.ToArray<long>()
                .Zip(batch.MaskedLabels.ToArray<long>())) ids[position] = label;
            all.UnionWith(ids);
            masked.UnionWith(batch.MaskedLabels.ToArray<long>());
        }
        return (all, masked);
    }
}
