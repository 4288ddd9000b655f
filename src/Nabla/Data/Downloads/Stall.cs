namespace Nabla.Data;

/// <summary>Cancels an attempt when nothing has arrived for some time.</summary>
internal sealed class Stall : IDisposable
{
    private readonly TimeSpan patience;
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource linked;

    public Stall(TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        this.patience = patience;
        timer = new(patience, clock);
        linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timer.Token);
    }

    /// <summary>Cancelled by the caller, or because nothing has arrived.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>Starts the time anew: something has arrived.</summary>
    public void Reset() => timer.CancelAfter(patience);

    public void Dispose()
    {
        linked.Dispose();
        timer.Dispose();
    }
}
