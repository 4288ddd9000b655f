using System.Text.RegularExpressions;

namespace Nabla.Hub;

/// <summary>
/// The settings of huggingface_hub that are read from environment variables, so that both use the same server, token and cache.
/// </summary>
/// <param name="variable">The value of an environment variable.</param>
internal sealed partial class HubEnvironment(Func<string, string?> variable)
{
    public static HubEnvironment Process { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>HF_ENDPOINT, or the public hub.</summary>
    public Uri Endpoint
    {
        get
        {
            var text = Value("HF_ENDPOINT") ?? "https://huggingface.co";
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http") return address;
            throw new ModelHubException(ModelHubFault.Unreachable,
                $"HF_ENDPOINT is \"{text}\": it must be an address such as https://huggingface.co. Correct it or unset it.");
        }
    }

    /// <summary>HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, or <c>hub</c> in <see cref="Home"/>.</summary>
    public string CacheFolder => Folder("HF_HUB_CACHE") ?? Folder("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(Home, "hub");

    /// <summary>
    /// HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or what the file holds that HF_TOKEN_PATH names, usually <c>token</c> in <see cref="Home"/>.
    /// </summary>
    public string? Token => Clean(Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN")) ?? StoredToken();

    /// <summary>HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE.</summary>
    public bool IsOffline =>
        (Value("HF_HUB_OFFLINE") ?? Value("TRANSFORMERS_OFFLINE"))?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";

    /// <summary>HF_HOME, or <c>huggingface</c> in XDG_CACHE_HOME or ~/.cache, on every system.</summary>
    private string Home => Folder("HF_HOME") ?? Path.Combine(Folder("XDG_CACHE_HOME") ?? Path.Combine(UserFolder, ".cache"), "huggingface");

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private string? StoredToken()
    {
        try
        {
            return Clean(File.ReadAllText(Folder("HF_TOKEN_PATH") ?? Path.Combine(Home, "token")));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Clean(string? token) => token?.Trim() is { Length: > 0 } clean ? clean : null;

    private string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>A path, with ~ and $NAME in it replaced.</summary>
    private string? Folder(string name)
    {
        if (Value(name) is not { } path) return null;
        if (path[0] == '~' && (path.Length == 1 || path[1] is '/' or '\\')) path = UserFolder + path[1..];
        return Path.GetFullPath(Variable().Replace(path, match => variable(match.Groups[1].Value) ?? match.Value));
    }

    [GeneratedRegex(@"\$\{?([A-Za-z_]\w*)\}?")]
    private static partial Regex Variable();
}
