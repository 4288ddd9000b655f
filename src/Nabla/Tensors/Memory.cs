namespace Nabla;

/// <summary>The tensors' memory. Nobody disposes of tensors: the pool reuses what no tensor refers to any more.</summary>
public static class Memory
{
    /// <summary>The most bytes that tensors may hold (default: 80% of the machine's or container's memory). Beyond it an <see cref="OutOfMemoryException"/> lists what lives.</summary>
    public static long Budget { get => MemoryPool.Budget; set => MemoryPool.Budget = value; }

    /// <summary>Bytes of blocks in use, or not yet found to be unused.</summary>
    public static long InUse => MemoryPool.Statistics.InUse;

    /// <summary>Bytes taken from the operating system.</summary>
    public static long Reserved => MemoryPool.Statistics.Reserved;

    /// <summary>The most bytes ever in use.</summary>
    public static long Peak => MemoryPool.Statistics.Peak;

    /// <summary>Gives all unused memory back to the operating system.</summary>
    public static void Trim() => MemoryPool.Trim();
}
