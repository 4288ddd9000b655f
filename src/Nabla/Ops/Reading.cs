namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>The elements in row-major order, as a new array.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        Demand<T>();
        if (Length > Array.MaxLength) throw new InvalidOperationException($"ToArray: {Length} elements exceed the longest array; slice the tensor first.");
        var values = AsSpan<T>().ToArray();
        GC.KeepAlive(this);
        return values;
    }

    /// <summary>Writes the elements in row-major order into a span of at least as many.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        if (target.Length < Length) throw new ArgumentException($"CopyTo: {Length} elements of {Shape} do not fit a span of {target.Length}.");
        AsSpan<T>().CopyTo(target);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The elements in row-major order, without copying if the tensor is contiguous. The span is valid while the tensor is alive: keep a reference to it
    /// (<see cref="GC.KeepAlive"/>), or use <see cref="ToArray"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The elements are of another type, or more than 2³¹ − 1.</exception>
    public ReadOnlySpan<T> AsSpan<T>() where T : unmanaged
    {
        Demand<T>();
        DemandSpan();
        return IsContiguous ? Writable<T>() : Copy<T>();
    }

    private T[] Copy<T>() where T : unmanaged
    {
        var copy = Contiguous();
        var result = copy.Writable<T>().ToArray();
        GC.KeepAlive(copy);
        return result;
    }
}
