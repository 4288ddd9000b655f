using System.Globalization;
using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;

namespace Nabla.Cli.Verify;

/// <summary>
/// Values of a real checkpoint, all-MiniLM-L6-v2 (minilm_embed.json, results.json): ids and offsets of texts, hidden states, attentions and
/// embeddings; with the data sets at hand, the correlation with people's judgements and sixty steps of fine-tuning.
/// </summary>
internal static class MiniLmCases
{
    public const string Group = "minilm", FileName = "minilm_embed.json";

    /// <summary>Embeddings are compared by their cosine too.</summary>
    const double MostCosineError = 1e-5;

    public static IEnumerable<VerifyResult> Run(string folder, string? model, string? data)
    {
        if (model is null) throw new VerifyException($"{Group}: the checkpoint is needed: --model FOLDER, a folder of all-MiniLM-L6-v2.");
        var embedder = SentenceEmbedder.Load(model);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, FileName)));
        using var tensors = Safetensors.Open(Path.Combine(folder, Path.ChangeExtension(FileName, "safetensors")));
        var root = json.RootElement;
        foreach (var (i, text) in root.GetProperty("texts").EnumerateArray().Index())
            yield return Guarded($"text {i}", comparison => Text(comparison, embedder, tensors, $"{i}", text,
                root.GetProperty("max_length").GetInt32()));
        foreach (var (i, pair) in root.GetProperty("pairs").EnumerateArray().Index())
            yield return Guarded($"pair {i}", comparison => Pair(comparison, embedder, tensors, $"pair{i}", pair,
                root.GetProperty("pair_max_length").GetInt32()));
        if (data is null) yield break;
        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json")));
        foreach (var expected in results.RootElement.GetProperty("sts_spearman").EnumerateObject())
            yield return Guarded($"Spearman of {expected.Name}", comparison => Spearman(comparison, embedder, Path.Combine(data, "stsb",
                expected.Name), expected.Value.GetDouble()));
        foreach (var (type, tolerance) in new[] { (DType.Float32, 1e-4), (DType.Float64, 1e-8) })
            yield return Guarded($"fine-tuning in {type}", comparison => new MiniLmTraining(model, embedder.Tokenizer, Path.Combine(folder,
                "minilm_parity_head.safetensors"))
                .Compare(comparison, Path.Combine(data, "sick", "SICK_train.txt"), results.RootElement.GetProperty("sick_finetune_parity"),
                    type, tolerance));
    }

    static VerifyResult Guarded(string name, Action<Comparison> run)
    {
        var comparison = new Comparison();
        try
        {
            run(comparison);
            return new(Group, name, comparison.Failure is null, comparison.Worst, true, comparison.Failure);
        }
        catch (Exception error) when (error is IOException or VerifyException or ArgumentException or InvalidOperationException
            or KeyNotFoundException)
        {
            return new(Group, name, false, comparison.Worst, true, error.Message);
        }
    }

    static void Text(Comparison comparison, SentenceEmbedder embedder, Safetensors tensors, string name, JsonElement entry, int most)
    {
        var text = entry.GetProperty("text").GetString()!;
        var encoded = embedder.Tokenizer.Encode(text, null, new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = most });
        Ids(comparison, tensors, name, encoded);
        double[] offsets = [.. encoded.Offsets.SelectMany(offset => new double[] { Characters(text, offset.Start), Characters(text,
            offset.End) })];
        comparison.Add("offsets", [.. entry.GetProperty("offsets").EnumerateArray().SelectMany(offset =>
            offset.EnumerateArray().Select(value => value.GetDouble()))], offsets);
        var input = BertInput.From([encoded]);
        var trace = embedder.Bert.Trace(input);
        foreach (var layer in new[] { 0, 3, 6 })
        {
            comparison.Add($"hidden state {layer}, first token", tensors[$"{name}/hidden_{layer}_first"],
                trace.HiddenStates[layer].Values[0]);
            comparison.Add($"hidden state {layer}, last token", tensors[$"{name}/hidden_{layer}_last"],
                trace.HiddenStates[layer].Values[encoded.Count - 1]);
        }
        comparison.Add("attention 0, first token", tensors[$"{name}/attention_0_first_row"], trace.Attentions[0][0][.., 0]);
        comparison.Add("pooler output", tensors[$"{name}/pooler_output"], embedder.Bert.Pool(embedder.Bert.Forward(input))[0]);
        var (expected, embedding) = (tensors[$"{name}/embedding"], embedder.Forward(input)[0]);
        comparison.Add("embedding", expected, embedding);
        comparison.Add("the embedding's cosine with the reference", [1.0], [(expected * embedding).Sum().Item()], MostCosineError);
    }

    static void Pair(Comparison comparison, SentenceEmbedder embedder, Safetensors tensors, string name, JsonElement pair, int most)
    {
        var encoded = embedder.Tokenizer.Encode(pair[0].GetString()!, pair[1].GetString(),
            new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = most });
        Ids(comparison, tensors, name, encoded);
        comparison.Add("type ids", tensors[$"{name}/token_type_ids"], Tensor.From(encoded.TypeIds.Select(id => (long)id).ToArray()));
        comparison.Add("last hidden state, first token", tensors[$"{name}/last_hidden_first"],
            embedder.Bert.Forward(BertInput.From([encoded])).Values[0]);
    }

    static void Ids(Comparison comparison, Safetensors tensors, string name, EncodedText encoded) =>
        comparison.Add("ids", tensors[$"{name}/input_ids"], Tensor.From(encoded.Ids.Select(id => (long)id).ToArray()));

    /// <summary>How many Unicode scalars a text has before a place that is counted in UTF-16 code units.</summary>
    static int Characters(string text, int end) => text.AsSpan(0, end).Length - text.Take(end).Count(char.IsLowSurrogate);

    static void Spearman(Comparison comparison, SentenceEmbedder embedder, string file, double expected)
    {
        // No header, no quotes: …, score, sentence 1, sentence 2.
        var rows = File.ReadLines(file).Select(line => line.Split('\t')).Select(row => (Score: double.Parse(row[4],
            CultureInfo.InvariantCulture), First: row[5], Second: row[6])).ToArray();
        var first = embedder.Embed([.. rows.Select(row => row.First)]);
        var second = embedder.Embed([.. rows.Select(row => row.Second)]);
        var correlation = new SpearmanCorrelation();
        correlation.Update<double>([.. rows.Select(row => row.Score)], (first * second).Sum(1).To(DType.Float64).ToArray<double>());
        comparison.Add("the correlation", [expected], [correlation.Value], tolerance: 0.0005);
    }
}
