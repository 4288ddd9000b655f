using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Nabla.Models;
using PeerTokenizer = FastBertTokenizer.BertTokenizer;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Embeddings of texts by a real checkpoint: the mean of the hidden states, scaled to length 1.</summary>
internal static class Embeddings
{
    const int Count = 1000, Longest = 256, TheirBatch = 8;

    public static Workload Row => new(
        "minilm-embed", $"embeddings of {Count} sentences of Moby-Dick by all-MiniLM-L6-v2, tokenizer included", Ours,
        new Dictionary<string, Peer> { [Engines.OnnxRuntime] = new(Onnx, new(1.3)) })
    {
        Missing = () => MiniLm.Missing,
        FlopsOfData = () =>
            SentenceEmbedder.Load(MiniLm.Folder).Encode(Sentences()).Sum(text => BertFlops.Encoder(MiniLm.Configuration, text.Count)),
    };

    static string[] Sentences() => [.. SentencePairs.Neighbours(Count).Select(pair => pair.Text)];

    /// <summary>From hidden states [batch, time, hidden] that ONNX Runtime computed.</summary>
    public static IEnumerable<float[]> Of(OrtValue hidden, int[] lengths)
    {
        var shape = hidden.GetTensorTypeAndShape().Shape;
        var (time, width) = ((int)shape[1], (int)shape[2]);
        for (var row = 0; row < lengths.Length; row++)
        {
            var sum = new float[width];
            for (var column = 0; column < lengths[row]; column++)
                TensorPrimitives.Add(sum, hidden.GetTensorDataAsSpan<float>().Slice(((row * time) + column) * width, width), sum);
            TensorPrimitives.Divide(sum, TensorPrimitives.Norm<float>(sum), sum);
            yield return sum;
        }
    }

    static Side Ours()
    {
        var (embedder, texts) = (SentenceEmbedder.Load(MiniLm.Folder), Sentences());
        return NablaSide.Forward(() => embedder.Embed(texts));
    }

    /// <summary>With the fastest tokenizer of .NET that we know.</summary>
    static Side Onnx()
    {
        var (tokenizer, texts) = (new PeerTokenizer(), Sentences());
        using (var vocabulary = File.OpenText(Path.Combine(MiniLm.Folder, "vocab.txt")))
            tokenizer.LoadVocabulary(vocabulary, convertInputToLowercase: true);
        var session = OnnxBert.Load(MiniLm.Configuration, MiniLm.Weights, classifier: false, padding: true);
        var options = new RunOptions();
        float[] Run()
        {
            var ids = Array.ConvertAll(texts, text => Array.ConvertAll(tokenizer.Encode(text, Longest).InputIds.ToArray(), id => (int)id));
            var embeddings = new float[texts.Length][];
            foreach (var (rows, batch) in new BertBatch(ids, Array.ConvertAll(ids, text => text.Length)).Buckets(TheirBatch))
            {
                var inputs = OnnxBert.Inputs(session, batch);
                using var outputs = session.Run(options, session.InputNames, inputs, session.OutputNames);
                foreach (var (row, embedding) in rows.Zip(Of(outputs[0], Array.ConvertAll(batch.Ids, text => text.Length))))
                    embeddings[row] = embedding;
                Array.ForEach(inputs, input => input.Dispose());
            }
            return [.. embeddings.SelectMany(embedding => embedding)];
        }
        return new(() => Run(), () => [Run()]);
    }
}
