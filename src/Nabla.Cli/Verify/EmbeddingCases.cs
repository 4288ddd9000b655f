using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Text;

namespace Nabla.Cli.Verify;

/// <summary>
/// Texts and pairs of texts with the token ids and offsets that Hugging Face's library gives them for a real model, whose folder is named
/// by --model. Each is a case: <c>0</c>, <c>1</c>, …, <c>pair0</c>, ….
/// </summary>
internal sealed class EmbeddingCases(JsonElement root, Safetensors? tensors, string? model)
{
    private readonly Lazy<BertTokenizer> tokenizer = new(() =>
        BertTokenizer.Load(model ?? throw new VerifyException("the folder of the model is needed: --model DIR")));

    public IEnumerable<(string Name, Action<Comparison> Run)> All
    {
        get
        {
            foreach (var (i, text) in root.GetProperty("texts").EnumerateArray().Index())
                yield return ($"{i}", comparison =>
                    Compare(comparison, $"{i}", text.GetProperty("text").GetString()!, null, "max_length", text.GetProperty("offsets")));
            foreach (var (i, pair) in root.GetProperty("pairs").EnumerateArray().Index())
                yield return ($"pair{i}", comparison =>
                    Compare(comparison, $"pair{i}", pair[0].GetString()!, pair[1].GetString()!, "pair_max_length", null));
        }
    }

    private void Compare(Comparison comparison, string name, string text, string? pair, string limit, JsonElement? offsets)
    {
        var encoded = tokenizer.Value.Encode(text, pair,
            new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = root.GetProperty(limit).GetInt32() });
        var ids = tensors is not null && tensors.Contains($"{name}/input_ids") ? tensors[$"{name}/input_ids"]
            : throw new VerifyException($"there is no tensor \"{name}/input_ids\"");
        comparison.AddExact<long>("input_ids", ids.Reshape([-1]).ToArray<long>(), Array.ConvertAll(encoded.Ids, id => (long)id));
        if (tensors.Contains($"{name}/token_type_ids"))
            comparison.AddExact<long>("token_type_ids", tensors[$"{name}/token_type_ids"].Reshape([-1]).ToArray<long>(),
                Array.ConvertAll(encoded.TypeIds, type => (long)type));
        if (offsets is { } expected)
            comparison.AddExact<int>("offsets", WordPieceCases.Numbers(expected), WordPieceCases.Offsets(encoded, [text]));
    }
}
