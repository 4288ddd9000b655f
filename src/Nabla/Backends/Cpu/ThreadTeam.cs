using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>Work in numbered parts that may run at the same time, in any order.</summary>
internal interface IPart
{
    void Run(int part);
}

/// <summary>Work over a range that may be cut anywhere.</summary>
internal interface IRange
{
    void Run(long start, long end);
}

/// <summary>
/// A fork-join team. The caller takes part, so a team of one is the caller alone; a team that is busy, or a call from inside a part,
/// runs serially on the caller. Workers spin for a moment after each job and then park. A worker joins a job only while it is open:
/// the caller never waits for one that has not begun, so a sleeping or descheduled worker costs nothing but its help.
/// </summary>
internal static unsafe class ThreadTeam
{
    static readonly Lock Hiring = new();
    static volatile TeamWorker[] workers = [];
    static int threads = Environment.ProcessorCount;
    static int busy;
    [ThreadStatic] static bool inside;

    /// <summary>How many threads work on one job, the caller's included; at least 1. The processors at first.</summary>
    public static int Threads
    {
        get => threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            threads = value;
        }
    }

    /// <summary>
    /// Runs parts 0 to <paramref name="parts"/> − 1. Returns when all are done; the first exception of a part reaches the caller.
    /// Allocates nothing once the workers are there. Nobody inlines it: a body is compiled by itself, so that the JIT's budget for what it inlines lasts.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<TBody>(int parts, ref TBody body) where TBody : struct, IPart
    {
        if (parts <= 1 || threads == 1 || inside || Interlocked.Exchange(ref busy, 1) != 0)
        {
            for (var part = 0; part < parts; part++) body.Run(part);
            return;
        }
        // A copy on this stack does not move while workers point to it.
        var shared = body;
        inside = true;
        try
        {
            var hired = Math.Min(threads, parts) - 1;
            if (workers.Length < hired) Hire(hired);
            TeamJob.Run(parts, &Invoke<TBody>, Unsafe.AsPointer(ref shared), workers.AsSpan(0, hired));
        }
        finally
        {
            inside = false;
            Volatile.Write(ref busy, 0);
            body = shared;
        }
    }

    /// <summary>
    /// Runs 0 to <paramref name="length"/> in ranges of at least <paramref name="grain"/>, all but the last a multiple of 16 long, so that
    /// two threads do not write to one cache line. Nobody inlines it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<TBody>(long length, long grain, ref TBody body) where TBody : struct, IRange
    {
        if (length <= 0) return;
        if (length <= grain || threads == 1 || inside)
        {
            body.Run(0, length);
            return;
        }
        // Up to four ranges a thread: one that is held up leaves the others work to take over.
        var share = (length + 4L * threads - 1) / (4L * threads);
        var ranges = new Ranges<TBody>(body, length, (Math.Max(grain, share) + 15) & ~15L);
        Run((int)((length + ranges.Step - 1) / ranges.Step), ref ranges);
        body = ranges.Body;
    }

    /// <summary>Marks this thread as a member of the team: what it runs does not fork again.</summary>
    internal static void Enlist() => inside = true;

    static void Invoke<TBody>(void* body, int part) where TBody : struct, IPart => Unsafe.AsRef<TBody>(body).Run(part);

    static void Hire(int count)
    {
        lock (Hiring)
        {
            var team = workers;
            var grown = new TeamWorker[Math.Max(count, team.Length)];
            for (var i = 0; i < grown.Length; i++) grown[i] = i < team.Length ? team[i] : new TeamWorker(i);
            workers = grown;
        }
    }

    struct Ranges<TBody>(TBody body, long length, long step) : IPart where TBody : struct, IRange
    {
        public TBody Body = body;
        public readonly long Step = step;

        public void Run(int part) => Body.Run(part * Step, Math.Min(length, (part + 1) * Step));
    }
}
