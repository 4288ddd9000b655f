namespace Nabla.Text;

/// <summary>A range of the tokens of a text.</summary>
/// <param name="Start">The first token.</param>
/// <param name="End">Behind the last.</param>
internal readonly record struct Window(int Start, int End)
{
    public int Length => End - Start;

    /// <summary>
    /// The windows of a sequence that is cut to a length, first the one that stays, then those that overflow, by the rules of Hugging
    /// Face's library: each begins (or, from the left, ends) <paramref name="length"/> − <paramref name="stride"/> tokens after the one
    /// before, until one reaches the other end. Cut to nothing, all of it overflows at once.
    /// </summary>
    /// <exception cref="ArgumentException">The windows would not move on.</exception>
    public static Window[] Of(int count, int length, int stride, SequenceSide side)
    {
        if (length >= count) return [new(0, count)];
        if (length == 0) return [new(0, 0), new(0, count)];
        if (stride >= length)
            throw new ArgumentException($"EncodeOptions: Stride is {stride}, but a window has only {length} tokens of the text. " +
                $"Make Stride smaller or MaxLength larger.");
        var windows = new List<Window>();
        for (var taken = 0; windows.Count == 0
            || (side == SequenceSide.Right ? windows[^1].End < count : windows[^1].Start > 0); taken += length - stride)
            windows.Add(side == SequenceSide.Right ? new(taken, Math.Min(taken + length, count))
                : new(Math.Max(0, count - taken - length), count - taken));
        return [.. windows];
    }
}

/// <summary>How many tokens of one text or two stay.</summary>
internal static class Truncation
{
    /// <summary>
    /// The lengths of two texts that may have <paramref name="most"/> tokens together, by the rules of Hugging Face's library. <paramref
    /// name="second"/> is null for one text.
    /// </summary>
    /// <exception cref="ArgumentException">The text that is to be cut is missing or too short.</exception>
    public static (int First, int Second) Lengths(int first, int? second, int most, TruncationStrategy strategy)
    {
        var excess = first + (second ?? 0) - most;
        if (excess <= 0 || strategy == TruncationStrategy.None) return (first, second ?? 0);
        if (most == 0) return (0, 0);
        return strategy switch
        {
            TruncationStrategy.LongestFirst => second is { } other ? Balanced(first, other, most) : (most, 0),
            TruncationStrategy.OnlyFirst => (Shortened(first, excess, strategy, most), second ?? 0),
            _ when second is { } other => (first, Shortened(other, excess, strategy, most)),
            _ => throw new ArgumentException("EncodeOptions: Truncation is OnlySecond, but there is no second text. " +
                "Give a pair, or use LongestFirst."),
        };
    }

    private static (int First, int Second) Balanced(int first, int second, int most)
    {
        var (shorter, longer) = (Math.Min(first, second), Math.Max(first, second));
        longer = shorter > most ? shorter : Math.Max(shorter, most - shorter);
        if (shorter + longer > most) (shorter, longer) = (most / 2, (most / 2) + (most % 2));
        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private static int Shortened(int length, int excess, TruncationStrategy strategy, int most) => length > excess ? length - excess
        : throw new ArgumentException($"EncodeOptions: Truncation is {strategy}, and that text has {length} tokens, " +
            $"of which {excess} would have to go to leave {most} in all. Use LongestFirst or a larger MaxLength.");
}
