using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Cli.Sentences;
using Nabla.Models;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla embed</c>: vectors of texts.</summary>
sealed class EmbedCommand : NablaCommand
{
    /// <summary>Texts that are embedded, and written, at a time: enough to sort by length, few enough for any memory.</summary>
    const int Chunk = 4096;

    readonly Terminal terminal;
    readonly Argument<string[]> texts = new("TEXT") { Description = "Texts; none: the lines of --input, or of the standard input.",
        Arity = ArgumentArity.ZeroOrMore };
    readonly Option<string?> model = PretrainedModel.Option("A sentence-transformers model or any BERT: a folder, or a name on the Hugging Face Hub.");
    readonly Option<string[]> input = new("--input", "-i") { Description = "A file with a text on each line; - is the standard input.",
        HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
    readonly Option<string?> output = new("--output",
        "-o") { Description = "Where the vectors go: .jsonl, .npy or .safetensors (JSON lines on the standard output).",
        HelpName = "FILE" };
    readonly Option<bool> json = new("--json") { Description = "With --output: print a summary as JSON." };

    public EmbedCommand(Terminal terminal) : base(terminal, "embed", "Turn texts into vectors whose cosines say how alike the texts are.")
    {
        this.terminal = terminal;
        Add(texts);
        foreach (var option in new Option[] { model, input, output, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla embed \"A man is eating.\" --model sentence-transformers/all-MiniLM-L6-v2", "one text, as a line of JSON"),
        ("nabla embed --input reviews.txt --output reviews.npy --model all-MiniLM-L6-v2", "a file of texts as a NumPy array"),
        ("cat reviews.txt | nabla embed --model all-MiniLM-L6-v2 > reviews.jsonl", "from one program to another"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var given = TextLines.Of(parse.GetValue(texts) ?? [], parse.GetValue(input) ?? []);
        var embedder = SentenceEmbedder.Load(PretrainedModel.Folder(parse.GetValue(model), terminal, cancellation));
        var file = parse.GetValue(output);
        using var writer = VectorWriter.Open(file, embedder.Dimensions, terminal.Out.Profile.Out.Writer);
        var display = new TextProgress(terminal, quiet: file is null);
        foreach (var chunk in given.Chunk(Chunk))
        {
            var vectors = embedder.Embed(chunk, display.After(writer.Count), cancellation).To(DType.Float32).ToArray<float>();
            for (var i = 0; i < chunk.Length; i++) writer.Add(chunk[i], vectors.AsSpan(i * embedder.Dimensions, embedder.Dimensions));
        }
        writer.Complete();
        if (file is null) return ExitCodes.Success;
        if (parse.GetValue(json)) terminal.Json(new EmbedSummary(file, writer.Count, embedder.Dimensions), EmbedJson.Default.EmbedSummary);
        else terminal.PlainLine(Invariant($"{writer.Count:n0} texts → {file}, {embedder.Dimensions} dimensions each"));
        return ExitCodes.Success;
    }
}

/// <summary>What <c>nabla embed --output</c> has written.</summary>
sealed record EmbedSummary(string Output, long Texts, int Dimensions);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EmbedSummary))]
sealed partial class EmbedJson : JsonSerializerContext;
