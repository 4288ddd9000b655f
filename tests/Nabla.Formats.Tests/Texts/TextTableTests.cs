using System.IO.Compression;
using System.Text;
using Nabla.Data;

namespace Nabla.Formats.Tests.Texts;

public sealed class TextTableTests : IDisposable
{
    readonly Fixture files = new();

    public void Dispose() => files.Dispose();

    TextTable Open(string name, string content, TextTableOptions? options = null) => TextTable.Open(files.Write(name, content), options);

    string Fault(string name, string content, TextTableOptions? options = null) => Fault(files.Write(name, content), options);

    static string Fault(string path, TextTableOptions? options = null)
    {
        var error = Assert.Throws<DataFileException>(() => TextTable.Open(path, options));
        Assert.StartsWith(path, error.Message);
        return error.Message[path.Length..];
    }

    static string[] Rows(TextTable table) =>
        [.. table.Preview(int.MaxValue).Select(row => $"{row.Line}|{row.Text}{(row.SecondText is null ? "" : $"|{row.SecondText}")}|{row.Label}")];

    [Theory]
    [InlineData("reviews.csv", "text,label\n\"Good, really\",pos\nBad,neg\n")]
    [InlineData("reviews.csv", "text;label\r\nGood, really;pos\r\nBad;neg\r\n")]
    [InlineData("reviews.csv", "sep=;\nGood, really;pos\nBad;neg\nBad too;neg\n")]
    [InlineData("reviews.tsv", "text\tlabel\nGood, really\tpos\nBad\tneg\n")]
    [InlineData("reviews.csv", "text\tlabel\nGood, really\tpos\nBad\tneg\n")]
    [InlineData("reviews", "label\ttext\npos\tGood, really\nneg\tBad\n")]
    [InlineData("reviews.txt", "pos\tGood, really\nneg\tBad\nneg\tBad\n")]
    [InlineData("reviews.csv", " text , label \n\"Good, really\", pos\nBad,neg \n")]
    [InlineData("reviews.jsonl", "{\"text\": \"Good, really\", \"label\": \"pos\"}\n\n{\"label\": \"neg\", \"text\": \"Bad\"}\n")]
    [InlineData("reviews.json", "{\"text\": \"Good, really\", \"label\": \"pos\"}\n{\"label\": \"neg\", \"text\": \"Bad\"}\n")]
    [InlineData("reviews.json", "[{\"text\": \"Good, really\", \"label\": \"pos\"},\n {\"label\": \"neg\", \"text\": \"Bad\"}]")]
    [InlineData("reviews", "[\n  {\"text\": \"Good, really\", \"label\": \"pos\"},\n  {\"label\": \"neg\", \"text\": \"Bad\"}\n]")]
    [InlineData("reviews.txt", "{\"text\": \"Good, really\", \"label\": \"pos\"}\n{\"label\": \"neg\", \"text\": \"Bad\"}\n")]
    public void The_same_rows_are_read_from_every_form(string name, string content)
    {
        var table = Open(name, content);
        Assert.Equal([("Good, really", "pos"), ("Bad", "neg")], table.Examples.Take(2).Select(row => (row.Text, table.Classes[row.Class])));
        Assert.Equal(["neg", "pos"], table.Classes);
        Assert.Equal(LabelKind.Classes, table.Labels);
        Assert.All(table.Examples, row => Assert.Equal((null, double.NaN), (row.SecondText, row.Number)));
    }

