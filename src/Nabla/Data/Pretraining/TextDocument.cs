namespace Nabla.Data;

/// <summary>A text in its order: an article, a chapter, a poem.</summary>
/// <param name="Name">Where it comes from, for messages.</param>
/// <param name="Sentences">Its sentences in order.</param>
public sealed record TextDocument(string Name, IReadOnlyList<string> Sentences)
{
    /// <summary>
    /// What has to stay together where documents are split into parts; its name unless said otherwise. Two translations of a chapter
    /// share theirs.
    /// </summary>
    public string Group { get; init; } = Name;

    /// <summary>
    /// A document from its text, such as a row of a table: <c>ParquetFile.Read(path, "text").Map(row =>
    /// TextDocument.From($"{row.File}:{row.Line}", row.Text("text")))</c>.
    /// </summary>
    /// <param name="name">Where it comes from.</param>
    /// <param name="text">The text. A blank line ends a paragraph, and with it a sentence.</param>
    /// <param name="sentences">What a sentence is.</param>
    public static TextDocument From(string name, string text, SentenceBoundary sentences = SentenceBoundary.Punctuation)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        return From(name, text.Split(["\r\n", "\n", "\r"], StringSplitOptions.None), sentences);
    }

    internal static TextDocument From(string name, IReadOnlyList<string> lines, SentenceBoundary sentences) => new(name, sentences switch
    {
        SentenceBoundary.Line => [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)],
        SentenceBoundary.Punctuation => [.. Paragraphs.Of(lines).SelectMany(SentenceSplitter.Split)],
        _ => throw new ArgumentOutOfRangeException(nameof(sentences), sentences, "TextDocument: Punctuation or Line is needed."),
    });
}
