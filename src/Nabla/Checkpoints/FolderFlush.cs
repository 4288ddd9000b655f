using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Checkpoints;

/// <summary>
/// Writes a folder's list of names to the disk (fsync of the folder): before that a loss of power may undo a renaming. .NET opens no folders, so this asks
/// the system's own library; where that is not to be had, as on Windows, whose file system keeps a journal of names, nothing is done.
/// </summary>
internal static unsafe class FolderFlush
{
    public static void Of(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor;
        // O_RDONLY is 0 on every system.
        fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0')) descriptor = Open(path, 0);
        if (descriptor < 0) return;
        // Some file systems refuse to flush folders: there is nothing better to be done then.
        _ = Flush(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(byte* path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
