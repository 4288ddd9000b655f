namespace Nabla.Tests.Servers;

/// <summary>Records how long a download would have waited, and does not wait.</summary>
sealed class Pauses
{
    readonly Lock gate = new();
    readonly List<TimeSpan> pauses = [];

    public IReadOnlyList<double> Seconds
    {
        get
        {
            lock (gate) return [.. pauses.Select(pause => pause.TotalSeconds)];
        }
    }

    public async Task Delay(TimeSpan pause, CancellationToken cancellation)
    {
        lock (gate) pauses.Add(pause);
        cancellation.ThrowIfCancellationRequested();
        await Task.Yield();
    }
}
