namespace Nabla.Ops;

/// <summary>
/// Gives back at its end, without waiting for a collection, the memory of what this thread has computed since its beginning, but for what was kept: for models in use that know what they will not read again.
/// While operations are recorded it does nothing: gradients need it all.
/// </summary>
internal readonly ref struct Temporaries
{
    private readonly List<Storage>? made, before;

    private Temporaries(List<Storage> made) => (this.made, before) = (made, MemoryPool.Log(made));

    public static Temporaries Begin() => Recorder.Current is null ? new([]) : default;

    /// <summary>Spares a tensor.</summary>
    public Tensor Keep(Tensor tensor)
    {
        if (made is not null && made.Remove(tensor.Storage)) before?.Add(tensor.Storage);
        return tensor;
    }

    public void Dispose()
    {
        if (made is null) return;
        MemoryPool.Log(before);
        foreach (var storage in made)
            if (!storage.IsParameter) storage.Release(postponesRecall: true);
    }
}
