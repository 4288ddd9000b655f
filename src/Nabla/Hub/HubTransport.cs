using System.Net.Http.Headers;
using Nabla.Data;

namespace Nabla.Hub;

/// <summary>Sends requests to the hub and follows its redirections. The token is sent to the hub alone.</summary>
internal sealed class HubTransport(ModelHubOptions options)
{
    private const int MaxRedirections = 10;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static readonly string UserAgent =
        $"nabla/{typeof(HubTransport).Assembly.GetName().Version?.ToString(3)} dotnet/{Environment.Version}";

    private readonly AuthenticationHeaderValue? authorization = Authorization(options.Token);

    /// <summary>Sends a request and follows redirections: all of them, or only those within the hub.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">The first address.</param>
    /// <param name="start">The position that the content is to begin at.</param>
    /// <param name="leavesHub">Whether redirections to other servers are followed; otherwise they are the answer.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<HubAnswer> SendAsync(HttpMethod method, Uri address, long start, bool leavesHub, CancellationToken cancellation)
    {
        HubAnswer? answer = null;
        for (var redirections = 0; redirections <= MaxRedirections; redirections++)
        {
            using var request = Request(method, address, start);
            answer = HubAnswer.After(answer, await SendAsync(request, cancellation).ConfigureAwait(false), address);
            if (Redirection(answer) is not { } next || !(leavesHub || options.IsHub(next))) return answer;
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
        if (options.IsHub(address)) request.Headers.Authorization = authorization;
        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"no connection within {ConnectTimeout.TotalSeconds:0} s");
        }
    }

    /// <summary>Where an answer redirects to, or null. Nothing is followed from https to anything less.</summary>
    private static Uri? Redirection(HubAnswer answer)
    {
        if ((int)answer.Response.StatusCode is not (301 or 302 or 303 or 307 or 308)) return null;
        if (answer.Response.Headers.Location is not { } location) return null;
        var (next, scheme) = (new Uri(answer.Address, location), answer.Address.Scheme);
        if (next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && scheme == Uri.UriSchemeHttp)) return next;
        using (answer) throw new DownloadException($"it redirects to {next}, which is not safe to follow from {scheme}", isFinal: true);
    }

    private static AuthenticationHeaderValue? Authorization(string? token)
    {
        if (token is null) return null;
        if (token.All(character => character is > ' ' and <= '~')) return new("Bearer", token);
        throw new ModelHubException(ModelHubFault.AccessDenied,
            "The access token (HF_TOKEN) holds spaces or characters that no token has. Set it to the token alone, such as hf_….");
    }
}
