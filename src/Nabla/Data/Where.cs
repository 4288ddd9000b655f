using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>The items that a condition holds for. To decide, items are made while they are drawn.</summary>
internal sealed class WherePipeline<T>(Pipeline<T> source, Func<T, bool> condition) : StepPipeline<T, T>(source)
{
    private readonly Func<T, bool> condition = condition ?? throw new ArgumentNullException(nameof(condition));

    protected override long? KnownCount => null;

    public override Cursor<T> Open(int epoch = 0) => new Choosing(Source.Open(epoch), condition);

    public override Cursor<T> Open(JsonNode state) => new Choosing(Source.Open(state), condition);

    private sealed class Choosing(Cursor<T> source, Func<T, bool> condition) : StepCursor<T, T>(source)
    {
        internal override bool Draw([NotNullWhen(true)] out Deferred<T>? item)
        {
            while (Source.Draw(out var next))
            {
                var made = next.Make();
                if (!condition(made)) continue;
                item = new Made<T>(made);
                return true;
            }
            item = null;
            return false;
        }
    }
}
