using System.Text.RegularExpressions;

namespace Nabla.Extensions.AI;

/// <summary>The name of the model in a folder.</summary>
internal static partial class ModelName
{
    /// <summary><c>ORG/NAME</c> for a snapshot in the hub's cache, whose own name is a commit; the folder's name for any other.</summary>
    public static string Of(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Snapshot().Match(path) is { Success: true } match
            ? match.Groups[1].Value.Replace("--", "/", StringComparison.Ordinal)
            : Path.GetFileName(path);
    }

    [GeneratedRegex(@"[/\\]models--([^/\\]+)[/\\]snapshots[/\\][0-9a-f]{40}\z")]
    private static partial Regex Snapshot();
}
