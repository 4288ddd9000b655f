using Microsoft.ML.OnnxRuntime;
using Nabla.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>BERT-base classifying pairs of texts, without gradients.</summary>
internal static class BertInference
{
    const int Time = 128;

    static readonly BertConfiguration Sizes = new();

    public static IEnumerable<Workload> All => [OfBatch(1), OfBatch(8)];

    static Workload OfBatch(int batch)
    {
        var examples = BertBatch.Random(1, batch, Time, Sizes.VocabularySize);
        return new($"bert-base-infer-{batch}", $"BERT-base in use: classes of {batch} × {Time} tokens", new(2.2),
            () =>
            {
                var (model, input) = (BertWeights.Drawn.Into(new BertForSequenceClassification(Sizes)), examples.Ours);
                return NablaSide.Forward(() => model.Forward(input));
            },
            () =>
            {
                var model = Theirs();
                var (ids, types, mask) = examples.Theirs;
                return TorchSide.Forward(() => model.Forward(ids, types, mask));
            },
            () => Onnx(examples))
        {
            Flops = BertFlops.Encoder(Sizes, batch, Time),
        };
    }

    static TorchBertForSequenceClassification Theirs() =>
        BertWeights.Drawn.Into(new TorchBertForSequenceClassification(Sizes with { HiddenDropout = 0, AttentionDropout = 0 }), ScalarType.Float32);

    static Side Onnx(BertBatch examples)
    {
        var session = OnnxBert.Load(Sizes, BertWeights.Drawn, classifier: true, padding: false);
        var (ids, types, _) = examples.Padded;
        var logits = new float[examples.Ids.Length * Sizes.Labels.Count];
        int[] shape = [examples.Ids.Length, examples.Longest];
        OrtValue[] inputs = [OnnxSide.Bind(Array.ConvertAll(ids, id => (int)id), shape), OnnxSide.Bind(Array.ConvertAll(types, type => (int)type), shape)];
        OrtValue[] outputs = [OnnxSide.Bind(logits, examples.Ids.Length, Sizes.Labels.Count)];
        var run = new RunOptions();
        void Run() => session.Run(run, ["ids", "types"], inputs, session.OutputNames, outputs);
        return new(Run, () =>
        {
            Run();
            return [logits];
        });
    }
}
