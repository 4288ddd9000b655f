using System.Text;

namespace Nabla.Data;

/// <summary>The characters of a text file. What cannot be decoded or decompressed, and NUL, is an error at its line.</summary>
internal sealed class CheckedTextReader(StreamReader text, string path, string encoding) : TextReader
{
    private readonly char[] buffer = new char[1 << 14];
    private int at, end;
    private long line = 1;

    public static DataFileException Damaged(string path, long line, Exception error) =>
        new(path, line, $"cannot be decompressed from here on: {error.Message} The file is damaged: download it again.", error);

    public override int Peek() => at < end || Fill() ? buffer[at] : -1;

    public override int Read() => at < end || Fill() ? buffer[at++] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (buffer.IsEmpty || (at == end && !Fill())) return 0;
        var count = Math.Min(buffer.Length, end - at);
        this.buffer.AsSpan(at, count).CopyTo(buffer);
        at += count;
        return count;
    }

    public override int ReadBlock(Span<char> buffer)
    {
        var count = 0;
        for (int read; count < buffer.Length && (read = Read(buffer[count..])) > 0; count += read) { }
        return count;
    }

    public override string? ReadLine()
    {
        if (Peek() < 0) return null;
        StringBuilder? begun = null;
        do
        {
            var rest = buffer.AsSpan(at, end - at);
            var stop = rest.IndexOfAny('\r', '\n');
            if (stop >= 0)
            {
                var whole = begun is null ? new string(rest[..stop]) : begun.Append(rest[..stop]).ToString();
                at += stop;
                if (Read() == '\r' && Peek() == '\n') at++;
                return whole;
            }
            begun = (begun ?? new()).Append(rest);
            at = end;
        }
        while (Fill());
        return begun.ToString();
    }

    private bool Fill()
    {
        (at, end) = (0, Next());
        var filled = buffer.AsSpan(0, end);
        if (filled.IndexOf('\0') is >= 0 and var nul)
        {
            throw new DataFileException(path, line + filled[..nul].Count('\n'),
                "holds a NUL character, so it is not a text file, or it is UTF-16 without a byte order mark. "
                    + "Name the encoding (\"utf-16\") in the second case.");
        }
        line += filled.Count('\n');
        return end > 0;
    }

    private int Next()
    {
        try
        {
            return text.Read(buffer);
        }
        catch (DecoderFallbackException error)
        {
            var bytes = Convert.ToHexString(error.BytesUnknown ?? []);
            throw new DataFileException(path, line, $"here or in the lines after it, the bytes {bytes} are not {encoding}. "
                + "Name another encoding.", error);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, line, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) text.Dispose();
        base.Dispose(disposing);
    }
}
