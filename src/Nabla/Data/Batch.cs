using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Groups of items, each made into one.</summary>
internal sealed class BatchPipeline<T, TBatch> : StepPipeline<T, TBatch>
{
    private readonly Func<Deferred<T>[], TBatch> assemble;
    private readonly int size;
    private readonly bool dropLast;

    public BatchPipeline(Pipeline<T> source, int size, Func<Deferred<T>[], TBatch> assemble, bool dropLast) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (this.assemble, this.size, this.dropLast) = (assemble, size, dropLast);
    }

    protected override long? KnownCount => Source.Count is { } count ? (count / size) + (dropLast || count % size == 0 ? 0 : 1) : null;

    public override Cursor<TBatch> Open(int epoch = 0) => new Batching(this, Source.Open(epoch));

    public override Cursor<TBatch> Open(JsonNode state) => new Batching(this, Source.Open(state));

    private sealed class Batching(BatchPipeline<T, TBatch> step, Cursor<T> source) : StepCursor<T, TBatch>(source)
    {
        internal override bool Draw([NotNullWhen(true)] out Deferred<TBatch>? item)
        {
            var group = new List<Deferred<T>>(step.size);
            while (group.Count < step.size && Source.Draw(out var one)) group.Add(one);
            item = group.Count == step.size || (group.Count > 0 && !step.dropLast) ? new Group([.. group], step.assemble) : null;
            return item is not null;
        }
    }

    private sealed class Group(Deferred<T>[] items, Func<Deferred<T>[], TBatch> assemble) : Deferred<TBatch>
    {
        public override TBatch Make() => assemble(items);
    }
}
