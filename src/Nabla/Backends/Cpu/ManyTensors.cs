namespace Nabla.Backends.Cpu;

/// <summary>Work on a stretch of one of several tensors.</summary>
internal interface IStretch
{
    /// <param name="chunk">Which chunk of the whole the stretch is part of; no two threads work on one chunk.</param>
    /// <param name="tensor">Which tensor.</param>
    /// <param name="from">The first element.</param>
    /// <param name="to">Behind the last.</param>
    void Run(int chunk, int tensor, long from, long to);
}

/// <summary>
/// The elements of several tensors as one range, cut into chunks of fixed length for the thread team: many small tensors cost no more than one large one, and
/// what is gathered chunk by chunk does not depend on the number of threads.
/// </summary>
internal static class ManyTensors
{
    /// <summary>Elements per chunk.</summary>
    private const int Chunk = 1 << 14;

    /// <summary>Tensors begin at multiples of this many elements: a cache line of floats, and the widest register.</summary>
    public const int Line = 16;

    /// <summary>A length rounded up to whole lines.</summary>
    public static long Padded(long length) => (length + Line - 1) & -Line;

    /// <summary>How many chunks tensors of these lengths make.</summary>
    public static int Chunks(ReadOnlySpan<long> lengths)
    {
        var total = 0L;
        foreach (var length in lengths) total += Padded(length);
        return checked((int)((total + Chunk - 1) / Chunk));
    }

    /// <summary>Runs the work over tensors of these lengths.</summary>
    public static void Run<TBody>(long[] lengths, ref TBody body) where TBody : struct, IStretch
    {
        var ends = new long[lengths.Length];
        var end = 0L;
        for (var i = 0; i < ends.Length; i++) ends[i] = end += Padded(lengths[i]);
        var chunks = Chunks(lengths);
        var parts = new Parts<TBody>(body, lengths, ends, chunks, Math.Min(chunks, ThreadTeam.Threads));
        ThreadTeam.Run(parts.Count, ref parts);
        body = parts.Body;
    }

    /// <summary>
    /// One part per thread, the same chunks in it each time: what is updated step after step stays in the cache of one core. Handed out chunk by chunk it
    /// would wander between them.
    /// </summary>
    private struct Parts<TBody>(TBody body, long[] lengths, long[] ends, int chunks, int count) : IPart where TBody : struct, IStretch
    {
        public TBody Body = body;

        public readonly int Count => count;

        public void Run(int part)
        {
            var end = (int)((long)chunks * (part + 1) / count);
            for (var chunk = (int)((long)chunks * part / count); chunk < end; chunk++) Over(chunk);
        }

        private void Over(int chunk)
        {
            var (start, stop) = ((long)chunk * Chunk, ((long)chunk + 1) * Chunk);
            var found = Array.BinarySearch(ends, start + 1);
            for (var i = found < 0 ? ~found : found; i < ends.Length && ends[i] - Padded(lengths[i]) < stop; i++)
            {
                var first = ends[i] - Padded(lengths[i]);
                var (from, to) = (Math.Max(start - first, 0), Math.Min(stop - first, lengths[i]));
                if (from < to) Body.Run(chunk, i, from, to);
            }
        }
    }
}
