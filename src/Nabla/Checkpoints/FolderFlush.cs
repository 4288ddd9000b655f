using System.Runtime.InteropServices;

namespace Nabla.Checkpoints;

/// <summary>
/// Writes a folder's list of names to the disk (fsync of the folder): before that a loss of power may undo a renaming. .NET opens no folders, so this asks
/// the system's own library; where that is not to be had, as on Windows, whose file system keeps a journal of names, nothing is done.
/// </summary>
internal static partial class FolderFlush
{
    public static void Of(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) return;
        // Some file systems refuse to flush folders: there is nothing better to be done then.
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    // O_RDONLY is 0 on every system.
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
