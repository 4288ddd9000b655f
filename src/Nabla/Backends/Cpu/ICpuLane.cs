namespace Nabla.Backends.Cpu;

/// <summary>A lane that lives in a register: <see cref="Count"/> elements of <typeparamref name="T"/>, loaded from and stored to memory.</summary>
internal unsafe interface ICpuLane<V, T> : ILane<V> where V : struct, ICpuLane<V, T> where T : unmanaged
{
    static abstract int Count { get; }
    static abstract V Broadcast(T value);
    static abstract V Load(T* source);
    static abstract void Store(T* target, V value);
    /// <summary>Loads the first <paramref name="count"/> elements (0 &lt; count &lt; Count); the rest are 0.</summary>
    static abstract V LoadPart(T* source, int count);
    static abstract void StorePart(T* target, V value, int count);
    /// <summary>The mask of the first <paramref name="count"/> elements (0 &lt; count ≤ Count).</summary>
    static abstract V First(int count);
    /// <summary>The sum over the register's elements.</summary>
    static abstract T Sum(V value);
    static abstract T Largest(V value);
    static abstract T Smallest(V value);
    /// <summary>Loads <paramref name="count"/> bytes (0 &lt; count ≤ Count) as a mask: a byte other than 0 holds; beyond them it does not.</summary>
    static abstract V LoadMask(byte* source, int count);
    /// <summary>Stores a mask as one byte per element: 1 or 0.</summary>
    static abstract void StoreMask(byte* target, V mask, int count);
}
