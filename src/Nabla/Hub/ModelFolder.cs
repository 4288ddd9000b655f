using Nabla.Data;

namespace Nabla.Hub;

/// <summary>Finds the folder of a model's files, by path or by name: what every loader and command takes.</summary>
public static class ModelFolder
{
    /// <summary>
    /// An existing folder is itself. Anything else is the name of a model on the hub, <c>ORG/NAME[@REVISION]</c>: one that is in the
    /// cache with all its files is used as it is, without asking the server for a newer one (<see cref="ModelHub.DownloadAsync"/> and
    /// <c>nabla models get</c> do); otherwise what is missing is downloaded. Where the server cannot be reached, or HF_HUB_OFFLINE
    /// forbids it, what the cache has is used.
    /// </summary>
    /// <param name="folderOrName">A folder, or <c>ORG/NAME[@REVISION]</c>.</param>
    /// <param name="hub">The hub and its cache; by default those of huggingface_hub's environment variables.</param>
    /// <param name="progress">Told of each file how far it is; called from several threads.</param>
    /// <param name="cancellation">Stops a download; what has arrived is kept for the next one.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="ModelHubException">
    /// It is neither a folder nor a model that could be downloaded; the message says why, and the remedy.
    /// </exception>
    public static async Task<string> ResolveAsync(
        string folderOrName, ModelHub? hub = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderOrName);
        if (Directory.Exists(folderOrName)) return folderOrName;
        if (File.Exists(folderOrName))
            throw Missing($"{folderOrName} is a file. Name the folder that holds config.json and the weights.");
        if (!ModelReference.TryParse(folderOrName, out var model))
            throw Missing($"There is no folder {folderOrName}, nor does it name a model of the hub (ORG/NAME[@REVISION]). Check the path.");
        hub ??= new();
        if (hub.FindComplete(model) is { } complete) return complete;
        try
        {
            return await hub.DownloadAsync(model, null, progress, cancellation).ConfigureAwait(false);
        }
        catch (ModelHubException error) when (error.Fault == ModelHubFault.Unreachable && hub.FindCached(model) is not null)
        {
            return hub.FindCached(model)!;
        }
        catch (ModelHubException error)
        {
            throw new ModelHubException(error.Fault, $"There is no folder {folderOrName}, and as a model of the hub: {error.Message}");
        }
    }

    private static ModelHubException Missing(string message) => new(ModelHubFault.NotFound, message);
}
