using System.Globalization;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>A text, or a pair of texts, with its label.</summary>
/// <param name="Text">The text.</param>
/// <param name="SecondText">The second text of a pair.</param>
/// <param name="Class">The index of its class in <see cref="TextTable.Classes"/>; −1 where there are no classes.</param>
/// <param name="Number">Its number, where labels are numbers; else NaN.</param>
/// <param name="Line">The line of the file it begins on; in JSON and Parquet the number of the row. Counted from 1.</param>
public sealed record TextExample(string Text, string? SecondText, int Class, double Number, long Line);

/// <summary>
/// Labelled texts as they are published: CSV, TSV, JSON lines, JSON (a list of objects) or Parquet, recognised by the content where the
/// extension does not say, compressed by gzip or not. What is not given is recognised and said in <see cref="Assumptions"/>. All examples
/// are in memory.
/// </summary>
public sealed class TextTable
{
    private TextTable(RecordSource source, ColumnChoice choice, TableRows rows, IReadOnlyList<string> assumptions)
    {
        (Path, Columns, Assumptions) = (source.Path, source.Columns, assumptions);
        (Examples, Classes, Labels) = (rows.Examples, rows.Classes, rows.Kind);
        (Unlabelled, WithoutText) = (rows.Unlabelled, rows.WithoutText);
        TextColumn = Columns[choice.Text!.Value];
        SecondTextColumn = choice.SecondText is { } second ? Columns[second] : null;
        LabelColumn = choice.Label is { } label ? Columns[label] : null;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What the columns are called; without a header their numbers, from 1.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The column of the text.</summary>
    public string TextColumn { get; }

    /// <summary>The column of the second text; null: the texts are not pairs.</summary>
    public string? SecondTextColumn { get; }

    /// <summary>The column of the label; null: there is none.</summary>
    public string? LabelColumn { get; }

    /// <summary>What the labels are. <see cref="LabelKind.None"/> too where no row of a test file has one.</summary>
    public LabelKind Labels { get; }

    /// <summary>The names of the classes by index; empty where labels are not classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The rows in their order, without those left out.</summary>
    public IReadOnlyList<TextExample> Examples { get; }

    /// <summary>
    /// Rows without a label: an empty one, <c>-</c> in MNLI and SNLI, <c>-1</c> in test files of GLUE. They are left out, unless no row has
    /// one.
    /// </summary>
    public long Unlabelled { get; }

    /// <summary>Rows left out because a text is blank.</summary>
    public long WithoutText { get; }

    /// <summary>What was recognised, not given: separator, header, columns, labels, what was left out. A sentence each.</summary>
    public IReadOnlyList<string> Assumptions { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read; null: everything is recognised.</param>
    /// <exception cref="DataFileException">
    /// The file cannot be read or decoded; at the line concerned: too few or too many fields, a quote that is not closed, a label that is
    /// no class or no number; or it is not clear which columns hold text and label: the columns are listed with a value each.
    /// </exception>
    public static TextTable Open(string path, TextTableOptions? options = null) => Open(path, options ?? new(), needsLabel: true);

    /// <summary>The first examples as they are understood, for display.</summary>
    /// <param name="rows">How many at most.</param>
    public IReadOnlyList<TextPreview> Preview(int rows = 3) =>
        [.. Examples.Take(rows).Select(example => new TextPreview(example.Line, example.Text, example.SecondText, Labels switch
    {
        LabelKind.Classes => Classes[example.Class],
        LabelKind.Numbers => example.Number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    }))];

    /// <summary>Reads a table; where no label is needed, one without is unlabelled.</summary>
    internal static TextTable Open(string path, TextTableOptions options, bool needsLabel)
    {
        var assumptions = new List<string>();
        return Open(RecordSource.Open(path, options, assumptions), options, assumptions, needsLabel);
    }

    /// <summary>Reads the rows of a source.</summary>
    internal static TextTable Open(RecordSource source, TextTableOptions options, List<string> assumptions, bool needsLabel = true)
    {
        if (source.Columns.Count == 0) throw new DataFileException(source.Path, null, "has no rows, or no columns that hold texts.");
        if (!needsLabel && options.Label is { } wanted && ColumnChoice.Find(source.Columns, wanted) is null)
            options = options with { Label = null, Labels = LabelKind.None };
        var choice = ColumnChoice.Of(source, options, needsLabel, assumptions);
        return new(source, choice, new TableRows(source, choice, options, needsLabel, assumptions), assumptions);
    }
}

/// <summary>An example for display.</summary>
/// <param name="Line">Its line or row, counted from 1.</param>
/// <param name="Text">The text.</param>
/// <param name="SecondText">The second text of a pair.</param>
/// <param name="Label">The name of its class, or its number; null: it has none.</param>
public sealed record TextPreview(long Line, string Text, string? SecondText, string? Label);
