namespace Nabla;

/// <summary>
/// Counter-based random numbers (Philox4x32-10; Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the i-th number is a
/// function of (seed, position + i), so the same seed gives the same bits for any number of threads and on any device.
/// </summary>
/// <param name="seed">Chooses the sequence.</param>
/// <param name="position">Where in the sequence to start.</param>
public sealed class Generator(ulong seed, ulong position = 0)
{
    private static Generator shared = new(0);
    [ThreadStatic] private static Generator? chosen;
    private ulong position = position;

    /// <summary>Chooses the sequence.</summary>
    public ulong Seed => seed;

    /// <summary>How many blocks of four numbers have been drawn; save it with the seed to go on from here.</summary>
    public ulong Position => position;

    /// <summary>The generator that is used where none is named: that of the innermost <see cref="AsDefault"/> on this thread, else one for the whole process.</summary>
    public static Generator Default
    {
        get => chosen ?? shared;
        set
        {
            if (chosen is null) shared = value;
            else chosen = value;
        }
    }

    /// <summary>Makes it the <see cref="Default"/> of this thread until the result is disposed of.</summary>
    public Scope AsDefault() => new(this);

    /// <summary>A stretch of code with a generator of its own.</summary>
    public readonly ref struct Scope
    {
        private readonly Generator? before;

        internal Scope(Generator generator)
        {
            before = chosen;
            chosen = generator;
        }

        /// <summary>Returns to the generator before.</summary>
        public void Dispose() => chosen = before;
    }

    /// <summary>Goes on from a saved <see cref="Position"/>, or begins anew at 0.</summary>
    public void MoveTo(ulong savedPosition) => Interlocked.Exchange(ref position, savedPosition);

    /// <summary>Sets aside the next <paramref name="count"/> numbers and returns the position of the first block. Safe to call from many threads.</summary>
    internal ulong Take(long count)
    {
        var blocks = (ulong)((count + 3) / 4);
        return Interlocked.Add(ref position, blocks) - blocks;
    }

    /// <summary>The four numbers of one block; a place of its own (a, b) has numbers of its own, beside those of the sequence at (0, 0).</summary>
    internal static (uint, uint, uint, uint) Block(ulong seed, ulong block, uint a = 0, uint b = 0)
    {
        var (c0, c1, c2, c3) = ((uint)block, (uint)(block >> 32), a, b);
        var (k0, k1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var (p0, p1) = ((ulong)c0 * 0xD2511F53, (ulong)c2 * 0xCD9E8D57);
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            (k0, k1) = (k0 + 0x9E3779B9, k1 + 0xBB67AE85);
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>A whole number, 0 ≤ n &lt; <paramref name="limit"/>.</summary>
    public int NextInt(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return (int)(((ulong)Block(seed, Take(1)).Item1 * (ulong)limit) >> 32);
    }

    /// <summary>A number, 0 ≤ x &lt; 1, of 53 random bits.</summary>
    public double NextDouble()
    {
        var (low, high, _, _) = Block(Seed, Take(1));
        return ((((ulong)high << 32) | low) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The numbers 0 … count − 1 in random order (Fisher–Yates).</summary>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = NextInt(i + 1);
            (order[i], order[j]) = (order[j], i);
        }
        return order;
    }

    /// <summary>A generator of its own for a part of the work, named by <paramref name="name"/>.</summary>
    public static Generator For(ulong seed, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var hash = 14695981039346656037UL;                       // FNV-1a, 64 bits
        foreach (var character in name) hash = (hash ^ character) * 1099511628211UL;
        var (a, b, _, _) = Block(seed, hash);
        return new Generator(((ulong)a << 32) | b);
    }
}
