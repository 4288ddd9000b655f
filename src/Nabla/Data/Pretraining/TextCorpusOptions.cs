namespace Nabla.Data;

/// <summary>What ends a document in a file of text.</summary>
public enum DocumentBoundary
{
    /// <summary>One or more blank lines, as in the files of BERT's <c>create_pretraining_data.py</c>.</summary>
    BlankLine,

    /// <summary>The end of the file. Blank lines end paragraphs.</summary>
    File,
}

/// <summary>What ends a sentence in a text.</summary>
public enum SentenceBoundary
{
    /// <summary>
    /// Punctuation, by the rules of <see cref="SentenceSplitter"/>, and the end of a paragraph; lines may be broken anywhere.
    /// </summary>
    Punctuation,

    /// <summary>
    /// The end of the line, as in the files of BERT's <c>create_pretraining_data.py</c>: one sentence, or one verse, per line.
    /// </summary>
    Line,
}

/// <summary>How files of text are read. Without options: as BERT's files are written.</summary>
/// <param name="Documents">What ends a document.</param>
/// <param name="Sentences">What ends a sentence.</param>
public sealed record TextCorpusOptions(
    DocumentBoundary Documents = DocumentBoundary.BlankLine, SentenceBoundary Sentences = SentenceBoundary.Line);
