using System.IO.Compression;

namespace Nabla.Data;

/// <summary>Opens files of data, packed by gzip or not.</summary>
public static class DataFile
{
    private const int Buffer = 1 << 16;

    /// <summary>
    /// Opens a file to be read from its beginning to its end. One that begins as gzip does is unpacked on the way, whatever it is called. That one was cut off, .NET says by an
    /// <see cref="InvalidDataException"/> only in programs with the switch <c>System.IO.Compression.UseStrictValidation</c>; in others it ends early.
    /// </summary>
    /// <exception cref="DataFileException">There is no such file, or it cannot be opened.</exception>
    public static Stream OpenRead(string path)
    {
        var file = OpenStored(path);
        if (!IsPacked(file)) return file;
        return new BufferedStream(new GZipStream(file, CompressionMode.Decompress), Buffer);
    }

    /// <summary>Opens a file of text, as <see cref="OpenRead"/> does. Bytes that are no UTF-8, in a file that no byte order mark says to be UTF-16 or UTF-32, are an error when they are read.</summary>
    /// <exception cref="DataFileException">There is no such file, or it cannot be opened; when it is read, at the line that is no UTF-8.</exception>
    public static Stream OpenText(string path) => new Utf8Stream(OpenRead(path), path);

    /// <summary>Opens a file as it is stored.</summary>
    internal static FileStream OpenStored(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, null, $"there is no such file; the current folder is {Directory.GetCurrentDirectory()}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, null, $"the file cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>Whether the file begins with gzip's magic number (RFC 1952); it is at its beginning again afterwards.</summary>
    internal static bool IsPacked(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic is [0x1F, 0x8B];
    }
}
