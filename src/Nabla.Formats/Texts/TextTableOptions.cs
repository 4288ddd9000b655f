namespace Nabla.Formats;

/// <summary>
/// How a table of texts is read. What is null is recognised by the file's content and said in <see cref="TextTable.Assumptions"/>.
/// </summary>
public sealed record TextTableOptions
{
    /// <summary>The column of the text: its name, or its number counted from 1.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// The column of the second text of a pair: its name, or its number counted from 1. Where <see cref="Text"/> is given, null means that
    /// there is none.
    /// </summary>
    public string? SecondText { get; init; }

    /// <summary>The column of the label: its name, or its number counted from 1.</summary>
    public string? Label { get; init; }

    /// <summary>Whether labels are classes or numbers; <see cref="LabelKind.None"/>: no label is read.</summary>
    public LabelKind? Labels { get; init; }

    /// <summary>
    /// The classes in their order, such as those of a trained model; null: all that occur, numbers in order of value, others in ordinal
    /// order.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>
    /// Labels that mean that there is none, besides empty ones; null: <c>-</c>, unless <c>+</c> is a class too, and <c>-1</c> where every
    /// label is −1 (the test files of GLUE).
    /// </summary>
    public IReadOnlyList<string>? MissingLabels { get; init; }

    /// <summary>
    /// Whether the first line of separated values names the columns. Without a header, columns are called by their numbers, counted from 1.
    /// </summary>
    public bool? HasHeader { get; init; }

    /// <summary>The separator between values.</summary>
    public char? Separator { get; init; }

    /// <summary>
    /// Whether values may be in quotes; null: only where the separator is not a tab, because tab-separated texts hold quotes that are text.
    /// </summary>
    public bool? Quotes { get; init; }

    /// <summary>The encoding of the file, such as <c>windows-1252</c>; null: UTF-8, or what the byte order mark says.</summary>
    public string? Encoding { get; init; }
}
