using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Texts with their classes.</summary>
/// <param name="Name">What they are called, fit for a folder's name.</param>
/// <param name="Description">What they are, in a line.</param>
/// <param name="Texts">All of them, or those of the training part.</param>
/// <param name="Classes">What the classes are called.</param>
sealed record TextSource(string Name, string Description, Dataset<LabelledText> Texts, IReadOnlyList<string> Classes)
{
    /// <summary>The columns that were read; null where the data is no table.</summary>
    public (string Text, string? Pair, string Label)? Columns { get; init; }

    /// <summary>Whether the texts are mails.</summary>
    public bool IsMail { get; init; }

    /// <summary>The validation part of a folder that has one.</summary>
    public Dataset<LabelledText>? Validation { get; init; }

    /// <summary>The test part of a folder that has one.</summary>
    public Dataset<LabelledText>? Test { get; init; }

    /// <summary>What the reader recognised, and the first rows as it understands them.</summary>
    public IReadOnlyList<(string Name, string Value)> Understood { get; init; } = [];

    /// <summary>What <c>--data</c> may be, in words.</summary>
    public static string Kinds => $"{string.Join(", ", Known.Select(dataset => dataset.Name))}, {Paraphrases.Name} (pretrained models), " +
        "or a table with a text and its class in each row (.csv, .tsv, .jsonl, .parquet), or a folder of such tables: train, dev and test";

    static IEnumerable<KnownDataset> Known => KnownDataset.All.Where(dataset => dataset.Kind == KnownKind.Mails);

    /// <summary>Whether a name is that of a known dataset.</summary>
    public static bool IsKnown(string data) => Known.Any(dataset => dataset.Name == data);

    /// <summary>What <c>--data</c> names: a known name, a file or a folder.</summary>
    public static TextSource Open(string data, TextSettings settings)
    {
        if (Known.FirstOrDefault(dataset => dataset.Name == data) is { } known) return Mails(known);
        if (!Path.Exists(data)) throw new UserException($"--data {data}: there is no such data, file or folder. Name {Kinds}.");
        var tables = TextTables.Open(data, settings.TableOptions(LabelKind.Classes));
        var (train, classes) = (tables.Train, tables.Train.Classes);
        Dataset<LabelledText>? Part(TextTable? table) => table is null ? null
            : Dataset.From(table.Examples.Select(row => new LabelledText(Joined(row.Text, row.SecondText), row.Class)).ToArray());
        var left = train.Unlabelled + train.WithoutText;
        return new(TextTables.NameOf(data), Invariant($"{train.Examples.Count:n0} rows of {Path.GetFullPath(train.Path)}: the text in ") +
            $"column {train.TextColumn} (--text){(train.SecondTextColumn is { } second ? $" and {second} (--pair), joined" : "")}, its " +
            $"class in {train.LabelColumn} (--label){(left > 0 ? Invariant($"; {left:n0} without one left out") : "")}",
            Part(train)!, classes)
        {
            Columns = (train.TextColumn, train.SecondTextColumn, train.LabelColumn!),
            Validation = Part(tables.Validation), Test = Part(tables.Test),
            Understood = [.. train.Assumptions.Select(said => ("read", said)), .. tables.Preview().Select(row => ("row", row))],
        };
    }

    /// <summary>A pair as one text, for models that read one.</summary>
    public static string Joined(string text, string? second) => second is null ? text : $"{text}\n{second}";

    static TextSource Mails(KnownDataset dataset)
    {
        var texts = Collection.Mails(dataset);
        return new(dataset.Name, Invariant($"{dataset.Title}: {texts.Length:n0} mails, of which the subject and the text are read"),
            Dataset.From(texts), dataset.Classes) { IsMail = true };
    }
}
