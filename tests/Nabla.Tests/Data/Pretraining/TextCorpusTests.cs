using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class TextCorpusTests
{
    static readonly TextCorpusOptions Prose = new(DocumentBoundary.File, SentenceBoundary.Punctuation);

    static string[] Text(IEnumerable<TextDocument> documents) =>
        [.. documents.Select(document => $"{document.Name}: {string.Join('|', document.Sentences)}")];

    static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest)) stream.Write(content);
        return packed.ToArray();
    }

    [Theory, InlineData("\n", false), InlineData("\r\n", false), InlineData("\r", false), InlineData("\n", true), InlineData("\r\n", true)]
    public void A_blank_line_ends_a_document_and_a_line_a_sentence(string end, bool isPacked)
    {
        using var files = new Fixture();
        var content = Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes($"{end}One.{end}Two. Three.{end} \t{end}{end}四。五。{end}"))
            .ToArray();
        var path = files.Write("corpus.txt", isPacked ? Packed(content) : content);
        Assert.Equal(["corpus.txt:2: One.|Two. Three.", "corpus.txt:6: 四。五。"], Text(TextCorpus.Read(path)));
        Assert.Equal(["corpus.txt:2: One.|Two.|Three.", "corpus.txt:6: 四。|五。"],
            Text(TextCorpus.Read(path, new(Sentences: SentenceBoundary.Punctuation))));
        Assert.Equal(["corpus.txt: One.|Two. Three.|四。五。"], Text(TextCorpus.Read(path, new(DocumentBoundary.File))));
    }

    [Fact]
    public void Lines_of_a_paragraph_are_joined()
    {
        using var files = new Fixture();
        var path = files.Write("book.txt", "CHAPTER 1\n\nCall me\nIshmael. Some years\n  ago I sailed\n\n床前明\n月光。hello\nworld\n");
        Assert.Equal(["book.txt: CHAPTER 1|Call me Ishmael.|Some years ago I sailed|床前明月光。|hello world"],
            Text(TextCorpus.Read(path, Prose)));
    }

    [Fact]
    public void A_folder_is_its_texts_in_order_and_says_what_it_ignores()
    {
        using var files = new Fixture();
        foreach (var folder in new[] { "b", ".git" }) Directory.CreateDirectory(Path.Combine(files.Folder, folder));
        foreach (var name in new[] { "z.txt", "b/a.TEXT", "a.txt", ".hidden.txt", ".git/x.txt", "b/image.png", "notes" })
            files.Write(name, $"{name}\n");
        files.Write("c.txt.gz", Packed("c\n"u8.ToArray()));
        Directory.CreateSymbolicLink(Path.Combine(files.Folder, "loop"), files.Folder);
        var found = TextFiles.Find(files.Folder);
        Assert.Equal(["a.txt: a.txt", "b/a.TEXT: b/a.TEXT", "c.txt.gz: c", "z.txt: z.txt"],
            Text(TextCorpus.Read(found, new(DocumentBoundary.File))));
        Assert.Equal(
            [".git: its name begins with a point", ".hidden.txt: its name begins with a point",
                "b/image.png: its name does not end as that of a text",
             "loop: it is a link to a folder", "notes: its name does not end as that of a text"],
            found.Ignored.Select(file => $"{Path.GetRelativePath(files.Folder, file.Path)}: {file.Reason}"));
    }

    [Fact]
    public void What_cannot_be_read_is_an_error_that_says_why()
    {
        using var files = new Fixture();
        var nowhere = Path.Combine(files.Folder, "nowhere");
        Assert.StartsWith($"{nowhere}: there is no such file or folder;",
            Assert.Throws<DataFileException>(() => TextCorpus.Read(nowhere)).Message);
        Assert.EndsWith("has no file of text (.txt, .text, .txt.gz, .text.gz); it is empty.",
            Assert.Throws<DataFileException>(() => TextCorpus.Read(files.Folder)).Message);
        files.Write("image.png", "");
        Assert.EndsWith("1 files are ignored, the first of them " + Path.Combine(files.Folder, "image.png")
            + ": its name does not end as that of a text.",
            Assert.Throws<DataFileException>(() => TextCorpus.Read(files.Folder)).Message);
        var latin = files.Write("latin.txt", Encoding.Latin1.GetBytes("One.\nTwo: café.\n"));
        Assert.StartsWith($"{latin}:2: is no text in UTF-8: the byte E9",
            Assert.Throws<DataFileException>(() => TextCorpus.Read(latin).ToArray()).Message);
        // A block of the type that deflate does not have (RFC 1951, §3.2.3).
        byte[] cut = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0b111, 0, 0, 0];
        var damaged = files.Write("damaged.txt.gz", cut);
        Assert.Contains("cannot be unpacked from here on",
            Assert.Throws<DataFileException>(() => TextCorpus.Read(damaged).ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("\n\n \n"), InlineData("\uFEFF")]
    public void An_empty_file_has_no_document(string content)
    {
        using var files = new Fixture();
        files.Write("empty.txt", content);
        files.Write("full.txt", "One.");
        Assert.Equal(["full.txt:1: One."], Text(TextCorpus.Read(files.Folder)));
        Assert.Equal(["full.txt: One."], Text(TextCorpus.Read(files.Folder, Prose)));
    }

    /// <summary>
    /// Ten million characters in one line: nothing is lost, no part is longer than a part may be, and all parts are of one group.
    /// </summary>
    [Theory, InlineData("word "), InlineData("😀")]
    public void One_huge_line_is_read_in_parts(string word)
    {
        using var files = new Fixture();
        var content = string.Concat(Enumerable.Repeat(word, 10_000_000 / word.Length));
        var path = files.Write("huge.txt", $"{content}\nEnd.\n\nNext.\n");
        var documents = TextCorpus.Read(path).ToArray();
        Assert.Equal(["Next."], documents[^1].Sentences);
        Assert.Equal("End.", documents[^2].Sentences[^1]);
        Assert.All(documents.SelectMany(document => document.Sentences), sentence =>
            Assert.InRange(sentence.Length, 1, TextFileReader.LongestLine));
        Assert.Equal(["huge.txt:1", "huge.txt:4"], documents.Select(document => document.Group).Distinct());
        Assert.InRange(documents.Length, 3, 5);
        var read = string.Join(word.EndsWith(' ') ? " " : "", documents[..^1].SelectMany(document => document.Sentences))[..^4];
        Assert.Equal(content.TrimEnd(), read.TrimEnd());
    }

    [Fact]
    public void A_line_that_fills_the_reader_exactly_ends_no_document()
    {
        using var files = new Fixture();
        var path = files.Write("exact.txt", $"{new string('a', TextFileReader.LongestLine)}\nb\n\nc\n");
        Assert.Equal([2, 1], TextCorpus.Read(path).Select(document => document.Sentences.Count));
        Assert.Equal("exact.txt:4", TextCorpus.Read(path).Last().Name);
    }

    [Fact]
    public void Going_on_from_any_position_reads_what_was_left()
    {
        using var files = new Fixture();
        for (var i = 0; i < 4; i++)
            files.Write($"{i}.txt", i == 2 ? "" : string.Concat(Enumerable.Range(0, 3).Select(j => $"{i} {j}\nmore\n\n")));
        var corpus = TextCorpus.Read(files.Folder).Map(document => document.Sentences[0]);
        var whole = corpus.ToArray();
        Assert.Equal(9, whole.Length);
        using var cursor = corpus.Open();
        for (var at = 0; at <= whole.Length; at++)
        {
            using var again = corpus.Open(JsonNode.Parse(cursor.State.ToJsonString())!);
            Assert.Equal(whole[at..], again.Rest());
            Assert.Equal(at < whole.Length, cursor.MoveNext());
        }
        Assert.Throws<ArgumentException>(() => corpus.Open(new JsonObject { ["file"] = 0, ["at"] = 5, ["count"] = 4 }));
        Assert.Throws<ArgumentException>(() => corpus.Open(new JsonObject { ["file"] = 0, ["at"] = 0, ["count"] = 3 }));
    }

    [Fact]
    public void A_document_is_made_of_any_text()
    {
        Assert.Equal(["A line. Broken.", "Next"],
            TextDocument.From("row 1", "A line. Broken.\r\n\nNext\n", SentenceBoundary.Line).Sentences);
        Assert.Equal(["A line broken.", "Next", "Last"], TextDocument.From("row 1", "A line\nbroken. Next\n\nLast").Sentences);
    }
}
