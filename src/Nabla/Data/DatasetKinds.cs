namespace Nabla.Data;

/// <summary>What every dataset of ours does before it looks an item up.</summary>
internal static class Places
{
    /// <summary>Throws unless 0 ≤ index &lt; count.</summary>
    public static long Within(long index, long count) => (ulong)index < (ulong)count ? index
        : throw new ArgumentOutOfRangeException(nameof(index), $"Dataset: there is no item {index}: 0 ≤ index < {count} is needed.");
}

internal sealed class ListDataset<T>(IReadOnlyList<T> items) : Dataset<T>
{
    public override long Count => items.Count;

    public override T this[long index] => items[(int)Places.Within(index, Count)];
}

internal sealed class FunctionDataset<T>(long count, Func<long, T> item) : Dataset<T>
{
    public override long Count => count;

    public override T this[long index] => item(Places.Within(index, count));
}

internal sealed class MappedDataset<T, TResult>(Dataset<T> source, Func<T, TResult> function) : Dataset<TResult>
{
    private readonly Func<T, TResult> function = function ?? throw new ArgumentNullException(nameof(function));

    public override long Count => source.Count;

    internal override int Depth { get; } = source.Depth + 1;

    public override TResult this[long index] => function(source[index]);

    internal override Deferred<TResult> Defer(long index) => new MappedItem<T, TResult>(source.Defer(index), function);
}

/// <summary>Neighbouring items of another dataset.</summary>
internal sealed class DatasetRange<T>(Dataset<T> source, long start, long count) : Dataset<T>
{
    public override long Count => count;

    internal override int Depth { get; } = source.Depth + 1;

    public override T this[long index] => source[start + Places.Within(index, count)];

    internal override Deferred<T> Defer(long index) => source.Defer(start + index);
}

/// <summary>Chosen items of another dataset.</summary>
internal sealed class DatasetSelection<T> : Dataset<T>
{
    private readonly Dataset<T> source;
    private readonly int[] places;

    public DatasetSelection(Dataset<T> source, int[] places)
    {
        (this.source, this.places) = (source, places);
        foreach (var place in places) Places.Within(place, source.Count);
    }

    public override long Count => places.Length;

    internal override int Depth => source.Depth + 1;

    public override T this[long index] => source[places[Places.Within(index, Count)]];

    internal override Deferred<T> Defer(long index) => source.Defer(places[index]);
}
