namespace Nabla.Data;

/// <summary>What kept a file from being downloaded.</summary>
internal enum DownloadFault
{
    /// <summary>The connection, or an answer of the server that is no content.</summary>
    Connection,
    /// <summary>The content is not the published one.</summary>
    Content,
    /// <summary>The file cannot be written.</summary>
    Disk,
    /// <summary>The disk is full.</summary>
    DiskFull,
}

/// <summary>A file could not be downloaded.</summary>
internal sealed class DownloadException(string message, bool isFinal = false, DownloadFault fault = DownloadFault.Connection)
    : IOException(message)
{
    /// <summary>Whether another attempt at the same source is of no use.</summary>
    public bool IsFinal => isFinal;

    public DownloadFault Fault => fault;

    /// <summary>How long the server asks to wait before the next attempt.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
