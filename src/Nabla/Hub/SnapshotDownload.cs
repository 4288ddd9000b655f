using Nabla.Data;

namespace Nabla.Hub;

/// <summary>Downloads files of one commit into its snapshot.</summary>
internal sealed class SnapshotDownload(
    ModelHubOptions options, HubCache cache, HubClient client, ModelReference model, string commit)
{
    /// <summary>How often a file may change between its description and its content.</summary>
    private const int Changes = 3;

    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>
    /// Downloads one file. Where its content is not the described one, the file may have changed meanwhile, and is described anew.
    /// </summary>
    /// <exception cref="ModelHubException">It could not be downloaded.</exception>
    public async ValueTask FileAsync(string file, CancellationToken cancellation)
    {
        try
        {
            var described = await client.DescribeAsync(model, commit, file, cancellation).ConfigureAwait(false);
            for (var changes = 0; await BlobAsync(file, described, cancellation).ConfigureAwait(false) is { } damage; changes++)
            {
                var again = await client.DescribeAsync(model, commit, file, cancellation).ConfigureAwait(false);
                if (again == described || changes == Changes) throw damage;
                described = again;
            }
        }
        catch (DownloadException error)
        {
            throw new HubErrors(options, model, file).Of(error);
        }
    }

    /// <summary>
    /// Downloads a file's content, unless another process has meanwhile, and puts it into the snapshot. Returns an error if the content
    /// is not the described one.
    /// </summary>
    private async Task<DownloadException?> BlobAsync(string file, HubFile described, CancellationToken cancellation)
    {
        var (blob, path) = (cache.Blob(model, described.Etag), Path.Combine(cache.Snapshot(model, commit), file));
        var held = await HubLock.AcquireAsync(cache.Lock(model, described.Etag), options.Retry.Delay, cancellation).ConfigureAwait(false);
        await using var locked = held.ConfigureAwait(false);
        if (HubCache.HasFile(path)) return null;
        var isNew = !HubCache.HasFile(blob);
        try
        {
            if (isNew) await Content(file, described, blob).RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (DownloadException error) when (error.Fault == DownloadFault.Content)
        {
            return error;
        }
        cache.Place(model, blob, path, isNew);
        return null;
    }

    private FileDownload Content(string file, HubFile described, string blob)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        return new(file, described.Bytes, Hash(described.Etag), blob, blob + ".incomplete")
        {
            Request = (start, stop) => client.GetAsync(model, commit, file, start, stop),
            Open = options.Files.OpenPartial,
            Retry = options.Retry,
            Progress = Progress,
        };
    }

    /// <summary>The hash that the server names a file by: SHA-256 in 64 digits, git's SHA-1 in 40. Other names are no hashes.</summary>
    private static Checksum? Hash(string etag) => !etag.All(char.IsAsciiHexDigitLower) ? null : etag.Length switch
    {
        64 => Checksum.Sha256(etag),
        40 => Checksum.GitBlob(etag),
        _ => null,
    };
}
