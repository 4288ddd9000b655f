namespace Nabla.Hub;

/// <summary>
/// The lock that a process holds while it downloads a blob. On Unix it is flock, which .NET uses for files that are opened without
/// sharing and huggingface_hub's filelock uses too, so that both wait for each other; on Windows both fail to open a file that the other
/// holds.
/// </summary>
internal static class HubLock
{
    private const int LinuxWouldBlock = 11;   // EAGAIN
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);

    /// <summary>0664: whoever shares the cache may take the lock.</summary>
    private const UnixFileMode ForTheGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the lock is free; it is held until the result is disposed.</summary>
    public static async Task<FileStream> AcquireAsync(
        string path, Func<TimeSpan, CancellationToken, Task> delay, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            if (TryOpen(path) is { } held)
            {
                // filelock removes the file when it releases the lock: what was opened before and locked after that is nobody's lock.
                if (File.Exists(path)) return held;
                await held.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                await delay(Poll, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static FileStream? TryOpen(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = ForTheGroup;
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException error)
            when (error.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation or WindowsLockViolation)
        {
            return null;
        }
    }
}
