using Nabla.Data;

namespace Nabla.Text;

/// <summary>As many places of a text as there are streams, and so many tokens from each on.</summary>
/// <param name="Ids">[streams, steps], Int64</param>
/// <param name="Next">The token after each: [streams, steps], Int64</param>
/// <param name="IsFirst">Whether the streams begin here. If not, they go on where the stretch before it ended, and so may what a recurrent network remembers.</param>
public sealed record TextStretch(Tensor Ids, Tensor Next, bool IsFirst) : ICountedBatch
{
    /// <summary>How many tokens are to be predicted.</summary>
    public double LossCount => Next.Length;
}

/// <summary>
/// A long text for truncated back-propagation through time: it is cut into streams of one length, which are read side by side, stretch by stretch. Tokens that do not fill the streams are left
/// out at the end, fewer than there are streams; the last stretch may be shorter.
/// </summary>
public sealed class TextStreams : Dataset<TextStretch>
{
    private readonly int[] ids;
    private readonly int streams, steps, length;

    /// <summary>The streams of a text.</summary>
    /// <param name="ids">Its tokens.</param>
    /// <param name="streams">How many places are read at a time, 1 or more.</param>
    /// <param name="steps">Tokens of a stretch, 1 or more: as far as the gradients go back.</param>
    /// <exception cref="ArgumentException">The text is shorter than two tokens for each stream.</exception>
    public TextStreams(ReadOnlySpan<int> ids, int streams, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        length = (ids.Length - 1) / streams;
        if (length < 1) throw new ArgumentException($"TextStreams: {ids.Length} tokens are too few for {streams} streams, which need {streams + 1} at least. Give more text, or fewer streams.", nameof(ids));
        (this.ids, this.streams, this.steps) = (ids.ToArray(), streams, steps);
    }

    /// <summary>Stretches.</summary>
    public override long Count => (length + steps - 1) / steps;

    /// <summary>Tokens that are foretold in all stretches together.</summary>
    public long Tokens => (long)streams * length;

    /// <inheritdoc/>
    public override TextStretch this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var (start, count) = ((int)index * steps, Math.Min(steps, length - ((int)index * steps)));
            return new(Part(start, count), Part(start + 1, count), index == 0);
        }
    }

    private Tensor Part(int start, int count)
    {
        var part = new long[streams * count];
        for (var stream = 0; stream < streams; stream++)
        for (var i = 0; i < count; i++) part[(stream * count) + i] = ids[(stream * length) + start + i];
        return Tensor.From(part, [streams, count]);
    }
}
