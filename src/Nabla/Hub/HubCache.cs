namespace Nabla.Hub;

/// <summary>
/// The cache on disk, laid out as by huggingface_hub (huggingface.co/docs/hub/local-cache): <c>models--ORG--NAME</c> with the contents of
/// files in <c>blobs</c>, named by their hash; <c>snapshots/COMMIT</c>, whose files are links to blobs; <c>refs/REVISION</c>, which holds
/// a commit; <c>.no_exist/COMMIT</c>, where an empty file says that the commit has no file of that name.
/// </summary>
internal sealed class HubCache(string folder, HubFiles files)
{
    private const string Prefix = "models--";

    public static string FolderName(ModelReference model) => Prefix + model.Repository.Replace("/", "--", StringComparison.Ordinal);

    public string Snapshot(ModelReference model, string commit) => Path.Combine(Repository(model), "snapshots", commit);

    public string Blob(ModelReference model, string etag) => Path.Combine(Repository(model), "blobs", etag);

    /// <summary>The file that a process locks while it downloads a blob.</summary>
    public string Lock(ModelReference model, string etag) => Path.Combine(folder, ".locks", FolderName(model), etag + ".lock");

    /// <summary>Whether there is a file, or a link that leads to one: .NET takes a link that leads nowhere for a file.</summary>
    public static bool HasFile(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    /// <summary>The folder of the revision's files, or null if there is none.</summary>
    public string? Find(ModelReference model) =>
        Commit(model) is { } commit && Snapshot(model, commit) is var snapshot && Directory.Exists(snapshot) ? snapshot : null;

    /// <summary>The commit that the revision was when it was last downloaded.</summary>
    public string? Commit(ModelReference model) => model.IsCommit ? model.Revision : ReadReference(Reference(model));

    /// <summary>Records which commit the revision is. A reference that is up to date is left alone: the cache may be read-only.</summary>
    public void WriteReference(ModelReference model, string commit)
    {
        var path = Reference(model);
        if (Commit(model) == commit) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Temporary(model);
        File.WriteAllText(temporary, commit);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Whether each of these files is in the snapshot or known not to exist.</summary>
    public bool HasAnswerFor(ModelReference model, IEnumerable<string> names) => Commit(model) is { } commit
        && names.All(name => HasFile(Path.Combine(Snapshot(model, commit), name)) || File.Exists(Absence(model, commit, name)));

    /// <summary>Records that the commit has no files of these names, so that nobody asks the server for them again.</summary>
    public void MarkAbsent(ModelReference model, string commit, IEnumerable<string> names)
    {
        foreach (var path in names.Select(name => Absence(model, commit, name)).Where(path => !File.Exists(path)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Create(path).Dispose();
        }
    }

    /// <summary>
    /// Puts a blob into a snapshot: as a relative link, or, where there are no links, as the file itself if nothing else refers to it, or
    /// else as a copy.
    /// </summary>
    public void Place(ModelReference model, string blob, string path, bool isNew)
    {
        var target = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
        File.Delete(path);
        if (files.TryLink(path, Path.GetRelativePath(target, blob))) return;
        var source = blob;
        if (!isNew) File.Copy(blob, source = Temporary(model));
        File.Move(source, path, overwrite: true);
    }

    public IReadOnlyList<CachedModel> List()
    {
        if (!Directory.Exists(folder)) return [];
        return [.. from repository in Directory.EnumerateDirectories(folder, Prefix + "*").Order(StringComparer.Ordinal)
                   let references = References(repository)
                   from snapshot in Subfolders(Path.Combine(repository, "snapshots"))
                   let commit = Path.GetFileName(snapshot)
                   where ModelReference.IsCommitHash(commit)
                   let revisions = references.Where(reference => reference.Commit == commit).Select(reference => reference.Name)
                   select new CachedModel(RepositoryName(repository), commit, [.. revisions], Size(snapshot), snapshot)];
    }

    private string Repository(ModelReference model) => Path.Combine(folder, FolderName(model));

    private string Reference(ModelReference model) => Path.Combine(Repository(model), "refs", model.Revision);

    private string Absence(ModelReference model, string commit, string name) => Path.Combine(Repository(model), ".no_exist", commit, name);

    /// <summary>A new name beside blobs and snapshots, where nothing is looked for.</summary>
    private string Temporary(ModelReference model) => Path.Combine(Repository(model), $"tmp_{Guid.NewGuid():N}");

    /// <summary>The commit that a reference holds; null if it holds none, so that nothing outside the cache is ever looked at.</summary>
    private static string? ReadReference(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is var commit && ModelReference.IsCommitHash(commit) ? commit : null;

    private static string RepositoryName(string folder) =>
        Path.GetFileName(folder)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal);

    private static (string Name, string? Commit)[] References(string repository)
    {
        var top = Path.Combine(repository, "refs");
        if (!Directory.Exists(top)) return [];
        return [.. from file in Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
                   let name = Path.GetRelativePath(top, file).Replace('\\', '/')
                   orderby name
                   select (name, ReadReference(file))];
    }

    private static IEnumerable<string> Subfolders(string path) =>
        Directory.Exists(path) ? Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal) : [];

    private static long Size(string snapshot) => Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories).Select(Target)
        .DistinctBy(file => file.FullName).Sum(file => file.Exists ? file.Length : 0);

    private static FileInfo Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new(path);
}
