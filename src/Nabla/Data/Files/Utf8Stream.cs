using System.Text;
using System.Text.Unicode;

namespace Nabla.Data;

/// <summary>
/// Passes on the bytes of a text and looks whether they are UTF-8, so that none becomes U+FFFD unnoticed. A text that a byte order mark says to be UTF-16 or UTF-32 is passed on as it is.
/// </summary>
internal sealed class Utf8Stream(Stream source, string path, string remedy = Utf8Stream.Convert) : Stream
{
    private const string Convert = "Save it in UTF-8 (iconv -f ISO-8859-1 -t UTF-8, where it is of Western Europe).";

    private readonly byte[] unfinished = new byte[4];
    private int pending;
    private long line = 1;
    private bool isBegun, isOther;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // The first bytes together, whatever the source gives at a time: a byte order mark is to be seen whole.
        var read = isBegun ? source.Read(buffer) : source.ReadAtLeast(buffer, Math.Min(4, buffer.Length), throwOnEndOfStream: false);
        if (!isBegun) (isBegun, isOther) = (true, buffer[..read] is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] or [0, 0, 0xFE, 0xFF, ..]);
        if (isOther || buffer.IsEmpty) return read;
        if (read == 0 && pending > 0) throw Undecodable(unfinished.AsSpan(0, pending), 0);
        Check(buffer[..read]);
        return read;
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        // A character that the last piece broke off is finished first.
        while (pending > 0 && bytes.Length > 0)
        {
            unfinished[pending++] = bytes[0];
            bytes = bytes[1..];
            var status = Rune.DecodeFromUtf8(unfinished.AsSpan(0, pending), out _, out _);
            if (status == System.Buffers.OperationStatus.InvalidData) throw Undecodable(unfinished.AsSpan(0, pending), 0);
            if (status == System.Buffers.OperationStatus.Done) pending = 0;
        }
        var whole = bytes[..^Unfinished(bytes)];
        if (!Utf8.IsValid(whole)) throw Undecodable(whole, FirstInvalid(whole));
        line += whole.Count((byte)'\n');
        if (whole.Length == bytes.Length) return;
        bytes[whole.Length..].CopyTo(unfinished);
        pending = bytes.Length - whole.Length;
    }

    /// <summary>How many bytes at the end begin a character that goes on behind them.</summary>
    private static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80) continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }

    private DataFileException Undecodable(ReadOnlySpan<byte> bytes, int at) => new(path, line + bytes[..at].Count((byte)'\n'),
        $"is no text in UTF-8: the byte {bytes[at]:X2} stands where none can. {remedy}");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }
}
