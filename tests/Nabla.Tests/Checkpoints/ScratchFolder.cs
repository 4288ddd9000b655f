namespace Nabla.Tests.Checkpoints;

/// <summary>A folder that is gone when the test is over.</summary>
sealed class ScratchFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("nabla-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
