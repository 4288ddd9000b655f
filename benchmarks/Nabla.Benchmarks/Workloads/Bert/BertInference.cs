using Microsoft.ML.OnnxRuntime;
using Nabla.Models;
using Nabla.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>BERT-base classifying pairs of texts, without gradients.</summary>
internal static class BertInference
{
    const int Time = 128, Pairs = 256;

    static readonly BertConfiguration Sizes = new();

    public static IEnumerable<Workload> All => [OfBatch(1), OfBatch(8), Natural];

    static Workload OfBatch(int batch)
    {
        BertBatch Examples() => BertBatch.Random(1, batch, Time, Sizes.VocabularySize);
        return new($"bert-base-infer-{batch}", $"BERT-base in use: classes of {batch} × {Time} tokens", new(2.2),
            () => Ours([Examples()]), () => Theirs([.. Examples().Buckets(batch)]), () => Onnx([.. Examples().Buckets(batch)]))
        {
            Flops = batch * BertFlops.Encoder(Sizes, Time),
        };
    }

    /// <summary>
    /// Neighbouring sentences of a novel, at most 128 tokens. Nabla takes them as they come and pads nothing; the peers get them sorted by
    /// length.
    /// </summary>
    static Workload Natural
    {
        get
        {
            // Each side's fastest.
            const int ourBatch = 16, torchBatch = 8, onnxBatch = 4;
            const string work = "BERT-base in use: classes of 256 pairs of sentences of Moby-Dick at their own lengths";
            return new("bert-base-infer-natural", work, new(2.5),
                () => Ours([.. Sentences().Chunks(ourBatch)]), () => Theirs([.. Sentences().Buckets(torchBatch)]),
                () => Onnx([.. Sentences().Buckets(onnxBatch)]), onnxGoal: new(1.3))
            {
                FlopsOfData = () => BertFlops.Encoder(Sizes, Sentences()),
            };
        }
    }

    static BertBatch Sentences() => BertBatch.Of(new BertTokenizer(MiniLmPackage.Vocabulary()), SentencePairs.Neighbours(Pairs), Time);

    static Side Ours(BertBatch[] batches)
    {
        var model = BertWeights.Drawn.Into(new BertForSequenceClassification(Sizes));
        var inputs = Array.ConvertAll(batches, batch => batch.Ours);
        float[] Run() => [.. inputs.SelectMany(input => model.Forward(input).ToArray<float>())];
        return new(() => Run(), () => [Run()]);
    }

    static Side Theirs((int[] Rows, BertBatch Batch)[] buckets)
    {
        var withoutDropout = Sizes with { HiddenDropout = 0, AttentionDropout = 0 };
        var model = BertWeights.Drawn.Into(new TorchBertForSequenceClassification(withoutDropout), ScalarType.Float32);
        var inputs = Array.ConvertAll(buckets, bucket => (bucket.Rows, bucket.Batch.Theirs));
        float[] Run()
        {
            using var mode = inference_mode();
            return InOrder(inputs.Select(input =>
            {
                using var scope = NewDisposeScope();
                var (ids, types, mask) = input.Theirs;
                return (input.Rows, TorchSide.Values(model.Forward(ids, types, mask)));
            }));
        }
        return new(() => Run(), () => [Run()]);
    }

    static Side Onnx((int[] Rows, BertBatch Batch)[] buckets)
    {
        var session = OnnxBert.Load(Sizes, BertWeights.Drawn, classifier: true, padding: buckets.Any(bucket => bucket.Batch.IsPadded));
        var inputs = Array.ConvertAll(buckets, bucket => (bucket.Rows, Values: OnnxBert.Inputs(session, bucket.Batch)));
        var run = new RunOptions();
        float[] Run() => InOrder(inputs.Select(input =>
        {
            using var outputs = session.Run(run, session.InputNames, input.Values, session.OutputNames);
            return (input.Rows, outputs[0].GetTensorDataAsSpan<float>().ToArray());
        }));
        return new(() => Run(), () => [Run()]);
    }

    /// <summary>The logits of batches in the order of the examples.</summary>
    static float[] InOrder(IEnumerable<(int[] Rows, float[] Logits)> batches)
    {
        var (classes, all) = (Sizes.Labels.Count, new List<(int Row, float[] Logits)>());
        foreach (var (rows, logits) in batches)
            all.AddRange(rows.Zip(logits.Chunk(classes)));
        return [.. all.OrderBy(one => one.Row).SelectMany(one => one.Logits)];
    }
}
