using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>All items of a dataset in an order drawn for each epoch; the position is a number.</summary>
internal sealed class DatasetShufflePipeline<T>(Dataset<T> source, ulong seed) : StepPipeline<T, T>(source)
{
    private readonly Dataset<T> items = source;
    private readonly ulong stepSeed = Seeds.OfStep(seed, $"Shuffle {source.Depth}");

    protected override long? KnownCount => items.Count;

    public override Cursor<T> Open(int epoch = 0) => new Shuffling(this, epoch, 0);

    public override Cursor<T> Open(JsonNode state)
    {
        Saved.SameCount(state, "Shuffle", items.Count);
        return new Shuffling(this, Saved.Small(state, "Shuffle", Saved.Epoch), Saved.Number(state, "Shuffle", Saved.At));
    }

    private int[] Order(int epoch) => items.Count <= Array.MaxLength ? new Generator(Seeds.OfPart(stepSeed, epoch)).Permutation((int)items.Count)
        : throw new NotSupportedException($"Shuffle: {items.Count} items, at most {Array.MaxLength} are shuffled as a whole. Shuffle within windows: Shuffle(seed, buffer).");

    private sealed class Shuffling(DatasetShufflePipeline<T> step, int epoch, long at) : DrawingCursor<T>
    {
        private readonly DatasetShufflePipeline<T> step = step;
        private readonly int[] order = step.Order(epoch);

        public override JsonNode State => new JsonObject { [Saved.Epoch] = epoch, [Saved.At] = at, [Saved.Count] = order.Length };

        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            item = at < order.Length ? step.items.Defer(order[at++]) : null;
            return item is not null;
        }
    }
}

/// <summary>Items in random order within windows.</summary>
internal sealed class WindowShufflePipeline<T>(Pipeline<T> source, ulong seed, int buffer) : WindowPipeline<T>(source, buffer, "Shuffle")
{
    private readonly ulong stepSeed = Seeds.OfStep(seed, $"Shuffle {source.Depth}");

    protected override int[] Order(List<Deferred<T>?> items, int epoch, long window) => new Generator(Seeds.OfPart(Seeds.OfPart(stepSeed, epoch), window)).Permutation(items.Count);
}
