namespace Nabla.Text;

/// <summary>How a <see cref="BertTokenizer"/> reads texts. The defaults are those of BERT's lower-case models.</summary>
public sealed record BertTokenizerOptions
{
    /// <summary>Whether texts become lower case.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Whether accents are taken off; null: where texts become lower case.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Whether each Chinese character is a word of its own.</summary>
    public bool HandleChineseCharacters { get; init; } = true;

    /// <summary>Whether control characters are left out and white space of any kind becomes a space.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>The token of words that the vocabulary cannot write.</summary>
    public string UnkToken { get; init; } = "[UNK]";

    /// <summary>The token before a text, whose output stands for the whole sequence.</summary>
    public string ClsToken { get; init; } = "[CLS]";

    /// <summary>The token behind each text.</summary>
    public string SepToken { get; init; } = "[SEP]";

    /// <summary>The token that sequences are padded with.</summary>
    public string PadToken { get; init; } = "[PAD]";

    /// <summary>The token that stands for a masked one (Devlin et al. 2019, §3.1).</summary>
    public string MaskToken { get; init; } = "[MASK]";

    /// <summary>The most tokens of a sequence that the model takes, special ones included; null: not known.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>A word of more characters (Unicode scalar values) is unknown.</summary>
    public int MaxCharactersPerWord { get; init; } = 100;

    /// <summary>What tokens begin with that go on within a word.</summary>
    public string ContinuingPrefix { get; init; } = "##";

    /// <summary>Tokens besides the special ones that are found in a text as they stand.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>How texts are encoded where no options are given; a <c>tokenizer.json</c> keeps its truncation and padding.</summary>
    public EncodeOptions Defaults { get; init; } = new();

    /// <summary>The special tokens by the names that they have in a <c>tokenizer_config.json</c>, in the order of those names.</summary>
    internal IEnumerable<(string Name, string Token)> SpecialTokens =>
        [("cls_token", ClsToken), ("mask_token", MaskToken), ("pad_token", PadToken), ("sep_token", SepToken), ("unk_token", UnkToken)];
}
