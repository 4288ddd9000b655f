using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Nabla.Tests.Checkpoints;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>
/// Texts drawn at random, of many scripts and of what is rare and strange, encoded by Hugging Face's own library (tokenizers 0.23.2) with
/// tokenizer.json files drawn at random: tests/fixtures/text/wordpiece, written by the make.js beside it. NABLA_WORDPIECE_FIXTURE names
/// another file that it has written, such as a larger one: node make.js SEED FILES PATH.
/// </summary>
public sealed class HuggingFaceTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Encodings_are_those_of_the_library()
    {
        var root = Read();
        var vocabulary = new JsonObject(root["vocabulary"]!.AsArray().Select((token, id) =>
            KeyValuePair.Create(token!.GetValue<string>(), (JsonNode?)id)));
        var sequences = 0;
        foreach (var entry in root["files"]!.AsArray())
        {
            var file = entry!["file"]!.AsObject();
            file["model"]!["vocab"] = vocabulary.DeepClone();
            File.WriteAllText(folder["tokenizer.json"], file.ToJsonString());
            var tokenizer = BertTokenizer.Load(folder["tokenizer.json"]);
            foreach (var batch in entry["batches"]!.AsArray()) sequences += Check(tokenizer, batch!.AsObject());
        }
        Assert.True(sequences > 300, $"{sequences} sequences");
    }

    /// <summary>Each character that is assigned in Unicode 17 or for private use, but for the block with the surrogates.</summary>
    [Fact]
    public void Characters_are_cleaned_and_cut_as_by_the_library()
    {
        var (normalizer, cutter) = (new BertNormalizer(), new BertPreTokenizer());
        Assert.All(Read()["characters"]!.AsObject(), block =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var i = 0; i < 0x1000; i++)
            {
                var text = $"a{char.ConvertFromUtf32((int.Parse(block.Key, CultureInfo.InvariantCulture) * 0x1000) + i)}b";
                var normalised = normalizer.Apply(new(text, 0, text.Length));
                hash.AppendData(Encoding.UTF8.GetBytes($"{normalised.Text}|{cutter.Cut(normalised).Count()}\n"));
            }
            Assert.Equal(block.Value!.GetValue<string>(), Convert.ToHexStringLower(hash.GetHashAndReset()));
        });
    }

    static JsonNode Read()
    {
        var path = Environment.GetEnvironmentVariable("NABLA_WORDPIECE_FIXTURE")
            ?? Path.Combine(Sources.Root, "tests", "fixtures", "text", "wordpiece", "wordpiece.json.gz");
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        return JsonNode.Parse(stream)!;
    }

    static int Check(BertTokenizer tokenizer, JsonObject batch)
    {
        (string Text, string? Pair)[] texts = [.. batch["texts"]!.AsArray().Select(pair =>
            (pair![0]!.GetValue<string>(), pair[1]?.GetValue<string>()))];
        var options = tokenizer.Defaults with { AddSpecialTokens = batch["addSpecialTokens"]!.GetValue<bool>() };
        if (batch["error"] is not null)
        {
            Assert.Throws<ArgumentException>(() => tokenizer.EncodeBatch(texts, options));
            return 0;
        }
        var encoded = tokenizer.EncodeBatch(texts, options);
        // Since 0.23.1 the library does not read what truncation will cut off (huggingface/tokenizers#2091): from
        // the left, it counts words from the first that it has read.
        var countsWords = options.Truncation == TruncationStrategy.None || options.TruncationSide == SequenceSide.Right;
        for (var i = 0; i < texts.Length; i++)
        {
            AssertSame(batch["expected"]![i]!, encoded[i], texts[i], countsWords);
            var overflowing = batch["overflowing"]![i]!.AsArray();
            // And it has no windows of what it did not read.
            if (options.Truncation != TruncationStrategy.None
                && new[] { texts[i].Text, texts[i].Pair ?? "" }.Any(text => tokenizer.Encode(text).Count > options.MaxLength)) continue;
            Assert.Equal(overflowing.Count, encoded[i].Overflowing.Count);
            for (var j = 0; j < overflowing.Count; j++) AssertSame(overflowing[j]!, encoded[i].Overflowing[j], texts[i], countsWords);
        }
        Assert.Equal(batch["decoded"]!.GetValue<string>(), tokenizer.Decode(encoded[0].Ids));
        Assert.Equal(batch["verbatim"]!.GetValue<string>(), tokenizer.Decode(encoded[0].Ids, skipSpecialTokens: false));
        return texts.Length;
    }

    static void AssertSame(JsonNode expected, EncodedText actual, (string Text, string? Pair) texts, bool countsWords)
    {
        Assert.Equal(Numbers("ids"), actual.Ids);
        Assert.Equal(Numbers("types"), actual.TypeIds);
        Assert.Equal(Numbers("mask"), actual.AttentionMask);
        Assert.Equal(Numbers("special"), actual.SpecialTokensMask);
        if (countsWords) Assert.Equal(expected["words"]!.AsArray().Select(word => word?.GetValue<int>()), actual.WordIds);
        Assert.Equal(Numbers("offsets"),
            BertTokenizerTests.Characters(actual, texts.Text, texts.Pair).SelectMany(offset => new[] { offset.Start, offset.End }));

        int[] Numbers(string name) => [.. expected[name]!.AsArray().Select(number => number!.GetValue<int>())];
    }
}
