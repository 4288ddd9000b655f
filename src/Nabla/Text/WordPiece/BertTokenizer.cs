namespace Nabla.Text;

/// <summary>
/// BERT's tokenizer (Devlin et al. 2019, §3; word pieces by Wu et al. 2016, §4.1), token for token and offset for offset as Hugging Face's
/// BertTokenizerFast: texts are cleaned, cut at white space and punctuation, and words are written with the pieces of a vocabulary. Half of
/// a surrogate pair, which Hugging Face's library cannot be given, is read as U+FFFD and so left out.
/// </summary>
/// <example><code>
/// var tokenizer = BertTokenizer.Load("all-MiniLM-L6-v2");
/// var encoded = tokenizer.Encode("How are you?", "I am fine.", new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = 128 });
/// // encoded.Ids, encoded.TypeIds, encoded.AttentionMask
/// </code></example>
public sealed class BertTokenizer : ComposedTokenizer
{
    private readonly BertTokenizerOptions options;

    /// <summary>A tokenizer of a vocabulary.</summary>
    /// <param name="vocabulary">The tokens in the order of their ids, as in the lines of a <c>vocab.txt</c>. Of a token that comes twice
    /// the last id counts.</param>
    /// <param name="options">Null: those of BERT's lower-case models.</param>
    /// <exception cref="ArgumentException">The vocabulary is empty, has a null, or lacks the tokens that begin and end a text.</exception>
    public BertTokenizer(IReadOnlyList<string> vocabulary, BertTokenizerOptions? options = null)
        : this(BertRecipe.Of(vocabulary, options ?? new()))
    {
    }

    internal BertTokenizer(BertRecipe recipe) : base(recipe.Model, recipe.Parts)
    {
        options = recipe.Options;
        ModelMaxLength = options.ModelMaxLength;
    }

    /// <summary>The id of the token before a text, [CLS].</summary>
    /// <exception cref="InvalidOperationException">The vocabulary does not have it.</exception>
    public int ClsId => IdOf(options.ClsToken);

    /// <summary>The id of the token behind each text, [SEP].</summary>
    /// <exception cref="InvalidOperationException">The vocabulary does not have it.</exception>
    public int SepId => IdOf(options.SepToken);

    /// <summary>The id of padding, [PAD].</summary>
    /// <exception cref="InvalidOperationException">The vocabulary does not have it.</exception>
    public int PadId => IdOf(options.PadToken);

    /// <summary>The id of words that the vocabulary cannot write, [UNK].</summary>
    /// <exception cref="InvalidOperationException">The vocabulary does not have it.</exception>
    public int UnkId => IdOf(options.UnkToken);

    /// <summary>The id of masked tokens, [MASK].</summary>
    /// <exception cref="InvalidOperationException">The vocabulary does not have it.</exception>
    public int MaskId => IdOf(options.MaskToken);

    internal override int? PaddingId => Defaults.PadId ?? (TryGetId(options.PadToken, out var id) ? id : null);

    internal BertTokenizerOptions Options => options;

    /// <summary>
    /// Reads a tokenizer. Of a folder in Hugging Face's layout, <c>tokenizer.json</c> counts if it is there, otherwise <c>vocab.txt</c>
    /// with what <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>added_tokens.json</c> say, where they are there.
    /// </summary>
    /// <param name="path">A folder, a <c>tokenizer.json</c> or a <c>vocab.txt</c>, beside which the other files are looked for.</param>
    /// <exception cref="Data.DataFileException">A file is missing or cannot be read, or is not of a tokenizer of word pieces.</exception>
    public static BertTokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return BertFolder.Load(path);
    }

    /// <summary>
    /// Writes <c>tokenizer.json</c>, <c>vocab.txt</c>, <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> into a folder, which
    /// is made if need be, for Nabla and for Hugging Face's libraries.
    /// </summary>
    /// <param name="folder">Where to. Files of these names are replaced.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        BertFolder.Save(this, folder);
    }

    private int IdOf(string token) => TryGetId(token, out var id) ? id
        : throw new InvalidOperationException($"BertTokenizer: the vocabulary has no \"{token}\". " +
            "Add it to the vocabulary, or name the token that stands for it in BertTokenizerOptions.");
}
