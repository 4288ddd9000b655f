using System.Text;

namespace Nabla.Data;

/// <summary>Lines that make a document.</summary>
/// <param name="Line">The number of the first, counted from 1.</param>
/// <param name="GroupLine">The first line of the document that this is a part of, if it was cut; else the same.</param>
/// <param name="Lines">Not all blank.</param>
internal sealed record DocumentLines(long Line, long GroupLine, IReadOnlyList<string> Lines);

/// <summary>
/// Reads a file of text document by document, packed by gzip or not, with any line ends, with or without a byte order mark. So that
/// memory suffices whatever the file holds, a line is cut at white space before <see cref="LongestLine"/> characters and a document
/// behind the line with which it has <see cref="LongestDocument"/>.
/// </summary>
internal sealed class TextFileReader(string path, DocumentBoundary boundary) : IDisposable
{
    public const int LongestLine = 1 << 20, LongestDocument = 1 << 22;

    private readonly StreamReader text = new(DataFile.OpenText(path));
    private readonly StringBuilder line = new();
    private long number;
    private bool isContinued;

    public void Dispose() => text.Dispose();

    /// <summary>The documents, from the first on.</summary>
    public IEnumerable<DocumentLines> Documents()
    {
        var (lines, characters, first, group) = (new List<string>(), 0, 0L, 0L);
        while (Next() is { } next)
        {
            var isBlank = string.IsNullOrWhiteSpace(next);
            if (lines.Count == 0 && !isBlank) (first, group) = (number, group == 0 ? number : group);
            if (!isBlank || lines.Count > 0) lines.Add(next);
            characters += next.Length;
            var isEnd = isBlank && boundary == DocumentBoundary.BlankLine;
            if (lines.Count > 0 && (isEnd || characters >= LongestDocument))
            {
                yield return new(first, group, lines);
                (lines, characters) = ([], 0);
            }
            if (isEnd) group = 0;
        }
        if (lines.Count > 0) yield return new(first, group, lines);
    }

    /// <summary>The next line, or the next part of one that is too long; null at the end.</summary>
    private string? Next()
    {
        var wasContinued = isContinued;
        if (!wasContinued) number++;
        isContinued = false;
        try
        {
            for (var read = text.Read(); read >= 0; read = text.Read())
            {
                if (read is '\r' or '\n')
                {
                    if (read == '\r' && text.Peek() == '\n') text.Read();
                    // The end of a long line of which all was given is no blank line.
                    if (!wasContinued || line.Length > 0) return Taken(line.Length);
                    (wasContinued, number) = (false, number + 1);
                    continue;
                }
                line.Append((char)read);
                if (line.Length < LongestLine) continue;
                isContinued = true;
                return Taken(LastSpace());
            }
            return line.Length > 0 ? Taken(line.Length) : null;
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, number,
                $"cannot be unpacked from here on: {error.Message} The file is damaged: fetch it again.", error);
        }
    }

    private string Taken(int length)
    {
        var taken = line.ToString(0, length);
        line.Remove(0, length);
        return taken;
    }

    /// <summary>How much of the line goes up to its last white space; all if it has none.</summary>
    private int LastSpace()
    {
        var all = line.ToString();
        var end = all.Length;
        while (end > 0 && !char.IsWhiteSpace(all[end - 1])) end--;
        // Both halves of a surrogate pair stay together.
        return end > 0 ? end : char.IsHighSurrogate(all[^1]) ? all.Length - 1 : all.Length;
    }
}
