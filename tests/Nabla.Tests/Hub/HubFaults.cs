using Microsoft.AspNetCore.Http;

namespace Nabla.Tests.Hub;

static class HubFaults
{
    /// <summary>Answers with a status, and the hub's word for it.</summary>
    public static async Task<bool> FailAsync(this HttpContext context, int status, string? code = null, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["X-Error-Code"] = code;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync($$"""{"error":"{{code}}"}""");
        return true;
    }

    /// <summary>Answers the first requests that are of a kind with a status.</summary>
    public static Func<HttpContext, Task<bool>> First(int count, Func<HttpRequest, bool> kind, int status, string? retryAfter = null) =>
        context => kind(context.Request) && Interlocked.Decrement(ref count) >= 0
            ? context.FailAsync(status, null, retryAfter)
            : Task.FromResult(false);

    /// <summary>Answers every request of a kind with a status.</summary>
    public static Func<HttpContext, Task<bool>> Every(Func<HttpRequest, bool> kind, int status, string? code = null) =>
        context => kind(context.Request) ? context.FailAsync(status, code) : Task.FromResult(false);

    public static bool IsList(HttpRequest request) => request.Path.StartsWithSegments("/api");

    public static bool IsHead(HttpRequest request) => request.Method == "HEAD";

    public static bool IsContent(HttpRequest request) => request.Method == "GET" && !IsList(request);
}
