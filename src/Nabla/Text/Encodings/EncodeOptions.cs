namespace Nabla.Text;

/// <summary>Which of two texts gives up tokens where they are too long together.</summary>
public enum TruncationStrategy
{
    /// <summary>Neither: all tokens stay.</summary>
    None,

    /// <summary>The longer one until both are equally long, then both.</summary>
    LongestFirst,

    /// <summary>The first alone.</summary>
    OnlyFirst,

    /// <summary>The second alone.</summary>
    OnlySecond,
}

/// <summary>Up to which length token sequences are padded.</summary>
public enum PaddingStrategy
{
    /// <summary>They stay as they are.</summary>
    None,

    /// <summary>The length of the longest sequence of the batch.</summary>
    Longest,

    /// <summary>A fixed length: <see cref="EncodeOptions.PaddingLength"/>.</summary>
    MaxLength,
}

/// <summary>The side of a sequence at which tokens are cut off or padding is added.</summary>
public enum SequenceSide
{
    /// <summary>At the end.</summary>
    Right,

    /// <summary>At the beginning.</summary>
    Left,
}

/// <summary>
/// How texts become token sequences for a model: special tokens, truncation and padding. The defaults add special tokens and nothing else.
/// </summary>
public sealed record EncodeOptions
{
    /// <summary>Whether the special tokens of the tokenizer are added, such as <c>[CLS] text [SEP]</c>.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>Whether sequences longer than <see cref="MaxLength"/> are cut, and which of two texts is.</summary>
    public TruncationStrategy Truncation { get; init; }

    /// <summary>
    /// The most tokens of a sequence that is truncated, special tokens included; null: what the model takes (<see
    /// cref="ComposedTokenizer.ModelMaxLength"/>).
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>
    /// How many tokens each window of <see cref="EncodedText.Overflowing"/> shares with the one before it, 0 or more, fewer than a window
    /// has of the text.
    /// </summary>
    public int Stride { get; init; }

    /// <summary>The side at which tokens are cut off.</summary>
    public SequenceSide TruncationSide { get; init; }

    /// <summary>Whether sequences are padded, and up to which length.</summary>
    public PaddingStrategy Padding { get; init; }

    /// <summary>The length of <see cref="PaddingStrategy.MaxLength"/>; null: <see cref="MaxLength"/>, or what the model takes.</summary>
    public int? PaddingLength { get; init; }

    /// <summary>The padded length is rounded up to a multiple of this; null: any length.</summary>
    public int? PadToMultipleOf { get; init; }

    /// <summary>The side at which padding is added.</summary>
    public SequenceSide PaddingSide { get; init; }

    /// <summary>The id of padding; null: that of the tokenizer's padding token.</summary>
    public int? PadId { get; init; }

    /// <summary>The type id of padding.</summary>
    public int PadTypeId { get; init; }

    /// <summary>Whether offsets and word ids are recorded. Without them encoding is a little faster.</summary>
    public bool Offsets { get; init; } = true;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        if (MaxLength < 0) throw new ArgumentException($"EncodeOptions: MaxLength is {MaxLength}; it must be 0 or more.");
        if (Stride < 0) throw new ArgumentException($"EncodeOptions: Stride is {Stride}; it must be 0 or more.");
        if (PaddingLength < 0) throw new ArgumentException($"EncodeOptions: PaddingLength is {PaddingLength}; it must be 0 or more.");
        if (PadToMultipleOf < 1) throw new ArgumentException($"EncodeOptions: PadToMultipleOf is {PadToMultipleOf}; it must be 1 or more.");
    }
}
