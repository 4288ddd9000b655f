using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Checkpoints;

/// <summary>
/// Writes a file as a whole or not at all: under a temporary name in the same folder, flushed to the disk, then renamed over the old one, and the folder
/// flushed too, so that the new name outlives a loss of power.
/// </summary>
internal static class AtomicFile
{
    /// <summary>What the names of files that are being written end in; they begin with a dot.</summary>
    private const string Temporary = ".tmp";

    /// <summary>Removes what processes that were killed while they wrote into a folder have left there. Call it only where nobody writes.</summary>
    public static void RemoveLeftovers(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, $".*{Temporary}")) Remove(file);
    }

    /// <summary>The file that a chain of links ends at; the path itself if it is no link.</summary>
    public static string Resolve(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
    }

    /// <summary>Replaces <paramref name="path"/> by what <paramref name="write"/> writes, <paramref name="bytes"/> in all.</summary>
    /// <exception cref="CheckpointException">It cannot be written: what was there before is untouched and no temporary file is left.</exception>
    public static void Write(string path, long bytes, Action<SafeFileHandle> write)
    {
        if (Directory.Exists(path)) throw new CheckpointException(path, null, "cannot be written: it is a folder. Name a file in it.");
        string? temporary = null;
        try
        {
            var target = Path.GetFullPath(Resolve(path));
            temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}{Temporary}");
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: bytes))
            {
                write(handle);
                RandomAccess.FlushToDisk(handle);
            }
            File.Move(temporary, target, overwrite: true);
            temporary = null;
            FolderFlush.Of(Path.GetDirectoryName(target)!);
        }
        // .NET says ArgumentOutOfRangeException where a file would become larger than the file system or a quota allows.
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new CheckpointException(path, null, $"cannot be written ({bytes} bytes): {error.Message} {Remedy(path)}", error);
        }
        finally
        {
            if (temporary is not null) Remove(temporary);
        }
    }

    private static string Remedy(string path) =>
        Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder) ? $"Create the folder {folder} first."
        : $"Free space on the disk or choose another folder; what was there before is untouched.";

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The reason why the file could not be written is the one to report.
        }
    }

    /// <summary>Writes JSON, indented, in which letters of any script stand as themselves, for people who look into the file.</summary>
    /// <exception cref="CheckpointException">It cannot be written; what was there before is untouched.</exception>
    public static void WriteJson(string path, JsonNode json)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) json.WriteTo(writer);
        Write(path, text.Length, handle => RandomAccess.Write(handle, text.GetBuffer().AsSpan(0, (int)text.Length), 0));
    }
}
