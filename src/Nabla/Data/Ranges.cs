using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>The first items.</summary>
internal sealed class TakePipeline<T> : StepPipeline<T, T>
{
    private readonly long count;

    public TakePipeline(Pipeline<T> source, long count) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        this.count = count;
    }

    protected override long? KnownCount => Source.Count is { } all ? Math.Min(all, count) : null;

    public override Cursor<T> Open(int epoch = 0) => new Taking(Source.Open(epoch), count, 0);

    public override Cursor<T> Open(JsonNode state) => new Taking(Source.Open(Saved.Node(state, "Take", Saved.Of)), count, Saved.Number(state, "Take", Saved.At));

    private sealed class Taking(Cursor<T> source, long count, long at) : StepCursor<T, T>(source)
    {
        public override JsonNode State => new JsonObject { [Saved.At] = at, [Saved.Of] = Source.State };

        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            item = null;
            if (at >= count || !Source.Draw(out item)) return false;
            at++;
            return true;
        }
    }
}

/// <summary>All but the first items, which are drawn and not made.</summary>
internal sealed class SkipPipeline<T> : StepPipeline<T, T>
{
    private readonly long count;

    public SkipPipeline(Pipeline<T> source, long count) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        this.count = count;
    }

    protected override long? KnownCount => Source.Count is { } all ? Math.Max(all - count, 0) : null;

    public override Cursor<T> Open(int epoch = 0)
    {
        var cursor = Source.Open(epoch);
        for (var passed = 0L; passed < count && cursor.Draw(out _); passed++) { }
        return cursor;
    }

    public override Cursor<T> Open(JsonNode state) => Source.Open(state);
}

/// <summary>One epoch after another.</summary>
internal sealed class RepeatPipeline<T> : StepPipeline<T, T>
{
    private readonly int? times;

    public RepeatPipeline(Pipeline<T> source, int? times) : base(source)
    {
        if (times is { } given) ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(times));
        this.times = times;
    }

    protected override long? KnownCount => times * Source.Count;

    public override Cursor<T> Open(int epoch = 0) => new Repeating(this, checked(epoch * (times ?? 1)), 0, null);

    public override Cursor<T> Open(JsonNode state) =>
        new Repeating(this, Saved.Small(state, "Repeat", Saved.Epoch), Saved.Small(state, "Repeat", Saved.At), Source.Open(Saved.Node(state, "Repeat", Saved.Of)));

    /// <param name="step">The recipe.</param>
    /// <param name="epoch">The source's epoch.</param>
    /// <param name="done">How many epochs lie behind.</param>
    /// <param name="opened">The walk through the source's epoch, if it goes on from a position.</param>
    private sealed class Repeating(RepeatPipeline<T> step, int epoch, int done, Cursor<T>? opened) : DrawingCursor<T>
    {
        private readonly RepeatPipeline<T> step = step;
        private Cursor<T> source = opened ?? step.Source.Open(epoch);

        public override JsonNode State => new JsonObject { [Saved.Epoch] = epoch, [Saved.At] = done, [Saved.Of] = source.State };

        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            if (source.Draw(out item)) return true;
            // Without end, an epoch without items would be sought for ever: one try is enough.
            while (step.times is not { } times || done + 1 < times)
            {
                source.Dispose();
                (epoch, done) = (checked(epoch + 1), step.times is null ? 0 : done + 1);
                source = step.Source.Open(epoch);
                if (source.Draw(out item)) return true;
                if (step.times is null) return false;
            }
            return false;
        }

        public override void Dispose()
        {
            source.Dispose();
            base.Dispose();
        }
    }
}
