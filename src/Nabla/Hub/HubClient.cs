using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Data;

namespace Nabla.Hub;

/// <summary>The hub's protocol: a repository's list of files, what a file is, and its content.</summary>
internal sealed partial class HubClient(ModelHubOptions options)
{
    private const int MaxRedirections = 10;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Redirections are followed here, because the token must not travel with them.</summary>
    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static readonly string UserAgent = $"nabla/{typeof(HubClient).Assembly.GetName().Version?.ToString(3)} dotnet/{Environment.Version}";

    private readonly string root = options.Endpoint.AbsoluteUri.TrimEnd('/');
    private readonly AuthenticationHeaderValue? authorization = Authorization(options.Token);

    /// <summary>The commit that a revision is, and its files.</summary>
    public Task<HubListing> ListAsync(ModelReference model, CancellationToken cancellation) => options.Retry.RunAsync(async stall =>
    {
        var address = new Uri($"{root}/api/models/{model.Repository}/revision/{Uri.EscapeDataString(model.Revision)}");
        using var answer = await FirstAsync(model, address, stall.Token).ConfigureAwait(false);
        if (!answer.Response.IsSuccessStatusCode) throw Errors(model).Of(answer);
        var content = await answer.Response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var received = content.ConfigureAwait(false);
        return await ParseAsync(content, stall.Token).ConfigureAwait(false) ?? throw Errors(model).Invalid("no list of the files of a commit");
    }, cancellation);

    /// <summary>The hash and length of a file.</summary>
    public Task<HubFile> DescribeAsync(ModelReference model, string commit, string file, CancellationToken cancellation) => options.Retry.RunAsync(async stall =>
    {
        using var answer = await SendAsync(HttpMethod.Head, Address(model, commit, file), 0, leavesHub: false, stall.Token).ConfigureAwait(false);
        var errors = Errors(model, file);
        if ((int)answer.Response.StatusCode is < 200 or >= 400) throw errors.Of(answer);
        if (answer.Commit != commit) throw errors.Invalid($"{file} without the commit {commit} (X-Repo-Commit)");
        if (answer.Etag is not { } etag || !EtagFormat().IsMatch(etag)) throw errors.Invalid($"{file} without a usable ETag");
        return new HubFile(etag, answer.Bytes ?? throw errors.Invalid($"{file} without its length"));
    }, cancellation);

    /// <summary>The content of a file from a position on: a success, or 416 where there is nothing at the position.</summary>
    public async Task<HttpResponseMessage> GetAsync(ModelReference model, string commit, string file, long start, CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Get, Address(model, commit, file), start, leavesHub: true, cancellation).ConfigureAwait(false);
        if (answer.Response.IsSuccessStatusCode || (int)answer.Response.StatusCode == 416) return answer.Response;
        using (answer) throw Errors(model, file).Of(answer);
    }

    private HubErrors Errors(ModelReference model, string? file = null) => new(options, model, file);

    /// <summary>The first request of a download. A server that is not there now will not be there in a few seconds either.</summary>
    private async Task<HubAnswer> FirstAsync(ModelReference model, Uri address, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, address, 0, leavesHub: true, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw Errors(model).Unreachable(error.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Errors(model).Unreachable($"no connection within {ConnectTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Sends a request and follows redirections: all of them, or only those within the hub.</summary>
    private async Task<HubAnswer> SendAsync(HttpMethod method, Uri address, long start, bool leavesHub, CancellationToken cancellation)
    {
        HubAnswer? answer = null;
        for (var redirections = 0; redirections <= MaxRedirections; redirections++)
        {
            using var request = Request(method, address, start);
            answer = HubAnswer.After(answer, await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false), address);
            if (Redirection(answer) is not { } next || !(leavesHub || IsHub(next))) return answer;
            answer.Dispose();
            address = next;
        }
        throw new DownloadException($"more than {MaxRedirections} redirections, the last to {address}", isFinal: true);
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, long start)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.UserAgent.ParseAdd(UserAgent);
        // A compressed answer would hide the length, and where to continue.
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (start > 0) request.Headers.Range = new RangeHeaderValue(start, null);
        if (IsHub(address)) request.Headers.Authorization = authorization;
        return request;
    }

    /// <summary>Whether an address is on the hub itself, the one server that gets the token.</summary>
    private bool IsHub(Uri address) => Uri.Compare(address, options.Endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static Uri? Redirection(HubAnswer answer)
    {
        if ((int)answer.Response.StatusCode is not (301 or 302 or 303 or 307 or 308) || answer.Response.Headers.Location is not { } location) return null;
        var next = new Uri(answer.Address, location);
        if (next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && answer.Address.Scheme == Uri.UriSchemeHttp)) return next;
        using (answer) throw new DownloadException($"it redirects to {next}, which is not safe to follow from {answer.Address.Scheme}", isFinal: true);
    }

    private Uri Address(ModelReference model, string commit, string file) =>
        new($"{root}/{model.Repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    private static async Task<HubListing?> ParseAsync(Stream content, CancellationToken cancellation)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(content, default, cancellation).ConfigureAwait(false);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("siblings", out var siblings)
                || !document.RootElement.TryGetProperty("sha", out var sha) || sha.GetString() is not { } commit || !ModelReference.IsCommitHash(commit)) return null;
            var files = siblings.EnumerateArray().Select(sibling => sibling.GetProperty("rfilename").GetString()).OfType<string>().ToArray();
            return files.Length == siblings.GetArrayLength() ? new(commit, files) : null;
        }
        catch (IOException error)
        {
            throw new DownloadException(error.Message);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static AuthenticationHeaderValue? Authorization(string? token)
    {
        if (token is null) return null;
        if (token.Any(character => character is <= ' ' or > '~'))
            throw new ModelHubException(ModelHubFault.AccessDenied, "The access token (HF_TOKEN) holds spaces or characters that no token has. Set it to the token alone, such as hf_….");
        return new("Bearer", token);
    }

    /// <summary>It becomes the name of a file.</summary>
    [GeneratedRegex(@"^[0-9A-Za-z][0-9A-Za-z._\-]{0,127}\z")]
    private static partial Regex EtagFormat();
}
