using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>The items of some pipelines, one pipeline after another.</summary>
internal sealed class ConcatPipeline<T>(IReadOnlyList<Pipeline<T>> parts) : Pipeline<T>
{
    private const string Name = "Concat", Part = "part";

    protected override long? KnownCount => parts.Aggregate((long?)0, (sum, part) => sum + part.Count);

    internal override int Depth => parts.Max(part => part.Depth);

    public override Cursor<T> Open(int epoch = 0) => new Reading(parts, epoch, 0, null);

    public override Cursor<T> Open(JsonNode state)
    {
        Saved.SameCount(state, Name, parts.Count);
        var at = Saved.Small(state, Name, Part);
        if (at >= parts.Count) throw Saved.Misfit(Name, $"\"{Part}\" is {at} of {parts.Count}");
        return new Reading(parts, Saved.Small(state, Name, Saved.Epoch), at, Saved.Node(state, Name, Saved.Of));
    }

    private sealed class Reading(IReadOnlyList<Pipeline<T>> parts, int epoch, int at, JsonNode? state) : DrawingCursor<T>
    {
        private Cursor<T> items = state is null ? parts[at].Open(epoch) : parts[at].Open(state);

        public override JsonNode State =>
            new JsonObject { [Saved.Epoch] = epoch, [Part] = at, [Saved.Of] = items.State, [Saved.Count] = parts.Count };

        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            while (!items.Draw(out item))
            {
                if (at + 1 == parts.Count) return false;
                items.Dispose();
                items = parts[++at].Open(epoch);
            }
            return true;
        }

        public override void Dispose()
        {
            items.Dispose();
            base.Dispose();
        }
    }
}
