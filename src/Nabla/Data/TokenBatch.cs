using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>
/// As many items in order as hold together at most so many tokens, each group made into one. An item that does not fit any more begins the next group: it has been drawn from the source, so the
/// position is where the source stood before it.
/// </summary>
internal sealed class TokenBatchPipeline<T, TBatch> : StepPipeline<T, TBatch>
{
    private readonly Func<IReadOnlyList<T>, TBatch> collate;
    private readonly Func<T, int> length;
    private readonly int tokens;

    public TokenBatchPipeline(Pipeline<T> source, int tokens, Func<T, int> length, Func<IReadOnlyList<T>, TBatch> collate) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        (this.tokens, this.length, this.collate) = (tokens, length, collate);
    }

    protected override long? KnownCount => null;

    public override Cursor<TBatch> Open(int epoch = 0) => new Batching(this, Source.Open(epoch));

    public override Cursor<TBatch> Open(JsonNode state) => new Batching(this, Source.Open(state));

    private sealed class Batching(TokenBatchPipeline<T, TBatch> step, Cursor<T> source) : StepCursor<T, TBatch>(source)
    {
        private (Deferred<T> Item, int Length)? waiting;
        private JsonNode? beforeWaiting;

        public override JsonNode State => beforeWaiting?.DeepClone() ?? Source.State;

        internal override bool Draw([NotNullWhen(true)] out Deferred<TBatch>? item)
        {
            var (group, sum) = (new List<Deferred<T>>(), 0L);
            while (Next() is { } next)
            {
                if (group.Count > 0 && sum + next.Length > step.tokens)
                {
                    waiting = next;
                    break;
                }
                (waiting, beforeWaiting) = (null, null);
                group.Add(next.Item);
                sum += next.Length;
            }
            item = group.Count > 0 ? new Group([.. group], step, sum) : null;
            return item is not null;
        }

        /// <summary>The item that waits, or the next of the source.</summary>
        private (Deferred<T> Item, int Length)? Next()
        {
            if (waiting is not null) return waiting;
            beforeWaiting = Source.State;
            if (Source.Draw(out var item)) return Measured.Of(item, step.length);
            beforeWaiting = null;
            return null;
        }
    }

    private sealed class Group(Deferred<T>[] items, TokenBatchPipeline<T, TBatch> step, long sum) : Deferred<TBatch>
    {
        public override TBatch Make() => sum <= step.tokens ? step.collate(Array.ConvertAll(items, item => item.Make()))
            : throw new ArgumentException($"BatchByTokens: an item of {sum} tokens does not fit into a batch of at most {step.tokens}. Shorten it before, leave it out by Where, or allow more tokens.");
    }
}

/// <summary>Items whose length has to be known before their turn.</summary>
internal static class Measured
{
    /// <summary>The item, made, and its length. Where that fails, an item that fails when its turn comes.</summary>
    public static (Deferred<T> Item, int Length) Of<T>(Deferred<T> item, Func<T, int> length)
    {
        try
        {
            var made = item.Make();
            var measured = length(made);
            return measured >= 0 ? (new Made<T>(made), measured) : throw new ArgumentException($"Pipeline: the length of an item is given as {measured}; 0 or more is needed.");
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown on where the item is wanted.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return (new Failed<T>(ExceptionDispatchInfo.Capture(error)), 0);
        }
    }

    private sealed class Failed<T>(ExceptionDispatchInfo error) : Deferred<T>
    {
        public override T Make()
        {
            error.Throw();
            throw new System.Diagnostics.UnreachableException();
        }
    }
}
