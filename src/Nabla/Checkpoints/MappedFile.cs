using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Nabla.Checkpoints;

/// <summary>A file mapped into memory for reading. Any number of threads may read.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    /// <summary>No format that is read here has a shorter file.</summary>
    private const int ShortestFile = 8;

    private readonly SafeFileHandle handle;
    private readonly MemoryMappedFile mapping;
    private readonly MemoryMappedViewAccessor view;

    private MappedFile(string path)
    {
        Path = path;
        RefuseWhatIsNoFile(path);
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(handle);
            if (Length < ShortestFile) throw TooShort(path, Length);
            mapping = MemoryMappedFile.CreateFromFile(
                handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes when it was opened, 8 or more.</summary>
    public long Length { get; }

    /// <exception cref="CheckpointException">
    /// There is no such file, it cannot be opened, or it is no regular file of 8 bytes or more.
    /// </exception>
    public static MappedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new MappedFile(path);
        }
        catch (Exception error) when (error is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, null, $"cannot be opened: {error.Message} Check the path and the permissions.", error);
        }
    }

    /// <summary>Holds the mapping while its bytes are read.</summary>
    /// <param name="tensor">Whose bytes are wanted, for the error message.</param>
    /// <exception cref="CheckpointException">
    /// The file has become shorter: touching a page that it no longer reaches would end the process.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public Lease Acquire(string? tensor = null)
    {
        var lease = new Lease(view);
        if (RandomAccess.GetLength(handle) >= Length) return lease;
        lease.Dispose();
        throw new CheckpointException(Path, tensor,
            $"the file was {Length} bytes long when it was opened and is shorter now. Open it again.");
    }

    public void Dispose()
    {
        view?.Dispose();
        mapping?.Dispose();
        handle.Dispose();
    }

    /// <summary>Before opening: opening a pipe would wait for its writer. What is no regular file has length 0.</summary>
    private static void RefuseWhatIsNoFile(string path)
    {
        var file = new FileInfo(AtomicFile.Resolve(path));
        if (Directory.Exists(file.FullName)) throw new CheckpointException(path, null, "is a folder. Name the file in it.");
        if (file.Exists && file.Length < ShortestFile) throw TooShort(path, file.Length);
    }

    private static CheckpointException TooShort(string path, long bytes) =>
        new(path, null, $"has {bytes} bytes: it is cut off, or not a regular file. Download or save it again.");

    /// <summary>The bytes of the file, for as long as this is not disposed of.</summary>
    public readonly ref struct Lease : IDisposable
    {
        private readonly MemoryMappedViewAccessor view;

        public Lease(MemoryMappedViewAccessor view)
        {
            this.view = view;
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = start + view.PointerOffset;
        }

        /// <summary>The first byte of the file.</summary>
        public byte* Start { get; }

        public void Dispose() => view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
