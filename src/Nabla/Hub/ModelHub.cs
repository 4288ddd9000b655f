using Nabla.Data;

namespace Nabla.Hub;

/// <summary>
/// Models of the Hugging Face Hub, downloaded into the cache that huggingface_hub uses too: what Python has downloaded is found here, and
/// the other way round.
/// </summary>
/// <param name="options">The server, the token and the cache; by default those of huggingface_hub's environment variables.</param>
public sealed class ModelHub(ModelHubOptions? options = null)
{
    /// <summary>Files of a model that are downloaded at the same time.</summary>
    private const int Connections = 4;

    private readonly ModelHubOptions options = options ?? new();

    /// <summary>The server, the token and the cache.</summary>
    public ModelHubOptions Options => options;

    private HubCache Cache => new(Path.GetFullPath(options.CacheFolder), options.Files);

    /// <summary>
    /// Asks the server which commit the revision is, downloads the files that are not in the cache, and returns their folder. A file
    /// appears in the folder only once its length and hash are those that the server names; a download that was cut off continues where
    /// it ended, this time or the next. Two processes that download the same file wait for each other.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="patterns">
    /// The files to download, such as <c>*.safetensors</c>: * is any text, across folders too, ? one character, [abc] one of some. By
    /// default the configuration, the tokenizer, the weights (safetensors, or PyTorch's where there are none), the parts of
    /// sentence-transformers, README and licence.
    /// </param>
    /// <param name="progress">Told of each file how far it is; called from several threads.</param>
    /// <param name="cancellation">Stops the download; what has arrived is kept for the next one.</param>
    /// <returns>The folder of the commit's files.</returns>
    /// <exception cref="ModelHubException">
    /// The model could not be found, reached, verified or written; the message says which, and the remedy.
    /// </exception>
    public async Task<string> DownloadAsync(
        ModelReference model, IEnumerable<string>? patterns = null, IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (options.IsOffline) return FindCached(model) ?? throw Errors(model).Offline();
        try
        {
            return await FetchAsync(model, patterns?.ToArray(), progress, cancellation).ConfigureAwait(false);
        }
        catch (DownloadException error)
        {
            throw Errors(model).Of(error);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or (IOException and not ModelHubException))
        {
            throw Errors(model).Unwritable(error.Message);
        }
    }

    /// <summary>
    /// The folder of a model's files in the cache, or null if it was never downloaded. It may lack files that nobody has asked for yet.
    /// </summary>
    public string? FindCached(ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Cache.Find(model);
    }

    /// <summary>The models in the cache, in alphabetical order.</summary>
    public IReadOnlyList<CachedModel> List() => Cache.List();

    /// <summary>The folder of a model of which the cache has all that a model needs, so that the server need not be asked.</summary>
    internal string? FindComplete(ModelReference model) =>
        FindCached(model) is { } folder && Cache.HasAnswerFor(model, ModelFiles.Optional) && ModelFiles.HasWeights(folder) ? folder : null;

    private HubErrors Errors(ModelReference model) => new(options, model);

    private async Task<string> FetchAsync(
        ModelReference model, string[]? patterns, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var client = new HubClient(options);
        var listing = await client.ListAsync(model, cancellation).ConfigureAwait(false);
        var snapshot = Cache.Snapshot(model, listing.Commit);
        var missing = Selected(model, listing.Files, patterns).Where(file => !HubCache.HasFile(Path.Combine(snapshot, file)));
        var download = new SnapshotDownload(options, Cache, client, model, listing.Commit) { Progress = progress };
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Connections, CancellationToken = cancellation };
        await Parallel.ForEachAsync(missing, parallel, download.FileAsync).ConfigureAwait(false);
        Cache.WriteReference(model, listing.Commit);
        if (patterns is null) MarkAbsent(model, listing);
        return snapshot;
    }

    private IReadOnlyList<string> Selected(ModelReference model, IReadOnlyList<string> all, string[]? patterns)
    {
        var files = patterns is null ? ModelFiles.Select(all)
            : [.. all.Where(file => patterns.Any(pattern => FilePattern.Matches(pattern, file)))];
        if (files.FirstOrDefault(file => !HubFileName.IsSafe(file)) is { } name) throw Errors(model).Unsafe(name);
        return files.Count > 0 ? files : throw Errors(model).Nothing(all, patterns);
    }

    private void MarkAbsent(ModelReference model, HubListing listing)
    {
        try
        {
            Cache.MarkAbsent(model, listing.Commit, ModelFiles.Optional.Except(listing.Files));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The marks only save questions; a cache that cannot be written does without.
        }
    }
}
