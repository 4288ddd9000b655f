using System.Net;

namespace Nabla.Data;

/// <summary>
/// One file, written under a partial name and renamed once its content is the published one. What has arrived is continued after a
/// connection was cut, in this process or a later one.
/// </summary>
/// <param name="name">The file, for progress.</param>
/// <param name="bytes">Its published length.</param>
/// <param name="checksum">
/// The published hash; without one nothing is continued, because nothing tells whether the parts belong together.
/// </param>
/// <param name="target">Where it is written to.</param>
/// <param name="partial">Its name until then, in the same file system.</param>
internal sealed class FileDownload(string name, long bytes, Checksum? checksum, string target, string partial)
{
    private const int BufferSize = 1 << 16;

    /// <summary>Requests the content from a position on. An answer that is no success may be returned or thrown.</summary>
    public required Func<long, CancellationToken, Task<HttpResponseMessage>> Request { get; init; }

    public Retry Retry { get; init; } = new();

    /// <summary>Opens the partial file for reading and writing, for this process alone.</summary>
    public Func<string, Stream> Open { get; init; } = OpenFile;

    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <exception cref="DownloadException">It could not be downloaded.</exception>
    public Task RunAsync(CancellationToken cancellation) =>
        Retry.RunAsync(stall => AttemptAsync(stall, cancellation), cancellation, Arrived);

    /// <summary>Opens a partial file as a download does, without a buffer: what arrives is written at once.</summary>
    public static Stream OpenFile(string path) =>
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    private long Arrived() => new FileInfo(partial) is { Exists: true } file ? file.Length : 0;

    private async Task<bool> AttemptAsync(Stall stall, CancellationToken cancellation)
    {
        var isContinued = checksum is not null && Arrived() > 0;
        var stream = OpenPartial();
        await using (stream.ConfigureAwait(false)) await FetchAsync(stream, stall, cancellation).ConfigureAwait(false);
        await AcceptAsync(isContinued, cancellation).ConfigureAwait(false);
        return true;
    }

    private Stream OpenPartial()
    {
        try
        {
            return Open(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OnDisk($"{partial} cannot be written ({error.Message}); another process may be downloading it");
        }
    }

    /// <summary>Appends to what has arrived, or starts over where the server cannot continue.</summary>
    private async Task FetchAsync(Stream stream, Stall stall, CancellationToken cancellation)
    {
        if (stream.Length > bytes || checksum is null) stream.SetLength(0);
        if (stream.Length == bytes) return;
        using var response = await Request(stream.Length, stall.Token).ConfigureAwait(false);
        stream.SetLength(Begin(response, stream));
        if (!response.IsSuccessStatusCode) throw ServerAnswer.Error(response, Retry.Clock);
        stream.Position = stream.Length;
        var content = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var received = content.ConfigureAwait(false);
        var buffer = new byte[BufferSize];
        while (await ReadAsync(content, buffer, stall).ConfigureAwait(false) is > 0 and var count)
        {
            if (stream.Length + count > bytes) throw Other($"it sends more than the {bytes} bytes that were published");
            await WriteAsync(stream, () => stream.WriteAsync(buffer.AsMemory(0, count), cancellation)).ConfigureAwait(false);
            Progress?.Report(new(name, stream.Length, bytes));
        }
        if (stream.Length < bytes) throw new DownloadException($"the connection ended after {stream.Length} of {bytes} bytes");
        await WriteAsync(stream, () => FlushAsync(stream, cancellation)).ConfigureAwait(false);
    }

    /// <summary>The position that the answer's content begins at: a server without ranges answers 200 and sends everything.</summary>
    private long Begin(HttpResponseMessage response, Stream stream)
    {
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return 0;
        if (!response.IsSuccessStatusCode) return stream.Length;
        var (headers, start) = (response.Content.Headers, 0L);
        var length = headers.ContentEncoding.Count == 0 ? headers.ContentLength : null;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (headers.ContentRange?.From is { } from && from != stream.Length) throw Misplaced(from, stream);
            (start, length) = (stream.Length, headers.ContentRange?.Length);
        }
        return length is null || length == bytes ? start : throw Other($"it has {length} bytes where {bytes} were published");
    }

    private static DownloadException Misplaced(long from, Stream stream)
    {
        var requested = stream.Length;
        stream.SetLength(0);
        return new($"it sends the bytes from {from} on where those from {requested} on were requested");
    }

    /// <summary>Reads what arrives next; a connection that is cut is worth another attempt.</summary>
    private static async Task<int> ReadAsync(Stream content, byte[] buffer, Stall stall)
    {
        try
        {
            var count = await content.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            stall.Reset();
            return count;
        }
        catch (IOException error)
        {
            throw new DownloadException(error.Message);
        }
    }

    private async Task WriteAsync(Stream stream, Func<ValueTask> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (IOException error)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(partial));
            if (!DiskSpace.IsExhausted(error)) throw OnDisk($"{partial} cannot be written: {error.Message}");
            var problem = $"no space left in {folder}: {name} needs {bytes} bytes, {stream.Length} of them are there";
            throw new DownloadException(problem, isFinal: true, DownloadFault.DiskFull);
        }
    }

    private static async ValueTask FlushAsync(Stream stream, CancellationToken cancellation)
    {
        if (stream is FileStream file) file.Flush(flushToDisk: true);
        else await stream.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the file its name if it is the published one. If it is not, and its beginning is of an earlier attempt, all of it is
    /// fetched again.
    /// </summary>
    private async Task AcceptAsync(bool isContinued, CancellationToken cancellation)
    {
        if (checksum is not null && !await checksum.MatchesAsync(partial, cancellation).ConfigureAwait(false))
        {
            File.Delete(partial);
            throw Other($"what it sends does not have the published {checksum}", isFinal: !isContinued);
        }
        File.Move(partial, target, overwrite: true);
    }

    private static DownloadException Other(string message, bool isFinal = true) => new(message, isFinal, DownloadFault.Content);

    private static DownloadException OnDisk(string message) => new(message, isFinal: true, DownloadFault.Disk);
}
