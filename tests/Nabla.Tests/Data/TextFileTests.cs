using System.Text;
using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class TextFileTests
{
    /// <summary>Gives as many bytes at a time as it likes.</summary>
    sealed class Dripping(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(most, buffer.Length)]);
    }

    static byte[] ReadAll(byte[] bytes, int drip, int buffer = 7)
    {
        using var stream = new Utf8Stream(new Dripping(bytes, drip), "some.txt");
        using var all = new MemoryStream();
        var piece = new byte[buffer];
        while (stream.Read(piece, 0, piece.Length) is > 0 and var read) all.Write(piece, 0, read);
        return all.ToArray();
    }

    static readonly Gen<string> Texts = Gen.Int[0, 5].Select(i => new[] { "a", "\n", "é", "∇", "𠀋", "🙂" }[i]).Array[0, 30].Select(string.Concat);

    [Fact]
    public void Text_passes_as_it_is_however_it_is_cut() => Gen.Select(Texts, Gen.Int[1, 9], Gen.Int[1, 9]).Sample((text, drip, buffer) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes, ReadAll(bytes, drip, buffer));
    });

    /// <summary>Held to .NET's own decoder, which throws where bytes are no UTF-8.</summary>
    [Fact]
    public void What_is_no_UTF_8_is_an_error_at_its_line() => Gen.Select(Texts, Gen.Byte, Gen.Int[0, 100], Gen.Int[1, 9]).Sample((text, odd, place, drip) =>
    {
        var bytes = Encoding.UTF8.GetBytes("abcd" + text).ToList();
        bytes.Insert(4 + (place % (bytes.Count - 3)), odd);
        var all = bytes.ToArray();
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(all);
        }
        catch (DecoderFallbackException fallback)
        {
            var error = Assert.Throws<DataFileException>(() => ReadAll(all, drip));
            Assert.Equal(1 + all.AsSpan(0, fallback.Index).Count((byte)'\n'), error.Line);
            return;
        }
        Assert.Equal(all, ReadAll(all, drip));
    });

    [Fact]
    public void A_byte_order_mark_names_other_encodings()
    {
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            using var files = new Fixture();
            using var reader = new StreamReader(DataFile.OpenText(files.Write("text.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes("é\n∇")])));
            Assert.Equal("é\n∇", reader.ReadToEnd());
        }
    }
}
