using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tests;

/// <summary><c>nabla embed</c>, <c>similar</c> and <c>fill-mask</c>.</summary>
public sealed class SentenceTests : IDisposable
{
    static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "man", "woman", "eats", "rides", "horse",
        "bread", "."];

    readonly Folder folder = new();
    readonly SentenceEmbedder model;

    public SentenceTests()
    {
        var configuration = new BertConfiguration { VocabularySize = Vocabulary.Length, HiddenSize = 8, HiddenLayers = 1,
            AttentionHeads = 2, IntermediateSize = 16, MaxPositions = 16, InitializerRange = 0.4 };
        model = new SentenceEmbedder(new BertTokenizer(Vocabulary), new Bert(configuration)).Initialize(1);
        model.Save(folder["model"]);
        var masked = new BertForMaskedLM(configuration).Initialize(2);
        BertCheckpoint.Save(masked, folder["masked"]);
        new BertTokenizer(Vocabulary).Save(folder["masked"]);
    }

    public void Dispose() => folder.Dispose();

    Tensor Vectors(params string[] texts) => model.Embed(texts, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public async Task Texts_become_lines_of_JSON()
    {
        var outcome = await Cli.Run("embed", "a man eats", "bread", "--model", folder["model"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["a man eats", "bread"], lines.Select(line => line["text"]!.GetValue<string>()));
        Assert.Equal(model.Embed("bread"), lines[1]["embedding"]!.AsArray().Select(value => value!.GetValue<float>()));
    }

    [Fact]
    public async Task Lines_of_a_file_become_a_NumPy_array()
    {
        folder.Write("texts.txt", "a man eats\r\n\r\nbread\n");
        var outcome = await Cli.Run("embed", "--input", folder["texts.txt"], "--output", folder["out.npy"], "--model", folder["model"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("3 texts", outcome.Output, StringComparison.Ordinal);
        var bytes = File.ReadAllBytes(folder["out.npy"]);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        var header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        Assert.Equal(0, header % 64);
        Assert.Contains("'shape': (3, 8)", Encoding.ASCII.GetString(bytes[..header]), StringComparison.Ordinal);
        Assert.Equal(Vectors("a man eats", "", "bread").ToArray<float>(), MemoryMarshal.Cast<byte,
            float>(bytes.AsSpan(header)).ToArray());
    }

    [Fact]
    public async Task Vectors_are_written_as_safetensors_with_a_summary_as_JSON()
    {
        var outcome = await Cli.Run("embed", "a", "man", "--output", folder["out.safetensors"], "--model", folder["model"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal(2, JsonNode.Parse(outcome.Output)!["texts"]!.GetValue<int>());
        using var file = Safetensors.Open(folder["out.safetensors"]);
        Assert.Equal(Vectors("a", "man").ToArray<float>(), file["embeddings"].ToArray<float>());
    }

    [Theory]
    [InlineData("out.csv", "--output")]
    [InlineData("none/out.npy", "none")]
    public async Task An_output_that_cannot_be_written_is_named(string output, string problem)
    {
        var outcome = await Cli.Run("embed", "a", "--output", folder[output], "--model", folder["model"]);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_closest_lines_come_first_with_their_numbers()
    {
        folder.Write("lines.txt", "a horse\n\na man eats bread\n woman rides\nbread bread\n");
        var outcome = await Cli.Run("similar", "a man eats bread", folder["lines.txt"], "--model", folder["model"], "--top", "2", "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var lines = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Equal(2, lines.Count);
        Assert.Equal((1.0, 3, "a man eats bread"), (lines[0]!["similarity"]!.GetValue<double>(), lines[0]!["line"]!.GetValue<int>(),
            lines[0]!["text"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_file_without_text_has_nothing_similar()
    {
        folder.Write("empty.txt", "\n \n");
        var outcome = await Cli.Run("similar", "a", folder["empty.txt"], "--model", folder["model"]);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains("no text", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Masks_are_filled()
    {
        var outcome = await Cli.Run("fill-mask", "a [MASK] eats [MASK].", "--model", folder["masked"], "--top", "3");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal(["mask 1", "mask 2"], outcome.Output.Split('\n').Where(line => line.StartsWith("mask", StringComparison.Ordinal)));
        Assert.Equal(8, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("no mask here", "[MASK]")]
    [InlineData("a [MASK] a a a a a a a a a a a a a a a a a a", "16 positions")]
    public async Task A_text_whose_masks_cannot_be_filled_is_refused_in_one_line(string text, string problem)
    {
        var outcome = await Cli.Run("fill-mask", text, "--model", folder["masked"]);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_command_without_a_model_says_how_to_name_one()
    {
        var outcome = await Cli.Run("embed", "a");
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains("--model", outcome.Error, StringComparison.Ordinal);
    }
}
