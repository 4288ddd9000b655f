using System.Text.Json;
using Nabla.Data;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>
/// Against Hugging Face's BertTokenizerFast (tokenizers 0.23): tests/reference/wordpiece.json, and values of the library's own tests.
/// </summary>
public sealed class BertTokenizerTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The vocabulary of the reference values.</summary>
    internal static string[] Vocabulary { get; } = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "reference",
        "wordpiece_vocab.txt"));

    public static TheoryData<int> Entries => [.. Enumerable.Range(0, Read().GetArrayLength())];

    static JsonElement Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "reference", "wordpiece.json")));
        return json.RootElement.Clone();
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void Reference_entries_are_met(int index)
    {
        var entry = Read()[index];
        var tokenizer = new BertTokenizer(Vocabulary, new() { Lowercase = entry.GetProperty("lowercase").GetBoolean() });
        var (text, pair) = (entry.GetProperty("text").GetString()!, entry.TryGetProperty("pair", out var second) ? second.GetString()
            : null);
        var options = entry.TryGetProperty("max_length", out var most)
            ? new EncodeOptions { Truncation = TruncationStrategy.LongestFirst, MaxLength = most.GetInt32(),
                Padding = PaddingStrategy.MaxLength, PaddingLength = entry.GetProperty("pad_to").GetInt32() } : null;
        var encoded = tokenizer.Encode(text, pair, options);
        Assert.Equal(Numbers("ids"), encoded.Ids);
        if (entry.TryGetProperty("tokens", out var tokens)) Assert.Equal(tokens.EnumerateArray().Select(token => token.GetString()),
            encoded.Tokens);
        if (entry.TryGetProperty("type_ids", out _)) Assert.Equal(Numbers("type_ids"), encoded.TypeIds);
        if (entry.TryGetProperty("attention_mask", out _)) Assert.Equal(Numbers("attention_mask"), encoded.AttentionMask);
        if (entry.TryGetProperty("offsets", out var offsets))
            Assert.Equal(offsets.EnumerateArray().Select(offset => (offset[0].GetInt32(), offset[1].GetInt32())),
                Characters(encoded, text, pair));

        int[] Numbers(string name) => [.. entry.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];
    }

    /// <summary>Offsets by characters (Unicode scalar values), as Hugging Face's library counts them.</summary>
    internal static IEnumerable<(int Start, int End)> Characters(EncodedText encoded, string text, string? pair)
    {
        return encoded.Offsets.Select((offset, i) => encoded.SequenceIds[i] is { } sequence
            ? (Count(sequence, offset.Start), Count(sequence, offset.End)) : (0, 0));
        int Count(int sequence, int units) => (sequence == 0 ? text : pair!)[..units].EnumerateRunes().Count();
    }
}
