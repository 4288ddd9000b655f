using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Texts with their classes.</summary>
/// <param name="Name">What they are called, fit for a folder's name.</param>
/// <param name="Description">What they are, in a line.</param>
/// <param name="Texts">All of them.</param>
/// <param name="Classes">What the classes are called.</param>
sealed record TextSource(string Name, string Description, Dataset<LabelledText> Texts, IReadOnlyList<string> Classes)
{
    static readonly string[] TextNames = ["text", "sentence", "review", "message", "content", "body", "comment", "tweet", "title"];
    static readonly string[] LabelNames = ["label", "class", "category", "target", "sentiment", "y"];

    /// <summary>The columns that were read; null where the data is no table.</summary>
    public (string Text, string Label)? Columns { get; init; }

    /// <summary>Whether the texts are mails.</summary>
    public bool IsMail { get; init; }

    /// <summary>What <c>--data</c> may be, in words.</summary>
    public static string Kinds => $"{string.Join(", ", Known.Select(dataset => dataset.Name))}, or a table with a text and its class " +
        "in each row (.csv, .tsv, .jsonl, .parquet)";

    static IEnumerable<KnownDataset> Known => KnownDataset.All.Where(dataset => dataset.Kind == KnownKind.Mails);

    /// <summary>What <c>--data</c> names: a known name or a file.</summary>
    public static TextSource Open(string data, string? textColumn, string? labelColumn)
    {
        if (Known.FirstOrDefault(dataset => dataset.Name == data) is { } known) return Mails(known);
        if (!File.Exists(data)) throw new UserException($"--data {data}: there is no such data or file. Name {Kinds}.");
        var rows = Rows(data).ToArray();
        if (rows.Length == 0) throw new UserException($"{data} has no rows.");
        var columns = rows[0].Columns;
        var text = Column(data, columns, textColumn, TextNames, "--text");
        var label = Column(data, columns, labelColumn, LabelNames, "--label");
        if (text == label) throw new UserException($"{data}: column \"{text}\" cannot be both the text (--text) and the class (--label).");
        var read = rows.Select(row => (Text: row.Text(text), Label: row.Text(label)))
            .Where(row => row.Label.Length > 0 && !string.IsNullOrWhiteSpace(row.Text)).ToArray();
        string[] classes = [.. read.Select(row => row.Label).Distinct()
            .OrderBy(name => double.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue)
            .ThenBy(name => name, StringComparer.Ordinal)];
        var numbers = classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var left = rows.Length - read.Length;
        return new(Path.GetFileName(data).Split('.')[0],
            Invariant($"{read.Length:n0} rows of {Path.GetFullPath(data)}: the text in column {text} (--text), its class in {label} ") +
                Invariant($"(--label){(left > 0 ? $"; {left:n0} without one left out" : "")}"),
            Dataset.From([.. read.Select(row => new LabelledText(row.Text, numbers[row.Label]))]), classes) { Columns = (text, label) };
    }

    static TextSource Mails(KnownDataset dataset)
    {
        var texts = Collection.Mails(dataset);
        return new(dataset.Name, Invariant($"{dataset.Title}: {texts.Length:n0} mails, of which the subject and the text are read"),
            Dataset.From(texts), dataset.Classes) { IsMail = true };
    }

    static IEnumerable<TextRow> Rows(string file)
    {
        var name = Path.GetFileName(file).ToLowerInvariant();
        bool Has(string extension) => name.Contains(extension, StringComparison.Ordinal);
        if (Has(".jsonl") || Has(".ndjson")) return JsonLines.Read(file).Select(Line);
        if (name.EndsWith(".parquet", StringComparison.Ordinal)) return ParquetFile.Read(file).Select(Row);
        if (Has(".csv") || Has(".tsv")) return SeparatedValues.Read(file).Select(Row);
        throw new UserException($"{file}: a table is expected: .csv, .tsv or .jsonl, packed by gzip or not, or .parquet.");

        TextRow Line(JsonObject line, int i) => new([.. line.Select(field => field.Key)], column => Word(line[column], column, i + 1));

        static TextRow Row(TableRow row) => new(row.Columns, row.Text);
        string Word(JsonNode? value, string column, int number) => value is JsonObject or JsonArray
            ? throw new UserException($"{file}, object {number}: \"{column}\" is {(value is JsonArray ? "a list" : "an object")}; a " +
                "text or a number is needed.") : value?.ToString() ?? "";
    }

    static string Column(string data, IReadOnlyList<string> columns, string? asked, string[] usual, string option)
    {
        if (asked is not null) return columns.Contains(asked) ? asked
            : throw new UserException($"{data} has no column {asked} ({option}); it has {string.Join(", ", columns)}.");
        return usual.SelectMany(name => columns.Where(column => column.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault()
            ?? throw new UserException($"{data} has the columns {string.Join(", ", columns)}. Say which one it is: {option} COLUMN.");
    }

    /// <summary>A row of a table of any format.</summary>
    sealed record TextRow(IReadOnlyList<string> Columns, Func<string, string> Text);
}
