using System.Globalization;
using System.IO.Compression;
using System.Text;
using Nabla.Text;

namespace Nabla.Tests.Text;

/// <summary>
/// Against Unicode 15.0's own NormalizationTest.txt: parts 0, 2 and 3, and every sixteenth line of part 1. A line has a source, its NFC, NFD, NFKC and NFKD.
/// </summary>
public sealed class NormalFormTests
{
    static readonly string[][] Lines = Read();

    static string[][] Read()
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Sources.Root, "tests", "fixtures", "text", "normalization.txt.gz")), CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(';').Select(field =>
            string.Concat(field.Split(' ').Select(code => char.ConvertFromUtf32(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))))).ToArray())];
    }

    [Theory]
    [InlineData(false, true, 1, 1, 1, 3, 3)]
    [InlineData(false, false, 2, 2, 2, 4, 4)]
    [InlineData(true, true, 3, 3, 3, 3, 3)]
    [InlineData(true, false, 4, 4, 4, 4, 4)]
    public void Every_line_of_Unicodes_test_holds(bool compatibly, bool composes, params int[] expected)
    {
        Assert.True(Lines.Length > 3000);
        foreach (var line in Lines)
            for (var column = 0; column < 5; column++)
                Assert.Equal(line[expected[column]], NormalForm.Of(new(line[column], 0, line[column].Length), compatibly, composes).Text);
    }

    [Fact]
    public void Characters_remember_where_they_come_from()
    {
        var text = new AlignedText("aﬁe\u0301한🙂", 0, 7);
        var decomposed = NormalForm.Of(text, compatibly: true, composes: false);
        Assert.Equal("afie\u0301\u1112\u1161\u11AB🙂", decomposed.Text);
        Assert.Equal([0, 1, 1, 2, 3, 4, 4, 4, 5, 5], Enumerable.Range(0, 10).Select(decomposed.StartOf));
        Assert.Equal([1, 2, 2, 3, 4, 5, 5, 5, 7, 7], Enumerable.Range(1, 10).Select(decomposed.EndOf));
        var composed = NormalForm.Of(decomposed, compatibly: false, composes: true);
        Assert.Equal("afié한🙂", composed.Text);
        Assert.Equal((2, 4), (composed.StartOf(3), composed.EndOf(4)));
    }

    [Fact]
    public void Accents_come_off_and_capitals_become_small()
    {
        static string Apply(Normalizer normalizer, string text) => normalizer.Apply(new(text, 0, text.Length)).Text;
        var plain = new NormalizerSequence([new UnicodeForm(false, false), new StripAccents(), new Lowercase()]);
        Assert.Equal("uber naive cafe", Apply(plain, "Über naïve CAFÉ"));
        Assert.Equal("i\u0307ß\uD83D", Apply(new Lowercase(), "İß\uD83D"));
    }
}
