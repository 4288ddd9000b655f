using Nabla.Data;

namespace Nabla.Formats;

/// <summary>The rows of a table, with their labels understood.</summary>
internal sealed class TableRows
{
    private readonly RecordSource source;
    private readonly ColumnChoice choice;
    private readonly TextTableOptions options;
    private readonly ICollection<string> assumptions;
    private readonly List<Row> rows = [];

    /// <summary>Reads all rows.</summary>
    /// <param name="source">The table.</param>
    /// <param name="choice">Its columns.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="needsLabel">Whether it is an error that no row has a label.</param>
    /// <param name="assumptions">Gets what was recognised and left out.</param>
    public TableRows(RecordSource source, ColumnChoice choice, TextTableOptions options, bool needsLabel, ICollection<string> assumptions)
    {
        (this.source, this.choice, this.options, this.assumptions) = (source, choice, options, assumptions);
        Collect();
        if (choice.Label is { } label) Understand(source.Columns[label], needsLabel);
        else Examples = Unmarked();
    }

    public IReadOnlyList<TextExample> Examples { get; private set; } = [];

    public IReadOnlyList<string> Classes { get; private set; } = [];

    public LabelKind Kind { get; private set; } = LabelKind.None;

    public long Unlabelled { get; private set; }

    public long WithoutText { get; private set; }

    private void Collect()
    {
        var (names, trimmed) = (new Dictionary<string, string>(), 0L);
        foreach (var (line, fields) in source.Records())
        {
            var (text, second) = (fields[choice.Text!.Value], choice.SecondText is { } two ? fields[two] ?? "" : null);
            if (string.IsNullOrWhiteSpace(text) || (second is not null && string.IsNullOrWhiteSpace(second)))
            {
                WithoutText++;
                continue;
            }
            var (written, label) = (choice.Label is { } column ? fields[column] : null, (string?)null);
            if (!string.IsNullOrWhiteSpace(written))
            {
                // One string for each class.
                if (!names.TryGetValue(written, out label))
                    names[written] = label = names.GetValueOrDefault(written.Trim()) ?? written.Trim();
                if (label.Length < written.Length) trimmed++;
            }
            rows.Add(new(line, text, second, label));
        }
        if (WithoutText > 0) assumptions.Add($"{Phrase.Count(WithoutText, "row")} without text left out.");
        if (trimmed > 0) assumptions.Add($"Spaces around {Phrase.Count(trimmed, "label")} removed.");
        if (rows.Count == 0)
            throw new DataFileException(source.Path, null, $"no row has a text in column \"{source.Columns[choice.Text!.Value]}\".");
    }

    private void Understand(string column, bool needsLabel)
    {
        var labels = new LabelValues(source.Path, column, options);
        var values = rows.Select(row => row.Label).OfType<string>().ToHashSet();
        var missing = labels.Missing(values);
        values.ExceptWith(missing);
        var labelled = rows.FindAll(row => row.Label is not null && values.Contains(row.Label));
        Unlabelled = rows.Count - labelled.Count;
        var meaning = missing.Count == 0 ? "" : $" ({string.Join(", ", missing.Select(value => $"\"{value}\""))} means none)";
        if (labelled.Count == 0)
        {
            if (needsLabel)
                throw new DataFileException(source.Path, null, $"no row has a label in column \"{column}\"{meaning}. "
                + "To read texts without labels, set Labels = None.");
            assumptions.Add($"No row has a label in column \"{column}\"{meaning}.");
            Examples = Unmarked();
            return;
        }
        if (Unlabelled > 0) assumptions.Add($"{Phrase.Count(Unlabelled, "row")} without a label left out{meaning}.");
        Kind = labels.Kind(values, labelled.Count);
        Examples = Kind == LabelKind.Classes ? WithClasses(labels, labelled, values) : WithNumbers(labels, labelled, values);
    }

    private TextExample[] WithClasses(LabelValues labels, List<Row> labelled, HashSet<string> values)
    {
        Classes = options.Classes ?? LabelValues.Classes(values);
        if (options is { Labels: null, Classes: null })
            assumptions.Add($"Labels are {Phrase.Count(Classes.Count, "class", "classes")}: {Phrase.List(Classes)}.");
        var indices = Classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return [.. labelled.Select(row => new TextExample(row.Text, row.Second, Index(row), double.NaN, row.Line))];

        int Index(Row row) => indices.TryGetValue(row.Label!, out var index) ? index
            : throw labels.UnknownClass(row.Line, row.Label!, Classes);
    }

    private TextExample[] WithNumbers(LabelValues labels, List<Row> labelled, HashSet<string> values)
    {
        var commas = LabelValues.HasDecimalCommas(values);
        TextExample[] examples = [.. labelled.Select(row => new TextExample(row.Text, row.Second, -1,
            labels.Number(row.Line, row.Label!, commas), row.Line))];
        if (commas) assumptions.Add("Decimals of labels are written after a comma.");
        if (options.Labels is null)
        {
            var (lowest, highest) = (examples.Min(row => row.Number), examples.Max(row => row.Number));
            assumptions.Add(FormattableString.Invariant($"Labels are numbers from {lowest} to {highest}."));
        }
        return examples;
    }

    private TextExample[] Unmarked() => [.. rows.Select(row => new TextExample(row.Text, row.Second, -1, double.NaN, row.Line))];

    private readonly record struct Row(long Line, string Text, string? Second, string? Label);
}
