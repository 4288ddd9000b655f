namespace Nabla.Data;

/// <summary>How far the download of a file is.</summary>
/// <param name="File">The file.</param>
/// <param name="Done">Bytes of it that are on this machine.</param>
/// <param name="Total">Its length in bytes.</param>
public readonly record struct DownloadProgress(string File, long Done, long Total);
