using System.Text.Json;
using Nabla.Text;

namespace Nabla.Cli.Verify;

/// <summary>
/// Entries of wordpiece.json: a text, or a pair, with the ids, tokens, type ids, attention mask and offsets that Hugging Face's
/// BertTokenizerFast gives it. The vocabulary, wordpiece_vocab.txt, lies beside the file.
/// </summary>
internal sealed class WordPieceCases(string folder)
{
    /// <summary>The vocabulary beside a group's file.</summary>
    public const string VocabularyName = "wordpiece_vocab.txt";

    private readonly Lazy<string[]> vocabulary = new(() => File.ReadAllLines(Path.Combine(folder, VocabularyName)));
    private readonly Dictionary<bool, BertTokenizer> tokenizers = [];

    public void Run(JsonElement entry, Comparison comparison)
    {
        var lowercase = entry.GetProperty("lowercase").GetBoolean();
        if (!tokenizers.TryGetValue(lowercase, out var tokenizer))
            tokenizers[lowercase] = tokenizer = new(vocabulary.Value, new() { Lowercase = lowercase });
        var (text, pair) = (Text(entry, "text") ?? throw new VerifyException("the entry has no \"text\""), Text(entry, "pair"));
        var encoded = tokenizer.Encode(text, pair, Options(entry));
        comparison.AddExact<int>("ids", Numbers(entry.GetProperty("ids")), encoded.Ids);
        if (entry.TryGetProperty("type_ids", out var types)) comparison.AddExact<int>("type_ids", Numbers(types), encoded.TypeIds);
        if (entry.TryGetProperty("attention_mask", out var mask))
            comparison.AddExact<int>("attention_mask", Numbers(mask), encoded.AttentionMask);
        if (entry.TryGetProperty("tokens", out var tokens))
            comparison.AddExact<string>("tokens", [.. tokens.EnumerateArray().Select(token => token.GetString()!)], encoded.Tokens);
        if (entry.TryGetProperty("offsets", out var offsets))
            comparison.AddExact<int>("offsets", Numbers(offsets), Offsets(encoded, [text, pair ?? ""]));
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static EncodeOptions Options(JsonElement entry)
    {
        var options = new EncodeOptions();
        if (entry.TryGetProperty("max_length", out var most))
            options = options with { Truncation = TruncationStrategy.LongestFirst, MaxLength = most.GetInt32() };
        if (entry.TryGetProperty("pad_to", out var length))
            options = options with { Padding = PaddingStrategy.MaxLength, PaddingLength = length.GetInt32() };
        return options;
    }

    public static int[] Numbers(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().SelectMany(Numbers)] : [list.GetInt32()];

    /// <summary>Offsets by characters (Unicode scalar values), as the file counts them.</summary>
    public static int[] Offsets(EncodedText encoded, string[] texts)
    {
        int Characters(int token, int units) => encoded.SequenceIds[token] is { } text ? texts[text][..units].EnumerateRunes().Count() : 0;
        return [.. encoded.Offsets.SelectMany((offset, token) => new[] { Characters(token, offset.Start), Characters(token, offset.End) })];
    }
}
