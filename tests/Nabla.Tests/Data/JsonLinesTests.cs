using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class JsonLinesTests
{
    [Theory, InlineData("rows.jsonl"), InlineData("rows.jsonl.gz")]
    public void Rows_are_those_that_Python_wrote(string file)
    {
        var rows = JsonLines.Read(Fixture.Of(file)).Select(row => ((string)row["text"]!, (int)row["label"]!, (double)row["weight"]!));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => ($"line {i}: “quoted”, ∇ and \n a break", i % 3, i / 8.0)), rows);
    }

    [Theory, InlineData("rows.jsonl"), InlineData("rows.jsonl.gz")]
    public void Reading_goes_on_from_any_position(string file)
    {
        var rows = JsonLines.Read(Fixture.Of(file)).Map(row => (int)((double)row["weight"]! * 8));
        using var cursor = rows.Open();
        for (var at = 0; at <= 7; at++)
        {
            using var again = rows.Open(cursor.State);
            Assert.Equal(Enumerable.Range(at, 7 - at), again.Rest());
            cursor.MoveNext();
        }
    }

    [Theory]
    [InlineData("{\"a\": 1}\n{\"a\": \n", 2, "is not JSON")]
    [InlineData("{\"a\": 1}\n\n[1]\n", 3, "is JSON, but not an object")]
    public void A_line_that_is_no_object_is_named(string content, long line, string fault)
    {
        using var files = new Fixture();
        var path = files.Write("rows.jsonl", content);
        var error = Assert.Throws<DataFileException>(() => JsonLines.Read(path).ToArray());
        Assert.Equal((path, line), (error.File, error.Line));
        Assert.StartsWith($"{path}:{line}: {fault}", error.Message);
    }

    [Fact]
    public void A_line_that_is_no_UTF_8_is_named()
    {
        using var files = new Fixture();
        var error = Assert.Throws<DataFileException>(() => JsonLines.Read(files.Write("rows.jsonl", System.Text.Encoding.Latin1.GetBytes("{\"a\": 1}\n{\"a\": \"café\"}\n"))).ToArray());
        Assert.Equal(2, error.Line);
        Assert.Contains("is no text in UTF-8: the byte E9", error.Message, StringComparison.Ordinal);
    }
}
