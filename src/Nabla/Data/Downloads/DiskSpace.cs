namespace Nabla.Data;

/// <summary>Whether a write failed for want of space.</summary>
internal static class DiskSpace
{
    private const int NoSpace = 28;   // ENOSPC, on Linux and macOS
    private const int LinuxQuota = 122;   // EDQUOT
    private const int MacQuota = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);   // ERROR_DISK_FULL
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsExhausted(IOException error) => error.HResult switch
    {
        WindowsDiskFull or WindowsHandleDiskFull => true,
        NoSpace => !OperatingSystem.IsWindows(),
        LinuxQuota => OperatingSystem.IsLinux(),
        MacQuota => OperatingSystem.IsMacOS(),
        _ => false,
    };
}
