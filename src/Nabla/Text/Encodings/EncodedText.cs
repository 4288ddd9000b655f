namespace Nabla.Text;

/// <summary>
/// A text, or a pair of texts, as a token sequence for a model. What is not asked for is not made: each property makes its array at the
/// first use. Sequences are as long as <see cref="Ids"/>.
/// </summary>
public sealed class EncodedText
{
    private readonly ComposedTokenizer tokenizer;
    private readonly Segment[] segments;
    private readonly Place[]? places;

    internal EncodedText(ComposedTokenizer tokenizer, int[] ids, Segment[] segments, Place[]? places,
        IReadOnlyList<EncodedText> overflowing)
    {
        (this.tokenizer, this.segments, this.places) = (tokenizer, segments, places);
        (Ids, Overflowing) = (ids, overflowing);
    }

    /// <summary>The ids of the tokens.</summary>
    public int[] Ids { get; }

    /// <summary>How many tokens there are, special ones and padding included.</summary>
    public int Count => Ids.Length;

    /// <summary>The segment of each token, as BERT's token_type_ids: 0 in the first text, 1 in the second.</summary>
    public int[] TypeIds => field ??= Expand(segment => segment.Type);

    /// <summary>1 for each token, 0 for padding.</summary>
    public int[] AttentionMask => field ??= Expand(segment => segment.Kind == SegmentKind.Padding ? 0 : 1);

    /// <summary>Whether there is padding.</summary>
    internal bool IsPadded => Array.Exists(segments, segment => segment.Kind == SegmentKind.Padding);

    /// <summary>1 for special tokens that were added and padding, 0 for tokens of the texts.</summary>
    public int[] SpecialTokensMask => field ??= Expand(segment => segment.IsText ? 0 : 1);

    /// <summary>The text that each token is of: 0 the first, 1 the second; null: it was added.</summary>
    public int?[] SequenceIds => field ??= Expand(segment => segment.IsText ? (int?)segment.Kind : null);

    /// <summary>The tokens in the spelling of the vocabulary.</summary>
    public string[] Tokens => field ??= Array.ConvertAll(Ids, id => tokenizer[id]);

    /// <summary>
    /// Where each token stands in its text, in UTF-16 code units: <c>text[start..end]</c>; (0, 0) for tokens that were added.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="EncodeOptions.Offsets"/> was false.</exception>
    public (int Start, int End)[] Offsets => field ??= Array.ConvertAll(Places, place => (place.Start, place.End));

    /// <summary>
    /// The number of the word that each token is of, counted in each text from 0 (a punctuation mark is a word); null for tokens that were
    /// added.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="EncodeOptions.Offsets"/> was false.</exception>
    public int?[] WordIds => field ??= Array.ConvertAll(Places, place => place.Word < 0 ? (int?)null : place.Word);

    /// <summary>The windows that truncation cut off, in their order; each is framed and padded as this one.</summary>
    public IReadOnlyList<EncodedText> Overflowing { get; }

    private Place[] Places => places
        ?? throw new InvalidOperationException("EncodedText: offsets and word ids were not recorded. Encode with Offsets = true.");

    /// <summary>The same sequence, padded to a length; itself where it is that long.</summary>
    internal EncodedText Padded(int length, int id, int type, SequenceSide side)
    {
        EncodedText[] others = [.. Overflowing.Select(other => other.Padded(length, id, type, side))];
        var more = length - Count;
        if (more <= 0) return others.Length == 0 ? this : new(tokenizer, Ids, segments, places, others);
        var (ids, start) = (new int[length], side == SequenceSide.Left ? more : 0);
        Ids.CopyTo(ids, start);
        ids.AsSpan(start == 0 ? Count : 0, more).Fill(id);
        var padding = new Segment(SegmentKind.Padding, more, type);
        Place[]? padded = null;
        if (places is not null)
        {
            padded = new Place[length];
            places.CopyTo(padded, start);
            padded.AsSpan(start == 0 ? Count : 0, more).Fill(Segment.Nowhere);
        }
        return new(tokenizer, ids, start == 0 ? [.. segments, padding] : [padding, .. segments], padded, others);
    }

    private T[] Expand<T>(Func<Segment, T> valueOf)
    {
        var (values, at) = (new T[Count], 0);
        foreach (var segment in segments)
        {
            values.AsSpan(at, segment.Length).Fill(valueOf(segment));
            at += segment.Length;
        }
        return values;
    }
}

/// <summary>What the tokens of a segment are.</summary>
internal enum SegmentKind
{
    First,
    Second,
    Special,
    Padding,
}

/// <summary>Neighbouring tokens of one kind.</summary>
internal readonly record struct Segment(SegmentKind Kind, int Length, int Type)
{
    /// <summary>The place of what stands in no text.</summary>
    public static Place Nowhere => new(0, 0, -1);

    public bool IsText => Kind <= SegmentKind.Second;
}
