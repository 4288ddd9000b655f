using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>A piece of native memory and the weak handle that tells when its user is gone.</summary>
internal sealed unsafe class Block(byte* address, long bytes, int sizeClass)
{
    public byte* Address => address;
    public long Bytes => bytes;
    public int SizeClass => sizeClass;

    /// <summary>Weak: the storage or slab that uses the block.</summary>
    public GCHandle User;

    /// <summary>Its place in the pool's list of used blocks.</summary>
    public int Place;
}

/// <summary>
/// The authority over CPU memory: reuse → allocate within the budget → collect → trim → throw. Blocks come in size classes (eight per
/// doubling) and return when the garbage collector finds their user unreachable, which the pool sees through weak handles, without finalizers.
/// Small storages are cut from slabs, a pointer increment each.
/// </summary>
internal static unsafe class MemoryPool
{
    private const int SlabBytes = 64 << 10, SmallBytes = 2 << 10, Alignment = 64;

    /// <summary>Blocks that come back before they leave the last level of cache are written a third faster than cold ones.</summary>
    private const long CollectFloor = 16 << 20;

    /// <summary>After how many bytes handed out the young are collected.</summary>
    private const long RecallFloor = 8 << 20, RecallCeiling = 128 << 20;

    /// <summary>After how many collections of the young that found much the next comes sooner.</summary>
    private const int Confidence = 8;

    /// <summary>
    /// So many classes above its own a block may come from: eight are a doubling. Fewer leave more blocks of sizes that no longer come;
    /// more waste memory where the budget is short.
    /// </summary>
    private const int Spare = 8;

    private static readonly Lock Gate = new();
    private static readonly Stack<Block>[] Free = CreateFreeLists();
    private static readonly List<Block> Used = [];
    /// <summary><c>handedOut</c> counts the bytes since the last sweep, <c>warm</c> those that came back since and are not handed out again.</summary>
    private static long reserved, inUse, peak, collectAt = CollectFloor, recallAt = RecallFloor, handedOut, warm, nextFullCollection, budget = DefaultBudget();
    private static int seenCollections, fruitful;

    /// <summary>
    /// For tests: every allocation of a block collects first, and what is taken back is filled with NaN, so that whoever reads memory that nobody
    /// keeps alive gets caught.
    /// </summary>
    internal static bool HuntsStaleReads { get; set; }

    [ThreadStatic] private static Slab? slab;
    [ThreadStatic] private static List<Storage>? log;

    private sealed class Slab(byte* next, byte* end)
    {
        public byte* Next = next;
        public readonly byte* End = end;
    }

    private static Stack<Block>[] CreateFreeLists()
    {
        var lists = new Stack<Block>[512];
        for (var i = 0; i < lists.Length; i++) lists[i] = new Stack<Block>();
        return lists;
    }

    private static long DefaultBudget() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 8;

