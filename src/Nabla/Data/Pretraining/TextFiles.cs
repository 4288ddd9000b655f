namespace Nabla.Data;

/// <summary>A file or folder that is not read, and why.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why it is ignored.</param>
public sealed record IgnoredFile(string Path, string Reason);

/// <summary>The files of text in a folder.</summary>
/// <param name="Root">The folder; the names of documents are relative to it.</param>
/// <param name="Files">In ordinal order of their paths.</param>
/// <param name="Ignored">What is not read.</param>
public sealed record TextFiles(string Root, IReadOnlyList<string> Files, IReadOnlyList<IgnoredFile> Ignored)
{
    private static readonly string[] Endings = [".txt", ".text", ".txt.gz", ".text.gz"];

    /// <summary>
    /// A file, whatever it is called; or of a folder and its subfolders the files whose names end in .txt or .text, packed by gzip (.gz)
    /// or not. Names that begin with a point and links to folders are ignored, too.
    /// </summary>
    /// <exception cref="DataFileException">There is no such file or folder, a folder cannot be read, or it has no such file.</exception>
    public static TextFiles Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path)) return new(Path.GetDirectoryName(Path.GetFullPath(path))!, [path], []);
        if (!Directory.Exists(path))
            throw new DataFileException(path, null,
                $"there is no such file or folder; the current folder is {Directory.GetCurrentDirectory()}.");
        var (files, ignored) = (new List<string>(), new List<IgnoredFile>());
        Visit(path, files, ignored);
        if (files.Count == 0)
        {
            throw new DataFileException(path, null, $"has no file of text ({string.Join(", ", Endings)}); "
                + (ignored.Count == 0 ? "it is empty."
                    : $"{ignored.Count} files are ignored, the first of them {ignored[0].Path}: {ignored[0].Reason}."));
        }
        files.Sort(StringComparer.Ordinal);
        return new(path, files, ignored);
    }

    private static void Visit(string folder, List<string> files, List<IgnoredFile> ignored)
    {
        foreach (var path in Entries(folder))
        {
            var isFolder = Directory.Exists(path);
            if (Fault(path, isFolder) is { } reason) ignored.Add(new(path, reason));
            else if (isFolder) Visit(path, files, ignored);
            else files.Add(path);
        }
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(folder, null, $"the folder cannot be read: {error.Message}", error);
        }
    }

    private static string? Fault(string path, bool isFolder)
    {
        if (Path.GetFileName(path).StartsWith('.')) return "its name begins with a point";
        if (isFolder) return new DirectoryInfo(path).LinkTarget is null ? null : "it is a link to a folder";
        return Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) ? null
            : "its name does not end as that of a text";
    }
}
