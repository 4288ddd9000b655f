using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Nabla.Tests.Servers;

/// <summary>Sends content as servers do, whole or with their faults.</summary>
static class Sending
{
    /// <summary>Where a request's range begins.</summary>
    public static int Start(this HttpRequest request)
    {
        var range = request.Headers.Range.ToString();
        return range.Length > 0 ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The content from the range's beginning on: 206, or 416 where there is nothing.</summary>
    public static async Task SendAsync(this HttpContext context, byte[] content)
    {
        if (!context.Begin(content)) return;
        await context.Response.Body.WriteAsync(content.AsMemory(context.Request.Start()), context.RequestAborted);
    }

    /// <summary>So many bytes from the range's beginning on. Once they have arrived, the connection is cut.</summary>
    public static async Task CutAsync(this HttpContext context, byte[] content, int count, Arrivals arrivals)
    {
        if (await context.SendSomeAsync(content, count, arrivals)) context.Abort();
    }

    /// <summary>Announces the content and sends the first of it: whether more would follow.</summary>
    public static async Task<bool> SendSomeAsync(this HttpContext context, byte[] content, int count, Arrivals arrivals)
    {
        if (!context.Begin(content)) return false;
        var start = context.Request.Start();
        var end = Math.Min(start + count, content.Length);
        var earlier = arrivals.Reports.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(start..end), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await arrivals.ReachedAsync(end, earlier).WaitAsync(context.RequestAborted);
        return end < content.Length;
    }

    /// <summary>Status and headers; whether content follows.</summary>
    static bool Begin(this HttpContext context, byte[] content)
    {
        var (response, start) = (context.Response, context.Request.Start());
        if (start > 0)
        {
            var length = content.Length;
            response.StatusCode = start < length ? 206 : 416;
            response.Headers.ContentRange = start < length ? $"bytes {start}-{length - 1}/{length}" : $"bytes */{length}";
        }
        if (response.StatusCode == 416) return false;
        response.ContentLength = content.Length - start;
        return context.Request.Method != "HEAD";
    }
}
