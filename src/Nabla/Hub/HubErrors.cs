using System.Net;
using Nabla.Data;

namespace Nabla.Hub;

/// <summary>
/// Errors about a model, or one of its files: what is missing, where it was looked for, and the remedy, in one line.
/// </summary>
internal sealed class HubErrors(ModelHubOptions options, ModelReference model, string? file = null)
{
    private string Root => options.Root;

    private string Page => $"{Root}/{model.Repository}";

    private string Tokens => $"{Root}/settings/tokens";

    private string Subject => file is null ? $"{model}" : $"{file} of {model}";

    /// <summary>How to do without a network.</summary>
    private string ByHand => $"run `nabla models get {model}` on a machine that has one and copy the folder {HubCache.FolderName(model)} "
        + $"from its cache into {options.CacheFolder}";

    /// <summary>The error for an answer that is no success.</summary>
    public Exception Of(HubAnswer answer)
    {
        var status = answer.Response.StatusCode;
        // A CDN's addresses expire; the next attempt is given a new one.
        if (!options.IsHub(answer.Address))
            return new DownloadException($"{(int)status} {answer.Response.ReasonPhrase} from {answer.Address.Host}");
        return (answer.ErrorCode, status) switch
        {
            ("GatedRepo", _) => Gated(status),
            ("RevisionNotFound", _) or ("EntryNotFound", _) or (_, HttpStatusCode.NotFound) => NotFound(answer.ErrorCode),
            (_, HttpStatusCode.Unauthorized) => Unauthorized(),
            (_, HttpStatusCode.Forbidden) => Gated(status),
            _ => ServerAnswer.Error(answer.Response, options.Retry.Clock),
        };
    }

    public ModelHubException Of(DownloadException error) => error.Fault switch
    {
        DownloadFault.Content => new(ModelHubFault.Damaged,
            $"{Subject} arrives damaged from {Root}: {error.Message}. Try again later, or another HF_ENDPOINT."),
        DownloadFault.DiskFull => new(ModelHubFault.Disk, $"{Subject}: {error.Message}. Free space there, or set HF_HUB_CACHE to a folder "
            + "on another disk; the download continues where it ended."),
        DownloadFault.Disk => new(ModelHubFault.Disk, $"{Subject}: {error.Message}"),
        _ => new(ModelHubFault.Unreachable,
            $"{Subject} cannot be downloaded from {Root}: {error.Message.TrimEnd('.')}. Try again; what has arrived is kept."),
    };

    public ModelHubException Unreachable(string reason) => new(ModelHubFault.Unreachable,
        $"{model} cannot be downloaded: {Root} cannot be reached ({reason.TrimEnd('.')}). Without a network, {ByHand}, "
        + "or set HF_ENDPOINT to a mirror within reach; HF_HUB_OFFLINE=1 uses what is in the cache.");

    /// <summary>The model is not in the cache, and nothing may be downloaded.</summary>
    public ModelHubException Offline() => new(ModelHubFault.Offline,
        $"{model} is not in the cache {options.CacheFolder}, and HF_HUB_OFFLINE forbids downloads. Unset it, or, without a network, "
        + $"{ByHand}.");

    public ModelHubException Invalid(string reason) => new(ModelHubFault.InvalidAnswer,
        $"{model}: {Root} answers with {reason}, which is not what a hub answers. Check HF_ENDPOINT and the proxy.");

    /// <summary>The file's name would lead out of the snapshot's folder, or cannot be written on every system.</summary>
    public ModelHubException Unsafe(string name) => new(ModelHubFault.InvalidAnswer,
        $"{model} has a file whose name is not safe to write: \"{Printable(name)}\". It is refused; if you trust the other files, "
        + "download them by patterns that leave it out (--include).");

    /// <summary>No file is to be downloaded, of those there are.</summary>
    public ModelHubException Nothing(IReadOnlyList<string> all, string[]? patterns) => new(ModelHubFault.NotFound,
        $"{model} has {(patterns is null ? "none of the files of a model" : $"no file that matches {string.Join(" or ", patterns)}")}: "
        + $"it has {string.Join(", ", all.Take(20).Select(Printable))}{(all.Count > 20 ? $" and {all.Count - 20} more" : "")}.");

    public ModelHubException Unwritable(string reason) => new(ModelHubFault.Disk,
        $"{Subject}: the cache {options.CacheFolder} cannot be written ({reason.TrimEnd('.')}). Set HF_HUB_CACHE to a folder that can.");

    private ModelHubException NotFound(string? code) => new(ModelHubFault.NotFound, code switch
    {
        "RepoNotFound" => $"There is no model {model.Repository} on {Root}. Check the name.",
        "RevisionNotFound" =>
            $"{model.Repository} has no revision {model.Revision} on {Root}. Its branches and tags are on {Page}/tree/main.",
        _ when file is not null => $"{model.Repository} has no file {file} in its revision {model.Revision} on {Root}.",
        _ => $"There is no model {model.Repository} with a revision {model.Revision} on {Root}. Check the name, and HF_ENDPOINT.",
    });

    /// <summary>The hub answers 401 for models that do not exist too.</summary>
    private ModelHubException Unauthorized() => new(ModelHubFault.AccessDenied, options.Token is null
        ? $"{Root} has no public model {model.Repository} (401). Check the name; if the model is private or gated, accept its licence on "
            + $"{Page} and set HF_TOKEN to an access token ({Tokens})."
        : $"{Root} has no model {model.Repository} that HF_TOKEN may read (401). Check the name and the token ({Tokens}); if the model is "
            + $"gated, accept its licence on {Page}.");

    private ModelHubException Gated(HttpStatusCode status) => new(ModelHubFault.AccessDenied,
        $"{model.Repository} is gated ({(int)status}): accept its licence on {Page}, and " + (options.Token is null
            ? $"set HF_TOKEN to an access token of the same account ({Tokens})."
            : $"check that HF_TOKEN is of the same account and may read gated models ({Tokens})."));

    private static string Printable(string name) =>
        string.Concat(name.Take(200).Select(character => char.IsControl(character) ? '\uFFFD' : character));
}