    [Fact]
    public void Gzip_is_decompressed_whatever_the_name()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write("text,label\na b,1\nc d,0\n"u8);
        foreach (var name in new[] { "reviews.csv.gz", "reviews.csv", "reviews" })
            Assert.Equal(["2|a b|1", "3|c d|0"], Rows(TextTable.Open(files.Write(name, packed.ToArray()))));
    }

    [Fact]
    public void Parquet_is_read_and_columns_of_lists_are_left_out()
    {
        var table = TextTable.Open(Fixture.Of("table.parquet"), new() { Text = "kind", Label = "short", Labels = LabelKind.Numbers });
        Assert.Equal(9, table.Examples.Count);
        Assert.Equal(1, table.WithoutText);
        Assert.Equal(("a∇", -0.0), (table.Examples[0].Text, table.Examples[0].Number));
        Assert.Equal((10, "a∇", -9.0), (table.Examples[^1].Line, table.Examples[^1].Text, table.Examples[^1].Number));
        Assert.Equal(["row"], TextTable.Open(Fixture.Of("lists.parquet"), new() { Text = "row", Labels = LabelKind.None }).Columns);
        Assert.Equal(["row"], TextTable.Open(files.Write("no-extension", File.ReadAllBytes(Fixture.Of("lists.parquet"))),
            new() { Text = "1", Labels = LabelKind.None }).Columns);
    }

    [Fact]
    public void Quotes_in_tab_separated_texts_are_text()
    {
        const string content = "ham\tHe said \"hi\", then left\nspam\t\"WIN\" a prize; now\nham\t\"Open quote, never closed\n"
            + "ham\tok \"\"\n";
        var table = Open("SMSSpamCollection", content);
        Assert.Equal(["He said \"hi\", then left", "\"WIN\" a prize; now", "\"Open quote, never closed", "ok \"\""], table.Examples
            .Select(row => row.Text));
        Assert.Contains("Values are separated by tabs; quotes are text.", table.Assumptions);
        Assert.Contains("There is no header: the first line is data, the columns are called by their numbers (1 to 2).", table.Assumptions);
        Assert.Equal(("2", "1"), (table.TextColumn, table.LabelColumn));
    }

    [Fact]
    public void Tab_separated_texts_that_a_spreadsheet_quoted_are_read_by_an_option()
    {
        const string content = "label\ttext\na\t\"He said \"\"hi\"\"\"\nb\t\"two\nlines\"\n";
        Assert.Equal(["2|He said \"hi\"|a", "3|two\nlines|b"], Rows(Open("texts.tsv", content, new() { Quotes = true })));
        Assert.StartsWith(":3: a quote opens a field on this line and is never closed.",
            Fault("texts.tsv", "label\ttext\na\tx\nb\t\"two\n", new() { Quotes = true }));
        Assert.EndsWith("if a spreadsheet put texts in quotes, set Quotes = true.", Fault("texts.tsv", content));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_name()
    {
        foreach (var encoding in new Encoding[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("text,label\nnaïve ∇,a\n多么,b\n")];
            Assert.Equal(["2|naïve ∇|a", "3|多么|b"], Rows(TextTable.Open(files.Write("marked.csv", bytes))));
            Assert.Equal(["2|naïve ∇|a", "3|多么|b"], Rows(TextTable.Open(files.Write("marked.csv", bytes), new() { Encoding = "latin-1" })));
        }
    }

    [Fact]
    public void An_encoding_is_asked_for_by_an_error_and_given_by_its_name()
    {
        var path = files.Write("spam.csv", [.. "v1,v2\nham,ok\nspam,Only "u8, 0xA3, .. "50 today\n"u8]);
        Assert.Equal(":3: is no text in UTF-8: the byte A3 stands where none can. Name the encoding of the file: "
            + "\"windows-1252\" (Western Europe, Excel), \"latin-1\", "
            + "\"gb18030\" (Chinese), \"shift_jis\" (Japanese), …; or save it in UTF-8.", Fault(path));
        foreach (var name in new[] { "windows-1252", "cp1252", "latin-1", "latin1", "ISO-8859-1" })
            Assert.Equal(["2|ok|ham", "3|Only £50 today|spam"], Rows(TextTable.Open(path, new() { Encoding = name })));
        var curly = files.Write("curly.csv", [.. "text,label\nit"u8, 0x92, .. "s,a\nx,b\n"u8]);
        Assert.Equal("it’s", TextTable.Open(curly, new() { Encoding = "windows-1252" }).Examples[0].Text);
        var chinese = files.Write("gb.csv", [.. "text,label\n"u8, 0xB6, 0xE0, 0xC3, 0xB4, .. ",a\nx,b\n"u8]);
        Assert.Equal("多么", TextTable.Open(chinese, new() { Encoding = "gb18030" }).Examples[0].Text);
        Assert.StartsWith(": there is no encoding \"latin-99\". Name the encoding of the file: ",
            Fault(path, new TextTableOptions { Encoding = "latin-99" }));
        Assert.StartsWith(":1: here or in the lines after it, the bytes A3 are not us-ascii.",
            Fault(path, new TextTableOptions { Encoding = "ascii" }));
    }

    [Fact]
    public void Utf16_without_a_mark_and_binary_files_are_refused_by_their_nul_characters()
    {
        var path = files.Write("wide.csv", Encoding.Unicode.GetBytes("text,label\nab,a\nc,b\n"));
        Assert.StartsWith(":1: holds a NUL character, so it is not a text file, or it is UTF-16 without a byte order mark. "
            + "Name the encoding (\"utf-16\")", Fault(path));
        Assert.Equal(["2|ab|a", "3|c|b"], Rows(TextTable.Open(path, new() { Encoding = "utf-16" })));
        Assert.StartsWith(":3: holds a NUL character", Fault("nul.csv", "text,label\nab,a\nc\0,b\n"));
        Assert.StartsWith(": is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV",
            Fault(files.Write("book.csv", "PK\u0003\u0004…"u8.ToArray())));
    }

    [Fact]
    public void Columns_without_a_name_are_left_out_and_said()
    {
        var table = Open("spam.csv", "v1,v2,,,\nham,Go until,,,\nspam,Free entry,,,\nham,\"Oh, yes\",\"; more\",,\n");
        Assert.Equal(["v1", "v2"], table.Columns);
        Assert.Equal(["2|Go until|ham", "3|Free entry|spam", "4|Oh, yes|ham"], Rows(table));
        Assert.Contains("3 columns without a name left out (1 row with values there).", table.Assumptions);
        Assert.Equal(["a|x", "b|y"], Open("pandas.csv", ",text,label\n0,a,x\n1,b,y\n").Preview().Select(row => $"{row.Text}|{row.Label}"));
    }

    [Fact]
    public void Columns_of_json_lines_are_the_union_of_their_fields()
    {
        var table = Open("rows.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\", \"label\": 1, \"more\": [1, {\"x\": 2}]}\n{\"text\": "
            + "\"c\", \"label\": null}\n{\"label\": 0, \"text\": \"d\"}\n");
        Assert.Equal(["text", "label", "more"], table.Columns);
        Assert.Equal(["2|b|1", "4|d|0"], Rows(table));
        Assert.Equal(2, table.Unlabelled);
        Assert.Contains("2 rows without a label left out.", table.Assumptions);
    }

    [Theory]
    [InlineData("rows.jsonl", "{\"text\": \"a\"}\n[1]\n", ":2: is JSON, but not an object.")]
    [InlineData("rows.jsonl", "{\"text\": \"a\"}\n{\"text\": \n", ":2: is not a JSON object on one line: ")]
    [InlineData("rows.json", "[{\"text\": \"a\"}, 3]", ": item 2 of the list is not an object: 3.")]
    [InlineData("rows.json", "[{\"text\": \"a\"},\n {]", ":2: is not JSON: ")]
    [InlineData("rows.json", "{\n \"text\": \"a\"\n}", ":1: is not a JSON object on one line: ")]
    [InlineData("rows.csv", "text,label\na,b\nc\n",
        ":3: 1 field where 2 are expected (text, label), separated by \",\": \"c\". Put values that hold the separator in quotes, or set Separator.")]
    [InlineData("rows.csv", "text,label\na,b\n\nc,d,e\n",
        ":4: 3 fields where 2 are expected (text, label), separated by \",\": \"c | d | e\".")]
    [InlineData("rows.tsv", "text\tlabel\na\tb\nc\td\te\n",
        ":3: 3 fields where 2 are expected (text, label), separated by tab: \"c | d | e\". Replace tabs")]
    [InlineData("rows.csv", "text,label\na,b\n\"c,d\ne,f\ng,h\n", ":3: a quote opens a field on this line and is never closed. Close it;")]
    [InlineData("rows.csv", "text,label\nx,b\nstray \"quote,\"d\ne,f\n", ":3: a quote opens a field on this line and is never closed.")]
    [InlineData("rows.csv", "text,label\n\"a\nb\",x\n\"c\nd\" e,y\n",
        ":4: a field that begins with a quote on this line ends with one on line 5, but \" e,y\" follows it.")]
    [InlineData("rows.csv", "text,text\na,b\n", ":1: two columns are called \"text\". Rename one")]
    [InlineData("rows.csv", "", ": is empty: there is no line with text.")]
    [InlineData("rows.csv", "text,label\n", ": no row has a text in column \"text\".")]
    [InlineData("rows.csv", "text,label\na,\nb,\n",
        ": no row has a label in column \"label\". To read texts without labels, set Labels = None.")]
    [InlineData("rows.jsonl", "\n", ": has no rows, or no columns that hold texts.")]
    public void A_bad_row_is_named_by_its_line_with_the_remedy(string name, string content, string fault) =>
        Assert.StartsWith(fault, Fault(name, content));

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Assert.StartsWith(": there is no such file", Fault(Path.Combine(files.Folder, "none.csv")));
        Assert.StartsWith(": is a folder. Open it by TextFolder.Open", Fault(files.Folder));
    }

    [Fact]
    public void A_stray_quote_within_a_value_is_text() =>
        Assert.Equal(["2|a 5\" disk|x", "3|b|y"], Rows(Open("rows.csv", "text,label\na 5\" disk,x\nb,y\n")));

    [Fact]
    public void A_huge_value_is_read_whole()
    {
        var text = string.Concat(Enumerable.Repeat("many words, and \"quotes\"\n", 200_000));
        var table = Open("huge.csv", $"text,label\n\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\",a\nb,b\n");
        Assert.Equal(text, table.Examples[0].Text);
        Assert.Equal(200_003, table.Examples[1].Line);
    }

    [Fact]
    public void Spaces_around_labels_are_removed()
    {
        var table = Open("rows.csv", "text,label\na,spam\nb,spam \nc, ham\n");
        Assert.Equal(["ham", "spam"], table.Classes);
        Assert.Contains("Spaces around 2 labels removed.", table.Assumptions);
    }

    [Fact]
    public void Rows_without_text_are_left_out_and_counted()
    {
        var table = Open("rows.csv", "text,label\na,x\n  ,x\n,y\nb,y\n");
        Assert.Equal((2, 2), (table.Examples.Count, table.WithoutText));
        Assert.Contains("2 rows without text left out.", table.Assumptions);
    }
}
