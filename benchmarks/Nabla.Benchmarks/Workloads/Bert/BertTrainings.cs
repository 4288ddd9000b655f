using Nabla.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Classifying = Nabla.Benchmarks.Workloads.BertTraining<
    Nabla.Models.BertForSequenceClassification, Nabla.Benchmarks.Workloads.TorchBertForSequenceClassification,
    Nabla.Benchmarks.Workloads.LabelledBatch>;
using Pretraining = Nabla.Benchmarks.Workloads.BertTraining<
    Nabla.Models.BertForPreTraining, Nabla.Benchmarks.Workloads.TorchBertForPreTraining, Nabla.Benchmarks.Workloads.MaskedBatch>;

namespace Nabla.Benchmarks.Workloads;

/// <summary>BERT pretrained and fine-tuned.</summary>
internal static class BertTrainings
{
    const int Batch = 8, Time = 128, RealBatch = 16;

    public static IEnumerable<Workload> All =>
        [SmallPretraining.Row, BaseFineTuning.Row, MiniLmFineTuning.Row with { Missing = () => MiniLm.Missing }];

    /// <summary>4 layers, 512 wide.</summary>
    static BertConfiguration Small { get; } = new() { HiddenSize = 512, HiddenLayers = 4, AttentionHeads = 8, IntermediateSize = 2048 };

    static BertConfiguration Base { get; } = new();

    static Pretraining SmallPretraining { get; } = new("bert-small-pretrain",
        $"a pretraining step of BERT, 4 layers of 512, {Batch} × {Time} tokens, 15% masked and next sentence, AdamW", new(2.2), () => Small)
    {
        Model = sizes => new(sizes),
        TorchModel = sizes => new(sizes),
        Batches = count => [.. Enumerable.Range(0, count).Select(number => MaskedBatch.Random(number, Batch, Time, Small.VocabularySize))],
        Loss = batch =>
        {
            var (input, positions) = (batch.Examples.Ours, Tensor.From(batch.Positions));
            var (tokens, next) = (Tensor.From(batch.Tokens), Tensor.From(batch.Next));
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
        ForwardFlops = batches => batches.Average(batch =>
            BertFlops.Encoder(Small, batch.Examples) + BertFlops.MaskedLanguageHead(Small, batch.Tokens.Length)),
    };

    static Classifying BaseFineTuning { get; } = Classification("bert-base-finetune",
        $"a fine-tuning step of BERT-base on pairs of texts, {Batch} × {Time} tokens, AdamW", new(2.2, 0.75), () => Base, BertWeights.Drawn,
        count => [.. Enumerable.Range(0, count).Select(number => LabelledBatch.Random(number, Batch, Time, Base))]);

    static Classifying MiniLmFineTuning { get; } = Classification("minilm-finetune",
        $"a fine-tuning step of all-MiniLM-L6-v2 on {RealBatch} pairs of sentences of Moby-Dick at their own lengths, AdamW", new(2.2),
        () => MiniLm.Configuration, MiniLm.Weights, count => LabelledBatch.OfSentences(count, RealBatch));

    static Classifying Classification(
        string name, string work, Goal goal, Func<BertConfiguration> configuration, BertWeights weights,
        Func<int, LabelledBatch[]> batches) => new(name, work, goal, configuration)
        {
            Weights = weights,
            Model = sizes => new(sizes),
            TorchModel = sizes => new(sizes),
            Batches = batches,
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
            ForwardFlops = made => made.Average(batch => BertFlops.Encoder(configuration(), batch.Examples)),
        };
}
