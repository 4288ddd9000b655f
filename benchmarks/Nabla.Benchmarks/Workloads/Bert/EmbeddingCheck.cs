using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Nabla.Checkpoints;
using Nabla.Models;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// Embeddings of difficult texts by a real checkpoint: Nabla's beside those that ONNX Runtime computes from PyTorch's export of it, and
/// those of Hugging Face's library in float64.
/// </summary>
internal static class EmbeddingCheck
{
    const double LeastCosine = 0.99999;

    /// <summary>Prints what it sees and returns whether token ids are the same and embeddings have a cosine of at least 0.99999.</summary>
    public static bool Holds()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(MiniLm.Reference, "minilm_embed.json")));
        string[] texts = [.. json.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetProperty("text").GetString()!)];
        using var reference = Safetensors.Open(Path.Combine(MiniLm.Reference, "minilm_embed.safetensors"));
        var wanted = texts.Select((_, i) => Array.ConvertAll(reference[$"{i}/input_ids"].ToArray<long>(), id => (int)id)).ToArray();
        var embedder = new SentenceEmbedder(MiniLm.Tokenizer, BertCheckpoint.Load(MiniLm.Folder), new() { Normalizes = true });
        var encoded = embedder.Encode(texts);
        var sameIds = encoded.Zip(wanted).Count(pair => pair.First.Ids.SequenceEqual(pair.Second));
        Console.WriteLine(
            $"{texts.Length} texts, {encoded.Sum(text => text.Count)} tokens: the ids of {sameIds} are those of Hugging Face's tokenizer.");

        var ours = embedder.Embed(encoded).ToArray<float>().Chunk(embedder.Dimensions).ToArray();
        var exported = ByExportedModel(wanted);
        var stored = ByStoredWeights(wanted);
        var exact = texts.Select((_, i) => reference[$"{i}/embedding"].ToArray<float>()).ToArray();
        return (sameIds == texts.Length) & Compare("Nabla, ONNX Runtime", ours, exported)
            & Compare("Nabla, ONNX Runtime with the folder's weights", ours, stored)
            & Compare("Nabla, Hugging Face in float64", ours, exact)
            & Compare("ONNX Runtime, Hugging Face in float64", exported, exact);
    }

    /// <summary>PyTorch's export, in float32; the folder holds the same weights rounded to float16.</summary>
    static float[][] ByExportedModel(int[][] ids)
    {
        using var options = OnnxSide.Options();
        using var session = new InferenceSession(MiniLmPackage.Model(), options);
        using var run = new RunOptions();
        return [.. ids.SelectMany(text =>
        {
            int[] shape = [1, text.Length];
            var inputs = new Dictionary<string, OrtValue>
            {
                ["input_ids"] = OnnxSide.Bind(Array.ConvertAll(text, id => (long)id), shape),
                ["attention_mask"] = OnnxSide.Bind(Array.ConvertAll(text, _ => 1L), shape),
                ["token_type_ids"] = OnnxSide.Bind(new long[text.Length], shape),
            };
            using var outputs = session.Run(run, inputs, ["last_hidden_state"]);
            return Embeddings.Of(outputs[0], [text.Length]).ToArray();
        })];
    }

    static float[][] ByStoredWeights(int[][] ids)
    {
        using var session = OnnxBert.Load(MiniLm.Configuration, MiniLm.Weights, classifier: false, padding: false);
        using var run = new RunOptions();
        return [.. ids.SelectMany(text =>
        {
            var inputs = OnnxBert.Inputs(session, new([text], [text.Length]));
            using var outputs = session.Run(run, session.InputNames, inputs, session.OutputNames);
            return Embeddings.Of(outputs[0], [text.Length]).ToArray();
        })];
    }

    static bool Compare(string names, float[][] left, float[][] right)
    {
        var cosine = left.Zip(right, (one, other) => TensorPrimitives.CosineSimilarity<float>(one, other)).Min();
        var apart = left.Zip(right, (one, other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max()).Max();
        var holds = cosine >= LeastCosine;
        var seen = FormattableString.Invariant($"least cosine {cosine:0.0000000}, largest difference {apart:0.0e+0}");
        Console.WriteLine($"{names}: {seen}{(holds ? "" : FormattableString.Invariant($"; a cosine of {LeastCosine} is asked"))}");
        return holds;
    }
}
