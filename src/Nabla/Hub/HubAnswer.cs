using System.Globalization;

namespace Nabla.Hub;

/// <summary>A file as the server describes it.</summary>
/// <param name="Etag">The name of its content: the SHA-256 of a large file, git's SHA-1 of any other, or whatever the server says.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record HubFile(string Etag, long Bytes);

/// <summary>The files of a repository at a commit.</summary>
internal sealed record HubListing(string Commit, IReadOnlyList<string> Files);

/// <summary>An answer and the address that gave it, with what it and the redirections before it say of a file.</summary>
internal sealed class HubAnswer : IDisposable
{
    private HubAnswer(HttpResponseMessage response, Uri address) => (Response, Address) = (response, address);

    public HttpResponseMessage Response { get; }

    public Uri Address { get; }

    /// <summary>X-Repo-Commit.</summary>
    public string? Commit { get; private init; }

    /// <summary>X-Linked-Etag, or else ETag, without quotation marks.</summary>
    public string? Etag => LinkedEtag ?? OwnEtag;

    /// <summary>X-Linked-Size, or else Content-Length.</summary>
    public long? Bytes => LinkedBytes ?? (Response.IsSuccessStatusCode ? Response.Content.Headers.ContentLength : null);

    private string? LinkedEtag { get; init; }

    private string? OwnEtag { get; init; }

    private long? LinkedBytes { get; init; }

    /// <summary>The answer after a redirection, whose headers still count where this one has none of its own.</summary>
    public static HubAnswer After(HubAnswer? redirection, HttpResponseMessage response, Uri address) => new(response, address)
    {
        Commit = Header(response, "X-Repo-Commit") ?? redirection?.Commit,
        LinkedEtag = Unquoted(Header(response, "X-Linked-Etag")) ?? redirection?.LinkedEtag,
        OwnEtag = Unquoted(Header(response, "ETag")),
        LinkedBytes = Number(Header(response, "X-Linked-Size")) ?? redirection?.LinkedBytes,
    };

    public string? ErrorCode => Header(Response, "X-Error-Code");

    public void Dispose() => Response.Dispose();

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First().Trim() : null;

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Without quotation marks and the W/ of a weak tag.</summary>
    private static string? Unquoted(string? etag) =>
        etag is null ? null : (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');
}
