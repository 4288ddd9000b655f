namespace Nabla.Hub;

/// <summary>
/// Names of files in a repository, as the server gives them: paths with '/' that must stay within the folder they are written to.
/// </summary>
internal static class HubFileName
{
    private const string Forbidden = "<>:\"|?*\\";

    private const string Ports = "0123456789¹²³";

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>
    /// Whether a path can be written below a folder on every system: relative, without empty, "." or ".." parts, control characters, '\',
    /// the characters and the device names that Windows reserves, or a part that ends in a dot or a space.
    /// </summary>
    public static bool IsSafe(string path) => path.Split('/').All(IsSafePart);

    private static bool IsSafePart(string part) => part.Length is > 0 and <= 255 && part[^1] is not ('.' or ' ')
        && !part.Any(character => char.IsControl(character) || Forbidden.Contains(character, StringComparison.Ordinal)) && !IsDevice(part);

    /// <summary>Windows reserves these with any extension: NUL, nul.txt, COM1.</summary>
    private static bool IsDevice(string part)
    {
        var name = part.Split('.')[0].TrimEnd().ToUpperInvariant();
        return Devices.Contains(name)
            || (name.Length == 4 && name[..3] is "COM" or "LPT" && Ports.Contains(name[3], StringComparison.Ordinal));
    }
}
