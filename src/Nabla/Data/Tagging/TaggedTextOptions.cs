namespace Nabla.Data;

/// <summary>How a file of tagged sentences is read. What is null is recognised and said in <see cref="TaggedText.Assumptions"/>.</summary>
public sealed record TaggedTextOptions
{
    /// <summary>
    /// Where the word is: the number of a column, counted from 1; in CoNLL-U also its name (form, lemma); in JSON lines a field. Null: the
    /// first column, <c>form</c>, or <c>tokens</c> or <c>words</c>.
    /// </summary>
    public string? Word { get; init; }

    /// <summary>
    /// Where the tag is: the number of a column, counted from 1; in CoNLL-U also its name (upos, xpos, deprel, …); in JSON lines a field.
    /// Null: the last column, <c>upos</c>, or the only one of <c>tags</c>, <c>ner_tags</c>, <c>labels</c>, <c>pos_tags</c>,
    /// <c>chunk_tags</c>, <c>upos</c>.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>The names of tags that JSON lines write as numbers: <c>["O", "B-PER", "I-PER"]</c>.</summary>
    public IReadOnlyList<string>? TagNames { get; init; }

    /// <summary>The scheme of the tags.</summary>
    public TagScheme? Scheme { get; init; }

    /// <summary>The encoding of the file, such as <c>windows-1252</c>; null: UTF-8.</summary>
    public string? Encoding { get; init; }
}
