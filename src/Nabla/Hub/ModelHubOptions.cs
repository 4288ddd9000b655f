using Nabla.Data;

namespace Nabla.Hub;

/// <summary>
/// Where models are downloaded from and kept. The defaults are those of huggingface_hub, from the same environment variables:
/// HF_ENDPOINT, HF_TOKEN or HF_TOKEN_PATH, HF_HUB_CACHE, HF_HOME or XDG_CACHE_HOME, HF_HUB_OFFLINE.
/// </summary>
public sealed record ModelHubOptions
{
    /// <summary>The server: HF_ENDPOINT, or https://huggingface.co.</summary>
    /// <exception cref="ModelHubException">HF_ENDPOINT is not an address (when the options are made).</exception>
    public Uri Endpoint { get; init; } = HubEnvironment.Process.Endpoint;

    /// <summary>The cache: HF_HUB_CACHE, or <c>hub</c> in HF_HOME, which is ~/.cache/huggingface unless set.</summary>
    public string CacheFolder { get; init; } = HubEnvironment.Process.CacheFolder;

    /// <summary>The access token, sent to <see cref="Endpoint"/> alone: HF_TOKEN, or what the file of HF_TOKEN_PATH holds.</summary>
    public string? Token { get; init; } = HubEnvironment.Process.Token;

    /// <summary>Whether only the cache is used: HF_HUB_OFFLINE=1.</summary>
    public bool IsOffline { get; init; } = HubEnvironment.Process.IsOffline;

    /// <summary>The server without a slash at the end.</summary>
    internal string Root => Endpoint.AbsoluteUri.TrimEnd('/');

    internal Retry Retry { get; init; } = new();

    internal HubFiles Files { get; init; } = new();

    /// <summary>Whether an address is on the hub itself, the one server that is sent the token.</summary>
    internal bool IsHub(Uri address) => address.Scheme == Endpoint.Scheme && address.Authority == Endpoint.Authority;

    /// <summary>The server and the cache; never the token.</summary>
    public override string ToString() => $"{Endpoint}, cache {CacheFolder}{(IsOffline ? ", offline" : "")}";
}
