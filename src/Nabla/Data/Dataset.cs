using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Items that are found by their number. As a pipeline: all of them in order.</summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class Dataset<T> : Pipeline<T>
{
    /// <summary>How many items there are.</summary>
    public new abstract long Count { get; }

    /// <summary>One item. Called from several threads where a pipeline prefetches with several.</summary>
    /// <param name="index">0 ≤ index &lt; count.</param>
    public abstract T this[long index] { get; }

    /// <inheritdoc/>
    protected sealed override long? KnownCount => Count;

    /// <inheritdoc/>
    public sealed override Cursor<T> Open(int epoch = 0) => new DatasetCursor<T>(this, 0);

    /// <inheritdoc/>
    public sealed override Cursor<T> Open(JsonNode state)
    {
        Saved.SameCount(state, "Dataset", Count);
        return new DatasetCursor<T>(this, Saved.Number(state, "Dataset", Saved.At));
    }

    /// <summary>An item that is made when it is wanted.</summary>
    internal virtual Deferred<T> Defer(long index) => new Indexed(this, index);

    /// <summary>Each item through a function, when it is asked for.</summary>
    /// <param name="function">Called from several threads if the pipeline prefetches with several.</param>
    public override Dataset<TResult> Map<TResult>(Func<T, TResult> function) => new MappedDataset<T, TResult>(this, function);

    /// <summary>All items in random order, another in each epoch.</summary>
    /// <param name="seed">Chooses the order, together with the epoch.</param>
    public Pipeline<T> Shuffle(ulong seed) => new DatasetShufflePipeline<T>(this, seed);

    /// <summary>The first items.</summary>
    /// <param name="count">How many at most, 0 or more.</param>
    public override Dataset<T> Take(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new DatasetRange<T>(this, 0, Math.Min(count, Count));
    }

    /// <summary>All but the first items.</summary>
    /// <param name="count">How many to leave out, 0 or more.</param>
    public override Dataset<T> Skip(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var start = Math.Min(count, Count);
        return new DatasetRange<T>(this, start, Count - start);
    }

    /// <summary>The items at these places, in this order.</summary>
    /// <param name="places">0 ≤ place &lt; count; one may come more than once.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public Dataset<T> At(params ReadOnlySpan<int> places) => new DatasetSelection<T>(this, places.ToArray());

    private sealed class Indexed(Dataset<T> items, long index) : Deferred<T>
    {
        public override T Make() => items[index];
    }
}

/// <summary>Datasets from what is at hand.</summary>
public static class Dataset
{
    /// <summary>The items of a list, which is not copied.</summary>
    public static Dataset<T> From<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new ListDataset<T>(items);
    }

    /// <summary>Items that a function finds by their number.</summary>
    /// <param name="count">How many there are, 0 or more.</param>
    /// <param name="item">The item of a number. Called from several threads if the pipeline prefetches with several.</param>
    public static Dataset<T> From<T>(long count, Func<long, T> item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(item);
        return new FunctionDataset<T>(count, item);
    }
}
