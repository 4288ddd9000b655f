using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu;

/// <summary>
/// The one job that the team has at a time. <see cref="State"/> holds its number, whether it is open, and how many workers are in it: a worker
/// enters by a compare-and-swap that fails once the caller has closed the job, and the caller returns when the last one has left.
/// </summary>
internal static unsafe class TeamJob
{
    const long Open = 1L << 16;
    const long Members = Open - 1;

    /// <summary>Words written by different threads, a pair of cache lines apart.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    struct Words
    {
        [FieldOffset(128)] public long State;
        [FieldOffset(256)] public int Next;
        [FieldOffset(384)] public int Team;
    }

    static Words words;
    static int count;
    static delegate*<void*, int, void> invoke;
    static void* body;
    static ExceptionDispatchInfo? failure;

    /// <summary>A number that changes with every job and when one closes.</summary>
    public static long State => Volatile.Read(ref words.State);

    /// <summary>Called by one thread at a time.</summary>
    public static void Run(int parts, delegate*<void*, int, void> function, void* argument, ReadOnlySpan<TeamWorker> team)
    {
        count = parts;
        invoke = function;
        body = argument;
        words.Next = 0;
        words.Team = team.Length;
        // Nobody is in the job now, so no one else writes the state. The exchange is also the fence between opening and reading who sleeps.
        Interlocked.Exchange(ref words.State, (words.State + 2 * Open) | Open);
        foreach (var worker in team) worker.Wake();
        Work();
        Interlocked.And(ref words.State, ~Open);
        for (var spins = 0; (Volatile.Read(ref words.State) & Members) != 0; spins++)
        {
            if (spins < 2000) Thread.SpinWait(1);
            else Thread.Yield();
        }
        if (failure is not { } first) return;
        failure = null;
        first.Throw();
    }

    /// <summary>Takes part as worker <paramref name="index"/> if a job is open that it has not been in and that has a place for it.</summary>
    public static void Join(int index, ref long last)
    {
        var state = State;
        while ((state & Open) != 0 && (state & ~Members) != last && index < Volatile.Read(ref words.Team))
        {
            var seen = Interlocked.CompareExchange(ref words.State, state + 1, state);
            if (seen == state)
            {
                last = state & ~Members;
                Work();
                Interlocked.Decrement(ref words.State);
                return;
            }
            state = seen;
        }
    }

    static void Work()
    {
        try
        {
            int part;
            while ((part = Interlocked.Increment(ref words.Next) - 1) < count) invoke(body, part);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref words.Next, count);
        }
    }
}

/// <summary>A background thread of the team.</summary>
internal sealed class TeamWorker
{
    /// <summary>Long enough to bridge the gap between two ops of a training step, short enough not to be seen as load.</summary>
    static readonly long Patience = Stopwatch.Frequency / 10_000;

    readonly int index;
    readonly object bed = new();
    int asleep;

    public TeamWorker(int index)
    {
        this.index = index;
        new Thread(Live) { IsBackground = true, Name = $"Nabla worker {index + 1}" }.Start();
    }

    /// <summary>Called after the state has changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wake()
    {
        if (Volatile.Read(ref asleep) != 0) Rouse();
    }

    void Rouse()
    {
        Volatile.Write(ref asleep, 0);
        lock (bed) Monitor.Pulse(bed);
    }

    void Live()
    {
        ThreadTeam.Enlist();
        var (seen, last) = (0L, 0L);
        while (true)
        {
            if (!Spin(seen)) Park(seen);
            seen = TeamJob.State;
            TeamJob.Join(index, ref last);
        }
    }

    /// <summary>Waits for the state to change; false if it did not in time.</summary>
    static bool Spin(long seen)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            for (var i = 0; i < 64; i++)
            {
                if (TeamJob.State != seen) return true;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < Patience);
        return false;
    }

    void Park(long seen)
    {
        // Announce the sleep, then look once more: either the caller sees the announcement or this thread sees the new state.
        Interlocked.Exchange(ref asleep, 1);
        if (TeamJob.State != seen)
        {
            Volatile.Write(ref asleep, 0);
            return;
        }
        lock (bed)
        {
            while (Volatile.Read(ref asleep) != 0) Monitor.Wait(bed);
        }
    }
}
