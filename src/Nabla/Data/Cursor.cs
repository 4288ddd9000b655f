using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>One walk through one epoch of a <see cref="Pipeline{T}"/>. Used by one thread at a time.</summary>
public abstract class Cursor<T> : IDisposable
{
    /// <summary>Goes on to the next item; false when there is none. Where a step's function fails, its exception comes from here and the next call goes on with the next item.</summary>
    public abstract bool MoveNext();

    /// <summary>The item that <see cref="MoveNext"/> went to.</summary>
    public abstract T Current { get; }

    /// <summary>
    /// Where this walk stands, small and fit for a JSON file: <see cref="Pipeline{T}.Open(JsonNode)"/> goes on from here, so that the next item there is the next item here.
    /// </summary>
    public abstract JsonNode State { get; }

    /// <summary>Lets go of files and stops the threads of the walk.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>
    /// Goes on to the next item without making it yet. Drawing is done by one thread at a time and says which item it is; making it, which is where the time goes, may happen on
    /// any thread. The order of the items is thus that of drawing, whoever makes them.
    /// </summary>
    internal virtual bool Draw([NotNullWhen(true)] out Deferred<T>? item)
    {
        item = MoveNext() ? new Made<T>(Current) : null;
        return item is not null;
    }
}

/// <summary>An item that has been decided on and not been made yet.</summary>
internal abstract class Deferred<T>
{
    /// <summary>The item. Called once, from any thread.</summary>
    public abstract T Make();
}

/// <summary>An item that is there already.</summary>
internal sealed class Made<T>(T item) : Deferred<T>
{
    public override T Make() => item;
}

/// <summary>A cursor that says how items are drawn; moving on is drawing one and making it.</summary>
internal abstract class DrawingCursor<T> : Cursor<T>
{
    private T? current;

    public sealed override T Current => current!;

    public sealed override bool MoveNext()
    {
        if (!Draw(out var item)) return false;
        current = item.Make();
        return true;
    }

    internal abstract override bool Draw([NotNullWhen(true)] out Deferred<T>? item);
}
