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

    static readonly Gen<string> Lines = Gen.Int[0, 6].Select(i =>
        new[] { "a", "\n", "\r", "\r\n", "é", "🙂", new string('x', 9000) }[i]).Array[0, 20].Select(string.Concat);

    /// <summary>Held to .NET's own reader.</summary>
    [Fact]
    public void Lines_and_characters_are_those_of_any_reader() => Lines.Sample(text =>
    {
        using var files = new Fixture();
        var path = files.Write("text.txt", text);
        using var lines = TextFile.Open(path);
        using var expected = new StringReader(text);
        string? line;
        do Assert.Equal(line = expected.ReadLine(), lines.ReadLine());
        while (line is not null);
        using var whole = TextFile.Open(path);
        Assert.Equal(text, whole.ReadToEnd());
        using var single = TextFile.Open(path);
        foreach (var character in text) Assert.Equal((character, character), ((char)single.Peek(), (char)single.Read()));
        Assert.Equal((-1, -1), (single.Peek(), single.Read()));
        using var block = TextFile.Open(path);
        var buffer = new char[text.Length + 1];
        Assert.Equal(text.Length, block.ReadBlock(buffer));
        Assert.Equal(text, new string(buffer, 0, text.Length));
    }, iter: 30);

    [Fact]
    public void A_text_is_decoded_by_the_encoding_named_and_by_its_mark()
    {
        using var files = new Fixture();
        foreach (var (name, encoding) in new[] { ("utf-8", Encoding.UTF8), ("utf-16", Encoding.Unicode), ("utf-32", Encoding.UTF32),
            ("latin-1", Encoding.Latin1), ("UTF8", Encoding.UTF8) })
        {
            using var text = TextFile.Open(files.Write("text.txt", encoding.GetBytes("né\n")), name);
            Assert.Equal("né\n", text.ReadToEnd());
        }
        foreach (var encoding in new Encoding[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32,
            new UTF32Encoding(bigEndian: true, byteOrderMark: true) })
        {
            using var text = TextFile.Open(files.Write("text.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes("é∇")]), "latin-1");
            Assert.Equal("é∇", text.ReadToEnd());
        }
    }

    [Fact]
    public void What_is_no_text_is_an_error_at_its_line()
    {
        using var files = new Fixture();
        Assert.Equal(2, Fault([.. "ab\nc"u8, 0xE9, .. "d\n"u8]).Line);
        Assert.Equal(3, Fault("a\nb\nc\0d"u8.ToArray()).Line);
        Assert.Contains("the bytes E9 are not us-ascii", Fault([.. "ab\nc"u8, 0xE9], "ascii").Message);
        Assert.Contains("the bytes", Fault([0xFF, 0xFE, .. "a\0"u8, 0, 0xD8, .. "b\0"u8]).Message);
        Assert.Contains("there is no encoding \"klingon\"", Fault("a"u8.ToArray(), "klingon").Message);
        var packed = File.ReadAllBytes(Fixture.Of("rows.jsonl.gz"));
        Assert.Contains("cannot be decompressed", Fault(packed[..^12]).Message);

        DataFileException Fault(byte[] bytes, string? encoding = null) => Assert.Throws<DataFileException>(() =>
        {
            using var text = TextFile.Open(files.Write("text.txt", bytes), encoding);
            text.ReadToEnd();
        });
    }
}
