using Nabla.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Nabla.Benchmarks.Workloads;

/// <summary>BERT pretrained and fine-tuned: 8 × 128 tokens.</summary>
internal static class BertTrainings
{
    const int Batch = 8, Time = 128;

    public static IEnumerable<Workload> All => [SmallPretraining.Row, BaseFineTuning.Row];

    /// <summary>4 layers, 512 wide.</summary>
    static BertConfiguration Small { get; } = new() { HiddenSize = 512, HiddenLayers = 4, AttentionHeads = 8, IntermediateSize = 2048 };

    static BertConfiguration Base { get; } = new();

    static BertTraining<BertForPreTraining, TorchBertForPreTraining, MaskedBatch> SmallPretraining { get; } =
        new("bert-small-pretrain", "a pretraining step of BERT, 4 layers of 512, 8 × 128 tokens, 15% masked and next sentence, AdamW", new(2.2), Small)
        {
            Model = configuration => new(configuration),
            TorchModel = configuration => new(configuration),
            Batch = MaskedBatch.Random,
            Loss = batch =>
            {
                var (input, positions, tokens, next) = (batch.Examples.Ours, Tensor.From(batch.Positions), Tensor.From(batch.Tokens), Tensor.From(batch.Next));
                return model =>
                {
                    var (words, follows) = model.Forward(input, positions);
                    return (words.CrossEntropy(tokens) + follows.CrossEntropy(next), [words, follows]);
                };
            },
            TorchLoss = batch =>
            {
                var ((ids, types, mask), positions) = (batch.Examples.Theirs, tensor(batch.Positions));
                var (tokens, next) = (tensor(batch.Tokens), tensor(batch.Next));
                return model =>
                {
                    var (words, follows) = model.Forward(ids, types, mask, positions);
                    return (F.cross_entropy(words, tokens) + F.cross_entropy(follows, next), [words, follows]);
                };
            },
            ForwardFlops = BertFlops.Encoder(Small, Batch, Time) + BertFlops.MaskedLanguageHead(Small, Batch * MaskedBatch.MaskedPerSequence),
        };

    static BertTraining<BertForSequenceClassification, TorchBertForSequenceClassification, LabelledBatch> BaseFineTuning { get; } =
        Classification("bert-base-finetune", "a fine-tuning step of BERT-base on pairs of texts, 8 × 128 tokens, AdamW", new(2.2, 0.75), Base,
            number => LabelledBatch.Random(number, Base), BertFlops.Encoder(Base, Batch, Time));

    static BertTraining<BertForSequenceClassification, TorchBertForSequenceClassification, LabelledBatch> Classification(
        string name, string work, Goal goal, BertConfiguration configuration, Func<int, LabelledBatch> batches, double flops) => new(name, work, goal, configuration)
        {
            Model = sizes => new(sizes),
            TorchModel = sizes => new(sizes),
            Batch = batches,
            Loss = batch =>
            {
                var (input, labels) = (batch.Examples.Ours, Tensor.From(batch.Labels));
                return model =>
                {
                    var logits = model.Forward(input);
                    return (logits.CrossEntropy(labels), [logits]);
                };
            },
            TorchLoss = batch =>
            {
                var ((ids, types, mask), labels) = (batch.Examples.Theirs, tensor(batch.Labels));
                return model =>
                {
                    var logits = model.Forward(ids, types, mask);
                    return (F.cross_entropy(logits, labels), [logits]);
                };
            },
            ForwardFlops = flops,
        };

    /// <summary>Examples with a class each.</summary>
    internal sealed record LabelledBatch(BertBatch Examples, long[] Labels)
    {
        public static LabelledBatch Random(int number, BertConfiguration configuration) =>
            new(BertBatch.Random(100 + number, Batch, Time, configuration.VocabularySize), Values.Indices(200 + number, Batch, configuration.Labels.Count));
    }

    /// <summary>Examples of pretraining: which elements of [batch · time] are masked, what they were, and whether the second segment is random.</summary>
    internal sealed record MaskedBatch(BertBatch Examples, long[] Positions, long[] Tokens, long[] Next)
    {
        const int Mask = 103;

        /// <summary>15% of 128 tokens.</summary>
        public const int MaskedPerSequence = 19;

        public static MaskedBatch Random(int number)
        {
            var (examples, random) = (BertBatch.Random(100 + number, Batch, Time, Small.VocabularySize), new Random(200 + number));
            var words = Enumerable.Range(1, Time - 2).Where(column => column != Time / 2).ToArray();
            long[] positions = [.. Enumerable.Range(0, Batch).SelectMany(row =>
            {
                random.Shuffle(words);
                return words.Take(MaskedPerSequence).Order().Select(column => ((long)row * Time) + column).ToArray();
            })];
            long[] tokens = [.. positions.Select(position => (long)examples.Ids[position / Time][position % Time])];
            foreach (var position in positions)
                examples.Ids[position / Time][position % Time] = Mask;
            return new(examples, positions, tokens, Values.Indices(300 + number, Batch, 2));
        }
    }
}
