using System.Text;

namespace Nabla.Data;

/// <summary>
/// Opens files of text in any encoding, compressed by gzip or not. No character is lost unnoticed: bytes that the encoding does not have,
/// and NUL characters, are errors that name the line.
/// </summary>
public static class TextFile
{
    private const string Remedy = "Name the encoding of the file: \"windows-1252\" (Western Europe, Excel), \"latin-1\", "
        + "\"gb18030\" (Chinese), \"shift_jis\" (Japanese), …; or save it in UTF-8.";

    /// <summary>Opens a text to be read from its beginning to its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">
    /// The name of its encoding, as .NET or Python write it: <c>windows-1252</c>, <c>cp1252</c>, <c>latin-1</c>, <c>utf-16</c>,
    /// <c>gb18030</c>; null: UTF-8. A byte order mark of UTF-8, UTF-16 or UTF-32 at the beginning of the file takes precedence.
    /// </param>
    /// <exception cref="DataFileException">
    /// There is no such file or encoding; while reading, at the line concerned: bytes that are not of the encoding, a NUL, or damaged gzip
    /// data.
    /// </exception>
    public static TextReader Open(string path, string? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var chosen = Marked(path) ?? (encoding is null ? Encoding.UTF8 : Find(path, encoding));
        var bytes = DataFile.OpenRead(path);
        if (chosen.CodePage == Encoding.UTF8.CodePage) bytes = new Utf8Stream(bytes, path, Remedy);
        return new CheckedTextReader(new StreamReader(bytes, chosen, detectEncodingFromByteOrderMarks: false), path, chosen.WebName);
    }

    /// <summary>The encoding that a byte order mark says; null: there is none.</summary>
    private static Encoding? Marked(string path)
    {
        using var bytes = DataFile.OpenRead(path);
        Span<byte> first = stackalloc byte[4];
        try
        {
            return first[..bytes.ReadAtLeast(first, 4, throwOnEndOfStream: false)] switch
            {
                [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8,
                [0xFF, 0xFE, 0, 0] => new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
                [0, 0, 0xFE, 0xFF] => new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
                [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
                [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
                _ => null,
            };
        }
        catch (InvalidDataException error)
        {
            throw CheckedTextReader.Damaged(path, 1, error);
        }
    }

    private static Encoding Find(string path, string name)
    {
        var (written, lost) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            // Python's names: latin-1, cp1252, utf8.
            var lower = name.Trim().ToLowerInvariant().Replace("latin-", "latin", StringComparison.Ordinal);
            if (lower.StartsWith("utf", StringComparison.Ordinal) && lower.Length > 3 && char.IsAsciiDigit(lower[3]))
                lower = lower.Insert(3, "-");
            var page = lower.StartsWith("cp", StringComparison.Ordinal) && int.TryParse(lower.AsSpan(2), out var number) ? number : 0;
            var others = CodePagesEncodingProvider.Instance;
            return page > 0 ? others.GetEncoding(page, written, lost) ?? Encoding.GetEncoding(page, written, lost)
                : others.GetEncoding(lower, written, lost) ?? Encoding.GetEncoding(lower, written, lost);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new DataFileException(path, null, $"there is no encoding \"{name}\". {Remedy}", error);
        }
    }
}
