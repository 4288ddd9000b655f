using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Pipelines from what is at hand.</summary>
public static class Pipeline
{
    /// <summary>The items of a sequence, which is enumerated anew for each epoch and must be the same each time. Going on from a position passes over the items before it.</summary>
    /// <param name="items">The sequence.</param>
    /// <param name="count">How many there are, if known.</param>
    public static Pipeline<T> From<T>(IEnumerable<T> items, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new SequencePipeline<T>(start => Passing(items, start), count ?? (items is IReadOnlyCollection<T> known ? known.Count : null));
    }

    /// <summary>The items of a sequence that can begin anywhere, such as a file whose parts are found without reading those before.</summary>
    /// <param name="from">The items from this number on, counted from 0.</param>
    /// <param name="count">How many there are in all, if known.</param>
    public static Pipeline<T> From<T>(Func<long, IEnumerable<T>> from, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        return new SequencePipeline<T>(from, count);
    }

    /// <summary>The items of some pipelines, one pipeline after another, such as the rows of several files.</summary>
    /// <param name="parts">One or more.</param>
    public static Pipeline<T> Concat<T>(params IReadOnlyList<Pipeline<T>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.Count > 0 ? new ConcatPipeline<T>([.. parts])
            : throw new ArgumentException("Pipeline.Concat: there are no pipelines; at least one is needed.", nameof(parts));
    }

    private static IEnumerable<T> Passing<T>(IEnumerable<T> items, long start)
    {
        foreach (var item in items)
        {
            if (start-- <= 0) yield return item;
        }
    }
}

/// <summary>Items one after another; the position is how many have been read.</summary>
internal sealed class SequencePipeline<T>(Func<long, IEnumerable<T>> from, long? count) : Pipeline<T>
{
    protected override long? KnownCount => count;

    public override Cursor<T> Open(int epoch = 0) => new Reading(from, 0);

    public override Cursor<T> Open(JsonNode state) => new Reading(from, Saved.Number(state, "From", Saved.At));

    private sealed class Reading(Func<long, IEnumerable<T>> from, long at) : Cursor<T>
    {
        private IEnumerator<T>? items;
        private T? current;

        public override T Current => current!;

        public override JsonNode State => new JsonObject { [Saved.At] = at };

        public override bool MoveNext()
        {
            items ??= from(at).GetEnumerator();
            if (!items.MoveNext()) return false;
            current = items.Current;
            at++;
            return true;
        }

        public override void Dispose()
        {
            items?.Dispose();
            base.Dispose();
        }
    }
}

/// <summary>The items of a dataset in their order.</summary>
internal sealed class DatasetCursor<T>(Dataset<T> items, long at) : DrawingCursor<T>
{
    public override JsonNode State => new JsonObject { [Saved.At] = at, [Saved.Count] = items.Count };

    internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
    {
        item = at < items.Count ? items.Defer(at++) : null;
        return item is not null;
    }
}
