using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Cli.Sentences;
using Nabla.Models;
using static Nabla.Cli.OptionRules;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla similar</c>: the lines of a file that are closest to a query in meaning.</summary>
sealed class SimilarCommand : NablaCommand
{
    const int Chunk = 4096;

    readonly Terminal terminal;
    readonly Argument<string> query = new("QUERY") { Description = "What to look for." };
    readonly Argument<string> file = new("FILE") { Description = "A file with a text on each line; - is the standard input." };
    readonly Option<string?> model = PretrainedModel.Option("A sentence-transformers model or any BERT: a folder, or a name on the Hugging Face Hub.");
    readonly Option<int> top = new("--top", "-k") { Description = "How many lines to show.", HelpName = "N", DefaultValueFactory = _ =>
        10 };
    readonly Option<bool> json = new("--json") { Description = "Print the lines as JSON." };

    public SimilarCommand(Terminal terminal) : base(terminal, "similar", "Find the lines of a file that are closest to a query in meaning.")
    {
        this.terminal = terminal;
        Demand(top, value => value > 0, "a whole number above 0");
        Add(query);
        Add(file);
        foreach (var option in new Option[] { model, top, json }) Add(option);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla similar \"How do I get a new passport?\" questions.txt --model all-MiniLM-L6-v2", "the ten closest lines"),
        ("nabla similar \"late delivery\" reviews.txt --top 3 --model all-MiniLM-L6-v2 --json", "the three closest, as JSON"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var embedder = SentenceEmbedder.Load(PretrainedModel.Folder(parse.GetValue(model), terminal, cancellation));
        var wanted = Unit(embedder.Embed([parse.GetValue(query)!], cancellation: cancellation));                // [1, dimensions]
        var (best, display, seen) = (new PriorityQueue<SimilarLine, double>(), new TextProgress(terminal), 0L);
        foreach (var chunk in TextLines.Read(parse.GetValue(file)!).Index().Where(line =>
            !string.IsNullOrWhiteSpace(line.Item)).Chunk(Chunk))
        {
            var vectors = Unit(embedder.Embed([.. chunk.Select(line => line.Item)], display.After(seen), cancellation));
            var cosines = vectors.MatMul(wanted.Transpose()).To(DType.Float64).ToArray<double>();
            seen += chunk.Length;
            for (var i = 0; i < chunk.Length; i++)
            {
                best.Enqueue(new(Math.Round(cosines[i], 4), chunk[i].Index + 1, chunk[i].Item), cosines[i]);
                if (best.Count > parse.GetValue(top)) best.Dequeue();
            }
        }
        if (seen == 0) throw new UserException($"{parse.GetValue(file)} has no text on any line.");
        SimilarLine[] lines = [.. Enumerable.Range(0, best.Count).Select(_ => best.Dequeue()).Reverse()];
        if (parse.GetValue(json)) terminal.Json(lines, SimilarJson.Default.SimilarLineArray);
        else foreach (var line in lines) terminal.PlainLine(Invariant($"{line.Similarity,7:0.000}  {line.Line,6:n0}  {line.Text}"));
        return ExitCodes.Success;
    }

    /// <summary>Each row of length 1, so that products are cosines.</summary>
    static Tensor Unit(Tensor rows) => rows / rows.Square().Sum(1, keepDims: true).Sqrt().Clip(1e-12, double.PositiveInfinity);
}

/// <summary>A line of a file, and the cosine between its vector and the query's.</summary>
sealed record SimilarLine(double Similarity, int Line, string Text);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimilarLine[]))]
sealed partial class SimilarJson : JsonSerializerContext;
