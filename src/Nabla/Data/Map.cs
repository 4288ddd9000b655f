using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Each item through a function.</summary>
internal sealed class MapPipeline<T, TResult>(Pipeline<T> source, Func<T, TResult> function) : StepPipeline<T, TResult>(source)
{
    private readonly Func<T, TResult> function = function ?? throw new ArgumentNullException(nameof(function));

    protected override long? KnownCount => Source.Count;

    public override Cursor<TResult> Open(int epoch = 0) => new Mapping(Source.Open(epoch), function);

    public override Cursor<TResult> Open(JsonNode state) => new Mapping(Source.Open(state), function);

    private sealed class Mapping(Cursor<T> source, Func<T, TResult> function) : StepCursor<T, TResult>(source)
    {
        internal override bool Draw([NotNullWhen(true)] out Deferred<TResult>? item)
        {
            item = Source.Draw(out var before) ? new MappedItem<T, TResult>(before, function) : null;
            return item is not null;
        }
    }
}

internal sealed class MappedItem<T, TResult>(Deferred<T> item, Func<T, TResult> function) : Deferred<TResult>
{
    public override TResult Make() => function(item.Make());
}

/// <summary>Each item through a function of it and of random numbers of its own: a function of (seed, epoch, number of the item).</summary>
internal sealed class SeededMapPipeline<T, TResult>(Pipeline<T> source, Func<Deferred<T>, Generator, Deferred<TResult>> function, ulong seed) : StepPipeline<T, TResult>(source)
{
    private readonly ulong stepSeed = Seeds.OfStep(seed, $"Map {source.Depth}");

    protected override long? KnownCount => Source.Count;

    public override Cursor<TResult> Open(int epoch = 0) => new Mapping(Source.Open(epoch), this, epoch, 0);

    public override Cursor<TResult> Open(JsonNode state) =>
        new Mapping(Source.Open(Saved.Node(state, "Map", Saved.Of)), this, Saved.Small(state, "Map", Saved.Epoch), Saved.Number(state, "Map", Saved.At));

    private sealed class Mapping(Cursor<T> source, SeededMapPipeline<T, TResult> step, int epoch, long at) : StepCursor<T, TResult>(source)
    {
        private readonly ulong epochSeed = Seeds.OfPart(step.stepSeed, epoch);
        private readonly SeededMapPipeline<T, TResult> step = step;

        public override JsonNode State => new JsonObject { [Saved.Epoch] = epoch, [Saved.At] = at, [Saved.Of] = Source.State };

        internal override bool Draw([NotNullWhen(true)] out Deferred<TResult>? item)
        {
            item = Source.Draw(out var before) ? step.Item(before, new Generator(Seeds.OfPart(epochSeed, at++))) : null;
            return item is not null;
        }
    }

    private Deferred<TResult> Item(Deferred<T> item, Generator random) => function(item, random);
}

internal sealed class SeededItem<T, TResult>(Deferred<T> item, Generator random, Func<T, Generator, TResult> function) : Deferred<TResult>
{
    public override TResult Make() => function(item.Make(), random);
}
