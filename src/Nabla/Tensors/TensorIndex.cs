namespace Nabla;

/// <summary>One place of an indexer: an int, an <see cref="Index"/> or a <see cref="Range"/>.</summary>
public readonly struct TensorIndex
{
    private readonly Range range;

    private TensorIndex(Range range, bool single) => (this.range, IsSingle) = (range, single);

    /// <summary>Whether it picks one element, so that the axis goes.</summary>
    internal bool IsSingle { get; }

    /// <summary>One element; negative counts from the end.</summary>
    public static implicit operator TensorIndex(int index) => new Index(Math.Abs(index), index < 0);

    /// <summary>One element.</summary>
    public static implicit operator TensorIndex(Index index) => new(new Range(index, index), single: true);

    /// <summary>A stretch.</summary>
    public static implicit operator TensorIndex(Range range) => new(range, single: false);

    internal (int Start, int Count) Resolve(Shape shape, int axis)
    {
        var dim = shape[axis];
        var start = range.Start.GetOffset(dim);
        var count = IsSingle ? 1 : range.End.GetOffset(dim) - start;
        return start >= 0 && count >= 0 && start + count <= dim ? (start, count)
            : throw new ArgumentOutOfRangeException(null, $"Index: {(IsSingle ? range.Start.ToString() : range.ToString())} on axis {axis} of shape {shape}: its length is {dim}.");
    }
}
