using Nabla.Data;

namespace Nabla.Tests.Servers;

/// <summary>
/// What a download says has arrived. Servers wait for it before they cut a connection or fall silent, so that how much arrives first does
/// not depend on how busy the machine is.
/// </summary>
sealed class Arrivals : IProgress<DownloadProgress>
{
    readonly Lock gate = new();
    readonly List<DownloadProgress> reports = [];
    TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called with each report, on the download's thread.</summary>
    public Action<DownloadProgress>? Reported { get; init; }

    public DownloadProgress[] Reports
    {
        get
        {
            lock (gate) return [.. reports];
        }
    }

    public void Report(DownloadProgress value)
    {
        TaskCompletionSource reached;
        lock (gate)
        {
            reports.Add(value);
            (reached, next) = (next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        reached.SetResult();
        Reported?.Invoke(value);
    }

    /// <summary>Ends when so many bytes are reported, after a number of earlier reports.</summary>
    public async Task ReachedAsync(long bytes, int earlier)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (reports.Count > earlier && reports[^1].Done == bytes) return;
                change = next.Task;
            }
            await change;
        }
    }
}
