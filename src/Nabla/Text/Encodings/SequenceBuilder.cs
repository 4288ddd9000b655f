namespace Nabla.Text;

/// <summary>Makes sequences of the tokens of one text or two: truncation, special tokens, padding.</summary>
internal sealed class SequenceBuilder
{
    private readonly ComposedTokenizer tokenizer;
    private readonly EncodeOptions options;
    private readonly FramePiece[] single, pair;

    /// <exception cref="ArgumentException">The options do not fit the tokenizer.</exception>
    public SequenceBuilder(ComposedTokenizer tokenizer, EncodeOptions options)
    {
        options.Validate();
        (this.tokenizer, this.options) = (tokenizer, options);
        var frame = tokenizer.Parts.Frame ?? TokenFrame.None;
        (single, pair) = (Pieces(frame.Single), Pieces(frame.Pair));
        if (options.Truncation != TruncationStrategy.None) _ = MaxLength("Truncation", options.MaxLength);
        if (options.Padding == PaddingStrategy.MaxLength) _ = PaddingLength;
        if (options.Padding != PaddingStrategy.None) _ = PadId;

        FramePiece[] Pieces(IReadOnlyList<FramePiece> pieces) => [.. pieces.Where(piece => piece.Symbol is null || options.AddSpecialTokens)];
    }

    /// <summary>
    /// Whether the words of two texts are needed to truncate them. Of two long texts that get an odd number of tokens together, the longer one gets one more; Hugging Face's library stops reading at the
    /// first word that goes beyond MaxLength, and compares the lengths that it has then.
    /// </summary>
    public bool ComparesTexts => options.Truncation == TruncationStrategy.LongestFirst;

    private int PadId => options.PadId ?? tokenizer.PaddingId
        ?? throw new ArgumentException("EncodeOptions: Padding is set, but the tokenizer has no padding token. Set PadId.");

    private int PaddingLength => options.PaddingLength ?? MaxLength("Padding", options.MaxLength);

    private int MaxLength(string option, int? length) => length ?? tokenizer.ModelMaxLength
        ?? throw new ArgumentException($"EncodeOptions: {option} needs a length, and the tokenizer has no ModelMaxLength. Set MaxLength.");

    /// <summary>The sequence of a text, or of two; not padded yet.</summary>
    /// <exception cref="ArgumentException">The texts cannot be truncated as the options say.</exception>
    public EncodedText Build(TokenBuffer first, TokenBuffer? second)
    {
        var (ones, others) = Windows(first, second);
        if (ones.Length == 1 && others.Length == 1) return Frame(first, ones[0], second, others[0], []);
        var overflowing = new List<EncodedText>();
        for (var i = 0; i < ones.Length; i++)
        for (var j = 0; j < others.Length; j++)
            if (i > 0) overflowing.Add(Frame(first, ones[i], second, others[j], []));
        for (var j = 1; j < others.Length; j++) overflowing.Add(Frame(first, ones[0], second, others[j], []));
        return Frame(first, ones[0], second, others[0], overflowing);
    }

    /// <summary>Pads sequences where the options say so.</summary>
    public void Pad(Span<EncodedText> sequences)
    {
        if (options.Padding == PaddingStrategy.None) return;
        var length = 0;
        if (options.Padding == PaddingStrategy.MaxLength) length = PaddingLength;
        else foreach (var sequence in sequences) length = Math.Max(length, sequence.Count);
        if (options.PadToMultipleOf is { } multiple) length = checked((length + multiple - 1) / multiple * multiple);
        foreach (ref var sequence in sequences) sequence = sequence.Padded(length, PadId, options.PadTypeId, options.PaddingSide);
    }

    private (Window[] First, Window[] Second) Windows(TokenBuffer first, TokenBuffer? second)
    {
        if (options.Truncation == TruncationStrategy.None) return ([new(0, first.Count)], [new(0, second?.Count ?? 0)]);
        var (length, added) = (MaxLength("Truncation", options.MaxLength), (second is null ? single : pair).Sum(piece => piece.Symbol?.Tokens.Count ?? 0));
        if (length < added) throw new ArgumentException($"EncodeOptions: MaxLength is {length}, but there are {added} special tokens. Make it larger, or set AddSpecialTokens to false.");
        int Seen(TokenBuffer text) => ComparesTexts && second is not null ? text.Reached(length, options.TruncationSide) : text.Count;
        var (one, other) = Truncation.Lengths(Seen(first), second is null ? null : Seen(second), length - added, options.Truncation);
        return (Window.Of(first.Count, one, options.Stride, options.TruncationSide), second is null ? [new(0, 0)] : Window.Of(second.Count, other, options.Stride, options.TruncationSide));
    }

    private EncodedText Frame(TokenBuffer first, Window one, TokenBuffer? second, Window other, IReadOnlyList<EncodedText> overflowing)
    {
        var pieces = second is null ? single : pair;
        var segments = new Segment[pieces.Length];
        var length = 0;
        for (var i = 0; i < pieces.Length; i++)
        {
            var piece = pieces[i];
            segments[i] = piece.Symbol is { } symbol ? new(SegmentKind.Special, symbol.Tokens.Count, piece.Type)
                : piece.Text == 0 ? new(SegmentKind.First, one.Length, piece.Type) : new(SegmentKind.Second, other.Length, piece.Type);
            length += segments[i].Length;
        }
        var (ids, places, at) = (new int[length], options.Offsets ? new Place[length] : null, 0);
        for (var i = 0; i < pieces.Length; at += segments[i++].Length)
        {
            var (text, window) = segments[i].Kind == SegmentKind.First ? (first, one) : (second, other);
            if (segments[i].IsText)
            {
                text!.Ids[window.Start..window.End].CopyTo(ids.AsSpan(at));
                if (places is not null) text.PlacesOf(window).CopyTo(places.AsSpan(at));
                continue;
            }
            for (var j = 0; j < segments[i].Length; j++) ids[at + j] = pieces[i].Symbol!.Tokens[j].Id;
            places?.AsSpan(at, segments[i].Length).Fill(Segment.Nowhere);
        }
        return new(tokenizer, ids, segments, places, overflowing);
    }
}
