namespace Nabla.Data;

/// <summary>
/// Documents to sequences for the pretraining of BERT (Devlin et al. 2018, §3.1 and appendix A.2).
/// <code>
/// var examples = documents.Tokenize(tokenizer).Prefetch(64, threads: 2)
///     .ToPretrainingExamples(tokenizer, options, seed).Shuffle(seed, buffer: 50_000);
/// var batches = examples.BatchByTokens(8192, example => example.Length, new PretrainingMasking(tokenizer).Collate).Prefetch(4);
/// </code>
/// A corpus that fits in memory is tokenized once: <c>Dataset.From(documents.Tokenize(tokenizer).ToArray())</c>.
/// </summary>
public static class PretrainingPipelines
{
    /// <summary>The tokens of each document.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="tokenizer">Makes tokens of sentences.</param>
    public static Pipeline<TokenDocument> Tokenize(this Pipeline<TextDocument> documents, PretrainingTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return documents.Map(document => TokenDocument.From(document, tokenizer));
    }

    /// <summary>
    /// Sequences cut from the documents, in another way in each epoch: a function of (seed, epoch) alone. Neighbours come from the same
    /// document: shuffle them.
    /// </summary>
    /// <param name="documents">The documents; those without tokens are passed over.</param>
    /// <param name="tokenizer">Whose special tokens are set around the segments.</param>
    /// <param name="options">The layout and the lengths.</param>
    /// <param name="seed">Chooses lengths, labels, random segments and what is masked.</param>
    /// <exception cref="ArgumentException">
    /// The options do not make sense; at the first sequence: pairs are wanted of a corpus of one document.
    /// </exception>
    public static Pipeline<PretrainingExample> ToPretrainingExamples(
        this Pipeline<TokenDocument> documents, PretrainingTokenizer tokenizer, PretrainingOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        return new ExamplePipeline(documents, tokenizer, options, seed);
    }
}
