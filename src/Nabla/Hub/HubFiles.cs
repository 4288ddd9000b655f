using Nabla.Data;

namespace Nabla.Hub;

/// <summary>What the cache asks of the file system, beyond reading and renaming.</summary>
internal class HubFiles
{
    /// <summary>Opens a partial file for this process alone.</summary>
    public virtual Stream OpenPartial(string path) => FileDownload.OpenFile(path);

    /// <summary>
    /// Makes a symbolic link, or returns false where the system or its user may make none, as on Windows without developer mode.
    /// </summary>
    public virtual bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process may have made the link at the same moment.
            return HubCache.HasFile(path);
        }
    }
}
