using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>
/// Items in another order within windows. The position is where the source stood when the window began, the window's number and how many of its items have been given: going on
/// draws the window again, without making what was given already.
/// </summary>
internal abstract class WindowPipeline<T> : StepPipeline<T, T>
{
    private readonly int buffer;
    private readonly string name;

    protected WindowPipeline(Pipeline<T> source, int buffer, string name) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buffer, 1);
        (this.buffer, this.name) = (buffer, name);
    }

    protected sealed override long? KnownCount => Source.Count;

    public sealed override Cursor<T> Open(int epoch = 0) => new Walking(this, Source.Open(epoch), epoch, 0);

    public sealed override Cursor<T> Open(JsonNode state)
    {
        var cursor = new Walking(this, Source.Open(Saved.Node(state, name, Saved.Of)), Saved.Small(state, name, Saved.Epoch), Saved.Number(state, name, Saved.Window));
        cursor.Pass(Saved.Small(state, name, Saved.At));
        return cursor;
    }

    /// <summary>The places of a window's items in the order in which they are given.</summary>
    protected abstract int[] Order(List<Deferred<T>?> items, int epoch, long window);

    private sealed class Walking(WindowPipeline<T> step, Cursor<T> source, int epoch, long window) : StepCursor<T, T>(source)
    {
        private readonly WindowPipeline<T> step = step;
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
            if (count > items.Count) throw Saved.Misfit(step.name, $"{count} items of its window had been given, here the window has {items.Count}");
            for (; at < count; at++) items[order[at]] = null;
        }

        private bool Fill()
        {
            if (items.Count > 0) (window, began) = (window + 1, Source.State);
            items.Clear();
            at = 0;
            while (items.Count < step.buffer && Source.Draw(out var item)) items.Add(item);
            order = step.Order(items, epoch, window);
            return items.Count > 0;
        }
    }
}

/// <summary>Items within windows, the shorter first. To know their lengths, items are made while they are drawn.</summary>
internal sealed class WindowSortPipeline<T>(Pipeline<T> source, Func<T, int> length, int buffer) : WindowPipeline<T>(source, buffer, "Sort")
{
    protected override int[] Order(List<Deferred<T>?> items, int epoch, long window)
    {
        var lengths = new int[items.Count];
        for (var i = 0; i < lengths.Length; i++) (items[i], lengths[i]) = Measured.Of(items[i]!, length);
        return [.. Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i])];
    }
}
