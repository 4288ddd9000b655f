using System.Net;
using Microsoft.AspNetCore.Http;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Data;

/// <summary>A server that has one file and gives it in the ways that servers do.</summary>
sealed class DownloadServer : IDisposable
{
    readonly byte[] content;
    readonly LocalServer server;
    readonly Lock gate = new();
    readonly List<long> starts = [];

    public DownloadServer(byte[] content)
    {
        this.content = content;
        server = new(AnswerAsync);
    }

    public Uri Address => server.Address;

    /// <summary>Whether it can begin elsewhere than at the beginning.</summary>
    public bool HasRanges { get; init; } = true;

    /// <summary>How many bytes it sends before it cuts the connection.</summary>
    public int? CutsAfter { get; init; }

    /// <summary>The clock that runs out while it is silent, halfway through the content if it was asked for all of it.</summary>
    public ManualClock? FallsSilent { get; init; }

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    /// <summary>Must be told the progress of the downloads.</summary>
    public Arrivals Arrivals { get; init; } = new();

    /// <summary>Where the requests began.</summary>
    public IReadOnlyList<long> Starts
    {
        get
        {
            lock (gate) return [.. starts];
        }
    }

    public void Dispose() => server.Dispose();

    async Task AnswerAsync(HttpContext context)
    {
        lock (gate) starts.Add(context.Request.Start());
        if (!HasRanges) context.Request.Headers.Remove("Range");
        context.Response.StatusCode = (int)Status;
        if (Status != HttpStatusCode.OK) return;
        if (CutsAfter is { } count) await context.CutAsync(content, count, Arrivals);
        else if (FallsSilent is { } clock && context.Request.Start() == 0) await BeSilentAsync(context, clock);
        else await context.SendAsync(content);
    }

    async Task BeSilentAsync(HttpContext context, ManualClock clock)
    {
        if (!await context.SendSomeAsync(content, content.Length / 2, Arrivals)) return;
        clock.Expire();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
