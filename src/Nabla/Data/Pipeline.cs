using System.Collections;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>
/// A recipe for a sequence of items. It is immutable and opened as often as wanted: every epoch by its number, which seeds shuffling and augmentation, so that an epoch is the same
/// bits whenever it is run; or where a walk stood before. Enumerating it walks through epoch 0.
/// </summary>
/// <typeparam name="T">The items.</typeparam>
public abstract class Pipeline<T> : IEnumerable<T>
{
    /// <summary>Items of one epoch, if that is known without reading them.</summary>
    public long? Count => KnownCount;

    /// <summary>Items of one epoch, if that is known without reading them.</summary>
    protected abstract long? KnownCount { get; }

    /// <summary>How many steps precede this one: steps of one kind and seed draw different numbers.</summary>
    internal virtual int Depth => 0;

    /// <summary>Opens an epoch at its beginning.</summary>
    /// <param name="epoch">0 or more.</param>
    public abstract Cursor<T> Open(int epoch = 0);

    /// <summary>Goes on where <paramref name="state"/> was taken from a cursor of the same pipeline.</summary>
    /// <param name="state">A cursor's <see cref="Cursor{T}.State"/>.</param>
    /// <exception cref="ArgumentException">The state is of another pipeline, or the data has changed in number.</exception>
    public abstract Cursor<T> Open(JsonNode state);

    /// <summary>Each item through a function.</summary>
    /// <param name="function">Called from several threads if the pipeline prefetches with several.</param>
    public virtual Pipeline<TResult> Map<TResult>(Func<T, TResult> function) => new MapPipeline<T, TResult>(this, function);

    /// <summary>Each item through a function that draws random numbers, the same ones for the same item of the same epoch.</summary>
    /// <param name="function">Gets the item and a generator of its own. Called from several threads if the pipeline prefetches with several.</param>
    /// <param name="seed">Chooses the numbers.</param>
    public Pipeline<TResult> Map<TResult>(Func<T, Generator, TResult> function, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new SeededMapPipeline<T, TResult>(this, (item, random) => new SeededItem<T, TResult>(item, random, function), seed);
    }

    /// <summary>The items that a condition holds for.</summary>
    /// <param name="condition">A function of the item alone. It is called in the items' order, also where the pipeline prefetches: put costly steps behind it.</param>
    public Pipeline<T> Where(Func<T, bool> condition) => new WherePipeline<T>(this, condition);

    /// <summary>
    /// Shuffles within windows: reads <paramref name="buffer"/> items, gives them in random order, reads the next. An item thus moves by less than twice the buffer, and the
    /// position stays a few numbers. A <see cref="Dataset{T}"/> is shuffled as a whole by <see cref="Dataset{T}.Shuffle(ulong)"/>.
    /// </summary>
    /// <param name="seed">Chooses the order, together with the epoch.</param>
    /// <param name="buffer">How many items are held, 1 or more.</param>
    public Pipeline<T> Shuffle(ulong seed, int buffer) => new WindowShufflePipeline<T>(this, seed, buffer);

    /// <summary>Groups of <paramref name="size"/> items in order, each made into one.</summary>
    /// <param name="size">1 or more.</param>
    /// <param name="collate">Makes a batch of its items. Called from several threads if the pipeline prefetches with several.</param>
    /// <param name="dropLast">Whether a last group of fewer items is left out.</param>
    public Pipeline<TBatch> Batch<TBatch>(int size, Func<IReadOnlyList<T>, TBatch> collate, bool dropLast = false)
    {
        ArgumentNullException.ThrowIfNull(collate);
        return new BatchPipeline<T, TBatch>(this, size, items => collate(Array.ConvertAll(items, item => item.Make())), dropLast);
    }

    /// <summary>
    /// Sorts within windows: reads <paramref name="buffer"/> items, gives the shorter first, reads the next. To know their lengths, items are made while they are drawn: put costly steps behind it.
    /// </summary>
    /// <param name="length">How long an item is, 0 or more.</param>
    /// <param name="buffer">How many items are held, 1 or more.</param>
    public Pipeline<T> SortByLength(Func<T, int> length, int buffer)
    {
        ArgumentNullException.ThrowIfNull(length);
        return new WindowSortPipeline<T>(this, length, buffer);
    }

    /// <summary>
    /// Groups of as many items in order as hold at most <paramref name="tokens"/> tokens together, each made into one, so that every batch is about as much work. Within a batch of
    /// sequences that are alike in length, recurrent networks run in fewer steps: sort before, and shuffle the batches behind it. To know their lengths, items are made while they are drawn.
    /// <code>
    /// texts.Shuffle(seed).SortByLength(text => text.Length, buffer: 1000).BatchByTokens(4096, text => text.Length, Ragged.From).Shuffle(seed, buffer: 100)
    /// </code>
    /// </summary>
    /// <param name="tokens">1 or more. An item that has more is an <see cref="ArgumentException"/> when its turn comes.</param>
    /// <param name="length">How many tokens an item has, 0 or more.</param>
    /// <param name="collate">Makes a batch of its items. Called from several threads if the pipeline prefetches with several.</param>
    public Pipeline<TBatch> BatchByTokens<TBatch>(int tokens, Func<T, int> length, Func<IReadOnlyList<T>, TBatch> collate)
    {
        ArgumentNullException.ThrowIfNull(length);
        ArgumentNullException.ThrowIfNull(collate);
        return new TokenBatchPipeline<T, TBatch>(this, tokens, length, collate);
    }

    /// <summary>
    /// Makes the next items on other threads while this one works. The order and every bit stay the same for any number of threads; an exception arrives where its item would have.
    /// Disposing of the cursor stops the threads.
    /// </summary>
    /// <param name="count">How many items may be ready or in the making, 1 or more.</param>
    /// <param name="threads">How many are made at a time, 1 or more.</param>
    public Pipeline<T> Prefetch(int count = 2, int threads = 1) => new PrefetchPipeline<T>(this, count, threads);

    /// <summary>One epoch after another: epoch e of the result is epochs e·times … (e + 1)·times − 1 of this, or all from e on.</summary>
    /// <param name="times">How many epochs make one, 1 or more; null: without end.</param>
    public Pipeline<T> Repeat(int? times = null) => new RepeatPipeline<T>(this, times);

    /// <summary>The first items.</summary>
    /// <param name="count">How many at most, 0 or more.</param>
    public virtual Pipeline<T> Take(long count) => new TakePipeline<T>(this, count);

    /// <summary>All but the first items.</summary>
    /// <param name="count">How many to leave out, 0 or more.</param>
    public virtual Pipeline<T> Skip(long count) => new SkipPipeline<T>(this, count);

    /// <summary>Walks through epoch 0.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        using var cursor = Open();
        while (cursor.MoveNext()) yield return cursor.Current;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A step that takes its items from the one before.</summary>
internal abstract class StepPipeline<T, TResult>(Pipeline<T> source) : Pipeline<TResult>
{
    protected Pipeline<T> Source => source;

    internal override int Depth { get; } = source.Depth + 1;
}

/// <summary>A cursor that draws from one of the step before.</summary>
internal abstract class StepCursor<T, TResult>(Cursor<T> source) : DrawingCursor<TResult>
{
    protected Cursor<T> Source => source;

    public override JsonNode State => source.State;

    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }
}
