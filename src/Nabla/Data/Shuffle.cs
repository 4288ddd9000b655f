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

/// <summary>
/// Items in random order within windows. The position is where the source stood when the window began, the window's number and how many of its items have been given: going on
/// draws the window again, without making what was given already.
/// </summary>
internal sealed class WindowShufflePipeline<T> : StepPipeline<T, T>
{
    private readonly ulong stepSeed;
    private readonly int buffer;

    public WindowShufflePipeline(Pipeline<T> source, ulong seed, int buffer) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        (stepSeed, this.buffer) = (Seeds.OfStep(seed, $"Shuffle {source.Depth}"), buffer);
    }

    protected override long? KnownCount => Source.Count;

    public override Cursor<T> Open(int epoch = 0) => new Shuffling(this, Source.Open(epoch), epoch, 0);

    public override Cursor<T> Open(JsonNode state)
    {
        var cursor = new Shuffling(this, Source.Open(Saved.Node(state, "Shuffle", Saved.Of)), Saved.Small(state, "Shuffle", Saved.Epoch), Saved.Number(state, "Shuffle", Saved.Window));
        cursor.Pass(Saved.Small(state, "Shuffle", Saved.At));
        return cursor;
    }

    private sealed class Shuffling(WindowShufflePipeline<T> step, Cursor<T> source, int epoch, long window) : StepCursor<T, T>(source)
    {
        private readonly WindowShufflePipeline<T> step = step;
        private readonly List<Deferred<T>?> items = [];
        private int[] order = [];
        private JsonNode began = source.State;
        private int at;

        public override JsonNode State => at == items.Count && at > 0 ? Position(window + 1, 0, Source.State) : Position(window, at, began.DeepClone());

        private JsonObject Position(long number, int given, JsonNode start) =>
            new() { [Saved.Epoch] = epoch, [Saved.Window] = number, [Saved.At] = given, [Saved.Of] = start };

        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            if (at == items.Count && !Fill())
            {
                item = null;
                return false;
            }
            var place = order[at++];
            (item, items[place]) = (items[place]!, null);
            return true;
        }

        /// <summary>Draws what a saved position had given already.</summary>
        public void Pass(int count)
        {
            if (count == 0) return;
            Fill();
            if (count > items.Count) throw Saved.Misfit("Shuffle", $"{count} items of its window had been given, here the window has {items.Count}");
            for (; at < count; at++) items[order[at]] = null;
        }

        private bool Fill()
        {
            if (items.Count > 0) (window, began) = (window + 1, Source.State);
            items.Clear();
            at = 0;
            while (items.Count < step.buffer && Source.Draw(out var item)) items.Add(item);
            order = new Generator(Seeds.OfPart(Seeds.OfPart(step.stepSeed, epoch), window)).Permutation(items.Count);
            return items.Count > 0;
        }
    }
}
