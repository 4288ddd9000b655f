using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>Items made ahead on other threads, given in order.</summary>
internal sealed class PrefetchPipeline<T> : StepPipeline<T, T>
{
    private readonly int count, threads;

    public PrefetchPipeline(Pipeline<T> source, int count, int threads) : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (this.count, this.threads) = (count, threads);
    }

    protected override long? KnownCount => Source.Count;

    public override Cursor<T> Open(int epoch = 0) => new Prefetching<T>(Source.Open(epoch), count, threads);

    public override Cursor<T> Open(JsonNode state) => new Prefetching<T>(Source.Open(state), count, threads);
}

/// <summary>
/// A ring of slots. A worker takes the next slot and draws its item under one lock, so items are drawn in order, by one thread at a time; it makes the item outside of the lock.
/// The consumer takes the slots in order and gives the source's position as it was after the item it took.
/// </summary>
internal sealed class Prefetching<T> : Cursor<T>
{
    private readonly Cursor<T> source;
    private readonly Slot[] ring;
    private readonly Thread[] workers;
    private readonly Lock drawing = new();
    private readonly object gate = new();
    private Slot? taken;
    private JsonNode state;
    private long begun, given;
    private bool started, stopping, exhausted;

    public Prefetching(Cursor<T> source, int count, int threads)
    {
        (this.source, state) = (source, source.State);
        ring = new Slot[count];
        workers = new Thread[Math.Min(threads, count)];
    }

    public override T Current => taken!.Item!;

    public override JsonNode State => state.DeepClone();

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (!started) Start();
        lock (gate)
        {
            while (given == begun ? !exhausted : !ring[given % ring.Length].Done) Monitor.Wait(gate);
            if (given == begun) return false;
            taken = ring[given % ring.Length];
            // Where drawing itself failed there is nothing to go on with: the slot stays, and so does the error.
            if (taken.State is not null)
            {
                ring[given++ % ring.Length] = null!;
                state = taken.State;
                Monitor.PulseAll(gate);
            }
        }
        taken.Error?.Throw();
        return true;
    }

    public override void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }
        if (started)
        {
            foreach (var worker in workers) worker.Join();
        }
        source.Dispose();
        base.Dispose();
    }

    private void Start()
    {
        started = true;
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work) { IsBackground = true, Name = "Nabla prefetch" };
            workers[i].Start();
        }
    }

    private void Work()
    {
        while (Begin() is var (slot, item))
        {
            try
            {
                slot.Item = item.Make();
            }
            catch (Exception error)
            {
                slot.Error = ExceptionDispatchInfo.Capture(error);
            }
            Finish(slot);
        }
    }

    /// <summary>Draws the next item into a free slot; null when there is no more to do.</summary>
    private (Slot, Deferred<T>)? Begin()
    {
        lock (drawing)
        {
            lock (gate)
            {
                while (!stopping && !exhausted && begun - given >= ring.Length) Monitor.Wait(gate);
                if (stopping || exhausted) return null;
            }
            var slot = new Slot();
            Deferred<T>? item = null;
            try
            {
                if (source.Draw(out item)) slot.State = source.State;
            }
            catch (Exception error)
            {
                (item, slot.Error, slot.Done) = (null, ExceptionDispatchInfo.Capture(error), true);
            }
            lock (gate)
            {
                exhausted = item is null;
                if (item is not null || slot.Done) ring[begun++ % ring.Length] = slot;
                Monitor.PulseAll(gate);
            }
            return item is null ? null : (slot, item);
        }
    }

    private void Finish(Slot slot)
    {
        lock (gate)
        {
            slot.Done = true;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Slot
    {
        public T? Item;
        public ExceptionDispatchInfo? Error;
        public JsonNode? State;
        public bool Done;
    }
}
