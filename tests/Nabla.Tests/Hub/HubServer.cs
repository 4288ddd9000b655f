using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

/// <summary>A request that a server was sent.</summary>
sealed record Received(string Method, string Path, string Range, string Authorization, string UserAgent, string AcceptEncoding);

/// <summary>
/// A server that answers as the hub does: the list of a repository's files, redirections to a commit's content on a CDN for large files,
/// which it names by their SHA-256, and the content itself of small ones, which it names by git's SHA-1.
/// </summary>
sealed class HubServer : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly LocalServer server;
    readonly LocalServer cdn;
    readonly Lock gate = new();
    readonly List<Received> requests = [];
    readonly List<Received> downloads = [];

    public HubServer()
    {
        server = new(AnswerAsync);
        cdn = new(DownloadAsync);
    }

    public Uri Address => server.Address;

    /// <summary>The CDN, under another name of this machine.</summary>
    public Uri CdnAddress => new UriBuilder(cdn.Address) { Host = "localhost" }.Uri;

    public string Repository { get; init; } = "acme/tiny-bert";

    /// <summary>The files at the commit.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Which of them are large: stored outside git.</summary>
    public HashSet<string> Large { get; } = [];

    /// <summary>Answers a request in a way of its own: whether it did.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    /// <summary>The same, of the CDN.</summary>
    public Func<HttpContext, Task<bool>> CdnFault { get; set; } = _ => Task.FromResult(false);

    public IReadOnlyList<Received> Requests => Copy(requests);

    /// <summary>What the CDN was asked for.</summary>
    public IReadOnlyList<Received> Downloads => Copy(downloads);

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static string GitBlob(byte[] content)
    {
        byte[] blob = [.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content];
        return Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.SHA1, blob));
    }

    public string Etag(string file) => Large.Contains(file) ? Sha256(Files[file]) : GitBlob(Files[file]);

    public void Dispose()
    {
        server.Dispose();
        cdn.Dispose();
    }

    IReadOnlyList<Received> Copy(List<Received> list)
    {
        lock (gate) return [.. list];
    }

    void Record(List<Received> list, HttpRequest request)
    {
        var headers = request.Headers;
        var received = new Received(request.Method, request.Path.Value!, headers.Range.ToString(), headers.Authorization.ToString(),
            headers.UserAgent.ToString(), headers.AcceptEncoding.ToString());
        lock (gate) list.Add(received);
    }

    async Task AnswerAsync(HttpContext context)
    {
        Record(requests, context.Request);
        if (await Fault(context)) return;
        var path = context.Request.Path;
        if (path.StartsWithSegments($"/api/models/{Repository}/revision")) await ListAsync(context);
        else if (path.StartsWithSegments($"/{Repository}/resolve/{Commit}", out var file)) await ResolveAsync(context, file.Value![1..]);
        else await context.FailAsync(404, "RepoNotFound");
    }

    async Task ListAsync(HttpContext context)
    {
        var siblings = string.Join(',', Files.Keys.Select(file => $$"""{"rfilename":{{JsonSerializer.Serialize(file)}}}"""));
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync($$"""{"id":"{{Repository}}","sha":"{{Commit}}","private":false,"siblings":[{{siblings}}]}""");
    }

    async Task ResolveAsync(HttpContext context, string file)
    {
        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (!Files.TryGetValue(file, out var content))
        {
            await context.FailAsync(404, "EntryNotFound");
            return;
        }
        context.Response.Headers.ETag = $"\"{Etag(file)}\"";
        if (!Large.Contains(file))
        {
            await context.SendAsync(content);
            return;
        }
        context.Response.Headers.ETag = $"\"{GitBlob(Encoding.ASCII.GetBytes($"pointer to {file}"))}\"";
        context.Response.Headers["X-Linked-Etag"] = $"\"{Etag(file)}\"";
        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.Headers.Location = new Uri(CdnAddress, $"blobs/{file}?signature=1").AbsoluteUri;
        context.Response.StatusCode = 302;
    }

    async Task DownloadAsync(HttpContext context)
    {
        Record(downloads, context.Request);
        if (await CdnFault(context)) return;
        context.Response.Headers.ETag = "\"of-the-cdn\"";
        await context.SendAsync(Files[context.Request.Path.Value!["/blobs/".Length..]]);
    }
}
