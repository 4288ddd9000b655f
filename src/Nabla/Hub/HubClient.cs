using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Data;

namespace Nabla.Hub;

/// <summary>The hub's protocol: a repository's list of files, what a file is, and its content.</summary>
internal sealed partial class HubClient(ModelHubOptions options)
{
    private readonly HubTransport transport = new(options);

    /// <summary>The commit that a revision is, and its files.</summary>
    public Task<HubListing> ListAsync(ModelReference model, CancellationToken cancellation) => options.Retry.RunAsync(async stall =>
    {
        var errors = new HubErrors(options, model);
        var revision = Uri.EscapeDataString(model.Revision);
        using var answer = await FirstAsync(new($"{options.Root}/api/models/{model.Repository}/revision/{revision}"), errors, stall.Token)
            .ConfigureAwait(false);
        if (!answer.Response.IsSuccessStatusCode) throw errors.Of(answer);
        var content = await answer.Response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var received = content.ConfigureAwait(false);
        var listing = await ParseAsync(content, stall.Token).ConfigureAwait(false);
        return listing ?? throw errors.Invalid("no list of the files of a commit");
    }, cancellation);

    /// <summary>The hash and length of a file.</summary>
    public Task<HubFile> DescribeAsync(ModelReference model, string commit, string file, CancellationToken cancellation) =>
        options.Retry.RunAsync(async stall =>
        {
            var (address, errors) = (Address(model, commit, file), new HubErrors(options, model, file));
            using var answer = await transport.SendAsync(HttpMethod.Head, address, 0, leavesHub: false, stall.Token).ConfigureAwait(false);
            if ((int)answer.Response.StatusCode is < 200 or >= 400) throw errors.Of(answer);
            if (answer.Commit != commit) throw errors.Invalid($"{file} without the commit {commit} (X-Repo-Commit)");
            if (answer.Etag is not { } etag || !EtagFormat().IsMatch(etag)) throw errors.Invalid($"{file} without a usable ETag");
            return new HubFile(etag, answer.Bytes ?? throw errors.Invalid($"{file} without its length"));
        }, cancellation);

    /// <summary>The content of a file from a position on: a success, or 416 where there is nothing at the position.</summary>
    public async Task<HttpResponseMessage> GetAsync(
        ModelReference model, string commit, string file, long start, CancellationToken cancellation)
    {
        var address = Address(model, commit, file);
        var answer = await transport.SendAsync(HttpMethod.Get, address, start, leavesHub: true, cancellation).ConfigureAwait(false);
        if (answer.Response.IsSuccessStatusCode || (int)answer.Response.StatusCode == 416) return answer.Response;
        using (answer) throw new HubErrors(options, model, file).Of(answer);
    }

    /// <summary>The first request of a download. A server that is not there now will not be there in a few seconds either.</summary>
    private async Task<HubAnswer> FirstAsync(Uri address, HubErrors errors, CancellationToken cancellation)
    {
        try
        {
            return await transport.SendAsync(HttpMethod.Get, address, 0, leavesHub: true, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw errors.Unreachable(error.GetBaseException().Message);
        }
    }

    private Uri Address(ModelReference model, string commit, string file) =>
        new($"{options.Root}/{model.Repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>The commit (<c>sha</c>) and the files (<c>siblings</c>), or null if the answer has them not.</summary>
    private static async Task<HubListing?> ParseAsync(Stream content, CancellationToken cancellation)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(content, default, cancellation).ConfigureAwait(false);
            var commit = document.RootElement.GetProperty("sha").GetString();
            var siblings = document.RootElement.GetProperty("siblings");
            var files = siblings.EnumerateArray().Select(file => file.GetProperty("rfilename").GetString()).OfType<string>().ToArray();
            return commit is not null && ModelReference.IsCommitHash(commit) && files.Length == siblings.GetArrayLength()
                ? new(commit, files)
                : null;
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

    /// <summary>It becomes the name of a file.</summary>
    [GeneratedRegex(@"^[0-9A-Za-z][0-9A-Za-z._\-]{0,127}\z")]
    private static partial Regex EtagFormat();
}
