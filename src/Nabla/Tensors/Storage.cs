namespace Nabla;

/// <summary>
/// A stretch of memory that one or more tensors view. Nobody frees it: when no tensor refers to it any more, the pool takes its block back.
/// </summary>
internal sealed unsafe class Storage
{
    /// <summary>What keeps the memory: the slab that a small storage is part of; null when the storage owns its block.</summary>
    private readonly object? slab;

    internal Storage(byte* address, long bytes, Block? block, object? slab, DType dtype)
    {
        Address = address;
        (Bytes, Block, this.slab, DType) = (bytes, block, slab, dtype);
    }

    /// <summary>64-byte aligned.</summary>
    public byte* Address { get; private set; }

    public long Bytes { get; }

    public DType DType { get; }

    public Device Device { get; }

    /// <summary>The pool's block behind this storage, if it has one of its own.</summary>
    internal Block? Block { get; private set; }

    /// <summary>Grows whenever the contents change; what was derived from them (a packed weight) is valid for one version.</summary>
    public int Version { get; private set; }

    /// <summary>Something derived from the contents at <see cref="Version"/>, kept for reuse.</summary>
    public object? Derived { get; set; }

    /// <summary>Whether it holds the value of a parameter: it lives long, and every change of it is told by <see cref="Touch"/>.</summary>
    internal bool IsParameter { get; set; }

    /// <summary>How many pending gradients of a backward walk hold this storage.</summary>
    internal int Pending;

    /// <summary>Whether a backward walk made it, so that the walk may reuse it.</summary>
    internal bool IsTemporary;

    /// <summary>Says that the contents have changed.</summary>
    public void Touch()
    {
        Version++;
        Derived = null;
    }

    /// <summary>
    /// Gives the block back at once instead of at the next collection. Only for one who knows that nobody else reads it:
    /// a later access throws.
    /// </summary>
    /// <param name="postponesRecall">See <see cref="MemoryPool.Return"/>: for a model in use, which gives back nearly all that a step makes. In training the looks pay: its forward passes leave much to be found.</param>
    internal void Release(bool postponesRecall = false)
    {
        if (Block is not { } block) return;
        Address = null;
        Block = null;
        MemoryPool.Return(block, postponesRecall);
        GC.KeepAlive(slab);
    }
}