    /// <summary>The most bytes the pool holds, used and free together.</summary>
    public static long Budget
    {
        get => Volatile.Read(ref budget);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            lock (Gate)
            {
                budget = value;
                if (reserved <= value) return;
                Collect();
                Trim(value);
            }
        }
    }

    public static (long InUse, long Reserved, long Peak) Statistics
    {
        get { lock (Gate) return (inUse, reserved, peak); }
    }

    /// <summary>Memory for <paramref name="bytes"/>, uninitialised.</summary>
    public static Storage Allocate(long bytes, DType dtype) =>
        bytes <= SmallBytes && !HuntsStaleReads ? Small(bytes, dtype) : Large(bytes, dtype);

    private static Storage Small(long bytes, DType dtype)
    {
        var needed = (Math.Max(bytes, 1) + Alignment - 1) & -Alignment;
        var from = slab;
        if (from is null || from.End - from.Next < needed)
        {
            lock (Gate)
            {
                var block = Take(SlabBytes);
                slab = from = new Slab(block.Address, block.Address + block.Bytes);
                Claim(block, from);
            }
        }
        var address = from.Next;
        from.Next += needed;
        return new Storage(address, bytes, null, from, dtype);
    }

    private static Storage Large(long bytes, DType dtype)
    {
        Storage storage;
        lock (Gate)
        {
            var block = Take(bytes);
            storage = new Storage(block.Address, bytes, block, null, dtype);
            Claim(block, storage);
        }
        log?.Add(storage);
        return storage;
    }

    /// <summary>Starts to note this thread's large storages in <paramref name="into"/> (null stops); returns the list noted into before.</summary>
    internal static List<Storage>? Log(List<Storage>? into)
    {
        var before = log;
        log = into;
        return before;
    }

    /// <param name="block">Which nobody reads any more.</param>
    /// <param name="postponesRecall">Whether the next look for what died young waits as many bytes longer, for there is as much less to be found.</param>
    internal static void Return(Block block, bool postponesRecall)
    {
        lock (Gate)
        {
            Recycle(block);
            if (postponesRecall) handedOut -= Math.Min(handedOut, block.Bytes);
        }
    }

    /// <summary>Collects garbage and gives every free block back to the operating system.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            Collect(youngest: 2);
            Trim(0);
        }
    }

    private static void Claim(Block block, object user)
    {
        if (block.User.IsAllocated) block.User.Target = user;
        else block.User = GCHandle.Alloc(user, GCHandleType.Weak);
        block.Place = Used.Count;
        Used.Add(block);
        inUse += block.Bytes;
        peak = Math.Max(peak, inUse);
    }

    private static void Recycle(Block block)
    {
        var last = Used[^1];
        Used[block.Place] = last;
        last.Place = block.Place;
        Used.RemoveAt(Used.Count - 1);
        block.User.Target = null;
        inUse -= block.Bytes;
        warm += block.Bytes;
        if (HuntsStaleReads) NativeMemory.Fill(block.Address, (nuint)block.Bytes, 0xFF);
        Free[block.SizeClass].Push(block);
    }

    private static Block Take(long bytes)
    {
        var (sizeClass, size) = Class(bytes);
        if (HuntsStaleReads) Collect(youngest: 2);
        if (GC.CollectionCount(0) != seenCollections) Sweep();
        else if (IsDue(size)) Recall();
        warm -= Math.Min(warm, size);
        if (Pop(sizeClass) is { } block) return block;
        if (inUse + size > collectAt || reserved + size > budget)
        {
            Collect();
            if (Pop(sizeClass) is { } found) return found;
            if (reserved + size > budget)
            {
                Trim(budget - size);
                if (reserved + size > budget) Collect(youngest: 2);
                Trim(budget - size);
            }
            if (reserved + size > budget) throw OutOfMemory(bytes);
        }
        return Reserve(bytes, size, sizeClass);
    }

    /// <summary>A free block of this class, else of one up to <see cref="Spare"/> classes larger: batches whose lengths change would else leave blocks of every size behind.</summary>
    private static Block? Pop(int sizeClass)
    {
        for (var candidate = sizeClass; candidate <= Math.Min(sizeClass + Spare, Free.Length - 1); candidate++)
            if (Free[candidate].TryPop(out var block)) return block;
        return null;
    }

    private static Block Reserve(long bytes, long size, int sizeClass)
    {
        byte* address;
        try
        {
            address = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            throw OutOfMemory(bytes);
        }
        reserved += size;
        return new Block(address, size, sizeClass);
    }

    /// <summary>Eight sizes per doubling: at most an eighth of a block is unused.</summary>
    private static (int Class, long Size) Class(long bytes)
    {
        var units = Math.Max(8, (bytes + Alignment - 1) / Alignment);
        var shift = Math.Max(0, BitOperations.Log2((ulong)units) - 3);
        var rounded = (units + (1L << shift) - 1) >> shift;
        if (rounded == 16) (rounded, shift) = (8, shift + 1);
        return ((shift * 8) + (int)(rounded - 8), (rounded << shift) * Alignment);
    }

    /// <summary>
    /// Young generations first: most tensors die young. An older one until half is freed, so that what a young collection leaves behind cannot
    /// pile up from one to the next.
    /// </summary>
    private static void Collect(int youngest = 1)
    {
        var before = inUse;
        for (var generation = youngest; generation <= 2; generation++)
        {
            GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
            Sweep();
            if (inUse <= before / 2) break;
        }
        collectAt = (inUse * 2) + CollectFloor;
    }

    /// <summary>Whether to look for blocks that died young: sooner where nothing warm is left to hand out.</summary>
    private static bool IsDue(long size) => (handedOut += size) >= (warm >= size ? recallAt : Math.Max(recallAt / 4, RecallFloor));

    /// <summary>
    /// Takes back what died young while it is still in the caches, however much else lives: a collection of the young costs some 20 µs, less than to
    /// write a megabyte of cold memory. While it finds little, as in a forward pass whose tape keeps everything, it comes ever more rarely.
    /// What had to be carried over and died old comes back by full collections, so far apart that they take a hundredth of the time.
    /// </summary>
    private static void Recall()
    {
        var (before, since, began) = (inUse, handedOut, Stopwatch.GetTimestamp());
        var full = began >= nextFullCollection;
        GC.Collect(full ? 2 : 1, GCCollectionMode.Forced, blocking: true);
        if (full) nextFullCollection = began + (100 * (Stopwatch.GetTimestamp() - began));
        Sweep();
        if (before - inUse < since / 2) (recallAt, fruitful) = (Math.Min(recallAt * 2, RecallCeiling), 0);
        else if (++fruitful == Confidence) (recallAt, fruitful) = (Math.Max(recallAt / 2, RecallFloor), 0);
    }

    /// <summary>Takes back the blocks whose users the garbage collector has found unreachable.</summary>
    private static void Sweep()
    {
        seenCollections = GC.CollectionCount(0);
        (handedOut, warm) = (0, 0);
        for (var i = Used.Count - 1; i >= 0; i--)
            if (Used[i].User.Target is null) Recycle(Used[i]);
    }

    /// <summary>Gives free blocks back, largest first, until at most <paramref name="keep"/> bytes are reserved.</summary>
    private static void Trim(long keep)
    {
        for (var c = Free.Length - 1; c >= 0 && reserved > keep; c--)
        {
            while (reserved > keep && Free[c].TryPop(out var block))
            {
                if (block.User.IsAllocated) block.User.Free();
                NativeMemory.AlignedFree(block.Address);
                reserved -= block.Bytes;
            }
        }
    }

    private static OutOfMemoryException OutOfMemory(long bytes)
    {
        var live = Used.Select(block => (block.Bytes, What: block.User.Target is Storage s ? s.DType.ToString() : "small tensors"))
            .GroupBy(x => x).OrderByDescending(g => g.Key.Bytes * g.Count()).Take(12)
            .Select(g => $"  {g.Count(),6} × {Megabytes(g.Key.Bytes),10} MB  {g.Key.What}");
#pragma warning disable CA2201 // It is what the runtime reports for the same cause, and what users catch.
        return new OutOfMemoryException(
            $"A tensor of {Megabytes(bytes)} MB does not fit: {Megabytes(inUse)} MB live of a budget of {Megabytes(budget)} MB (Memory.Budget). What lives:\n" +
            string.Join('\n', live) + "\nUse a smaller batch, drop references to tensors that are no longer needed, or raise the budget.");
#pragma warning restore CA2201
    }

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("#,0.0", System.Globalization.CultureInfo.InvariantCulture);
}
