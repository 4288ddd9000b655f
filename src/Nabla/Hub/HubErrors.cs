using System.Net;
using Nabla.Data;

namespace Nabla.Hub;

/// <summary>Errors about a model, or one of its files: what is missing, where it was looked for, and the remedy, in one line.</summary>
internal sealed class HubErrors(ModelHubOptions options, ModelReference model, string? file = null)
{
    private string Root => options.Endpoint.AbsoluteUri.TrimEnd('/');

    private string Subject => file is null ? $"{model}" : $"{file} of {model}";

    private string Commands => $"run `nabla models get {model}` on a machine that reaches it and copy the folder {HubCache.FolderName(model)} from its cache into {options.CacheFolder}";

    /// <summary>The error for an answer that is no success.</summary>
    public Exception Of(HubAnswer answer)
    {
        // A CDN's addresses expire; the next attempt is given a new one.
        if (Uri.Compare(answer.Address, options.Endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0)
            return new DownloadException($"{(int)answer.Response.StatusCode} {answer.Response.ReasonPhrase} from {answer.Address.Host}");
        return (answer.ErrorCode, answer.Response.StatusCode) switch
        {
            ("GatedRepo", _) => Gated(answer),
            ("RevisionNotFound", _) => NotFound($"{model.Repository} has no revision {model.Revision} on {Root}. Its branches and tags are on {Page}/tree/main."),
            ("EntryNotFound", _) or (_, HttpStatusCode.NotFound) when file is not null => NotFound($"{model.Repository} has no file {file} in its revision {model.Revision} on {Root}."),
            ("RepoNotFound", HttpStatusCode.NotFound) => NotFound($"There is no model {model.Repository} on {Root}. Check the name."),
            (_, HttpStatusCode.NotFound) => NotFound($"There is no model {model.Repository} with a revision {model.Revision} on {Root}. Check the name, or HF_ENDPOINT if it is set."),
            (_, HttpStatusCode.Unauthorized) => Unauthorized(),
            (_, HttpStatusCode.Forbidden) => Gated(answer),
            _ => ServerAnswer.Error(answer.Response, options.Retry.Clock),
        };
    }

    public ModelHubException Unreachable(string reason) => new(ModelHubFault.Unreachable,
        $"{model} cannot be downloaded: {Root} cannot be reached ({reason.TrimEnd('.')}). With a network try again; without one, {Commands}, or set HF_ENDPOINT to a mirror within reach, "
        + "or HF_HUB_OFFLINE=1 to use what is in the cache.");

    /// <summary>The model is not in the cache, and nothing may be downloaded.</summary>
    public ModelHubException Offline() => new(ModelHubFault.Offline,
        $"{model} is not in the cache {options.CacheFolder}, and HF_HUB_OFFLINE forbids downloads. Unset it, or {Commands}.");

    public ModelHubException Invalid(string reason) => new(ModelHubFault.InvalidAnswer,
        $"{model}: {Root} answers with {reason}, which is not what a hub answers. Check HF_ENDPOINT and the proxy.");

    /// <summary>The file's name would lead out of the snapshot's folder, or cannot be written on every system.</summary>
    public ModelHubException Unsafe(string name) => new(ModelHubFault.InvalidAnswer,
        $"{model} has a file whose name is not safe to write: \"{Printable(name)}\". It is refused; download the other files with patterns (--include) if you trust them.");

    public ModelHubException Of(DownloadException error) => error.Fault switch
    {
        DownloadFault.Content => new(ModelHubFault.Damaged, $"{Subject} arrives damaged from {Root}: {error.Message}. Try again later, or another HF_ENDPOINT."),
        DownloadFault.DiskFull => new(ModelHubFault.Disk,
            $"{Subject}: {error.Message}. Free space there, or set HF_HUB_CACHE to a folder on another disk; the download continues where it ended."),
        DownloadFault.Disk => new(ModelHubFault.Disk, $"{Subject}: {error.Message}"),
        _ => new(ModelHubFault.Unreachable, $"{Subject} cannot be downloaded from {Root}: {error.Message.TrimEnd('.')}. Try again; what has arrived is kept."),
    };

    public ModelHubException Unwritable(string reason) => new(ModelHubFault.Disk,
        $"{Subject}: the cache {options.CacheFolder} cannot be written ({reason.TrimEnd('.')}). Set HF_HUB_CACHE to a folder that can.");

    private string Page => $"{Root}/{model.Repository}";

    private static ModelHubException NotFound(string message) => new(ModelHubFault.NotFound, message);

    /// <summary>The hub answers 401 for models that do not exist too.</summary>
    private ModelHubException Unauthorized() => new(ModelHubFault.AccessDenied, options.Token is null
        ? $"{Root} has no public model {model.Repository} (401). Check the name; if the model is private or gated, accept its licence on {Page} and set HF_TOKEN to an access token ({Root}/settings/tokens)."
        : $"{Root} has no model {model.Repository} that HF_TOKEN may read (401). Check the name and the token ({Root}/settings/tokens); if the model is gated, accept its licence on {Page}.");

    private ModelHubException Gated(HubAnswer answer) => new(ModelHubFault.AccessDenied,
        $"{model.Repository} is gated ({(int)answer.Response.StatusCode}): accept its licence on {Page}, and {(options.Token is null ? "set HF_TOKEN to an access token of the same account"
            : "check that HF_TOKEN is of the same account and may read gated models")} ({Root}/settings/tokens).");

    private static string Printable(string name) => string.Concat(name.Take(200).Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
