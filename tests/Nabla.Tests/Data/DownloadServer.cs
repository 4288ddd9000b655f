using System.Net;
using System.Net.Sockets;

namespace Nabla.Tests.Data;

/// <summary>A server on this machine that gives one file, in ways that servers do.</summary>
sealed class DownloadServer : IDisposable
{
    readonly HttpListener listener = new();
    readonly byte[] content;
    readonly Task serving;

    public DownloadServer(byte[] content)
    {
        this.content = content;
        Address = Listen();
        serving = Task.Run(Serve);
    }

    public Uri Address { get; }

    /// <summary>Whether it can begin elsewhere than at the beginning.</summary>
    public bool HasRanges { get; init; } = true;

    /// <summary>How many bytes it sends before it hangs up.</summary>
    public int? CutsAfter { get; init; }

    /// <summary>Whether it stops sending halfway and stays silent.</summary>
    public bool FallsSilent { get; init; }

    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    /// <summary>Where the requests began.</summary>
    public List<long> Starts { get; } = [];

    public void Dispose()
    {
        listener.Close();
        serving.GetAwaiter().GetResult();
    }

    Uri Listen()
    {
        // A port that is free now may be taken a moment later.
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            listener.Prefixes.Clear();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return new(address);
            }
            catch (HttpListenerException)
            {
            }
        }
    }

    async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Answer(context.Request, context.Response);
        }
    }

    void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        var asked = request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture) : 0;
        Starts.Add(asked);
        var start = HasRanges ? asked : 0;
        response.StatusCode = (int)Status;
        if (Status == HttpStatusCode.OK && start > 0)
        {
            response.StatusCode = (int)(start < content.Length ? HttpStatusCode.PartialContent : HttpStatusCode.RequestedRangeNotSatisfiable);
            response.AddHeader("Content-Range", $"bytes {start}-{content.Length - 1}/{content.Length}");
        }
        try
        {
            if (response.StatusCode is 200 or 206)
            {
                response.ContentLength64 = content.Length - start;
                var count = Math.Min(CutsAfter ?? int.MaxValue, content.Length - start);
                response.OutputStream.Write(content, start, FallsSilent ? count / 2 : count);
                response.OutputStream.Flush();
                if (FallsSilent) return;
                if (count < content.Length - start)
                {
                    response.Abort();
                    return;
                }
            }
            response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
        }
    }
}
