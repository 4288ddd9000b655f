using Nabla.Data;

namespace Nabla.Formats.Tests.Tables;

public sealed class CsvTests
{
    static readonly string[] Names = ["plain", "with \"quotes\"", "with, comma", "two\nlines", "tab\tinside", "", " spaces ", "∇ “é”", "last"];

    static readonly string[] Classes = ["a", "b", "c"];

    public static TheoryData<string> Files => ["table.csv", "table.csv.gz", "table.tsv", "table.tsv.gz", "unix.csv", "unix.csv.gz"];

    [Theory, MemberData(nameof(Files))]
    public void Fields_are_those_that_Python_wrote(string file)
    {
        var rows = Csv.Read(Fixture.Of(file), new(Missing: ["NA"])).ToArray();
        Assert.Equal(["name", "length, mm", "count", "kind"], rows[0].Columns);
        Assert.Equal(Names, rows.Select(row => row.Text("name")));
        Assert.Equal([3, 7], Enumerable.Range(0, 9).Where(i => rows[i].IsMissing("length, mm")));
        for (var i = 0; i < 9; i++)
        {
            if (i % 4 != 3) Assert.Equal((i * 1.25) - 3, rows[i].Number("length, mm"));
            Assert.Equal(i * 1_000_000_000L, rows[i].Whole("count"));
            Assert.Equal(i % 3, rows[i].Label("kind", Classes));
        }
        // The fifth row begins on line 5 and holds a line break, so the sixth is on line 7.
        Assert.Equal([2, 3, 4, 5, 7, 8, 9, 10, 11], rows.Select(row => row.Line));
        Assert.Equal([-3, 0], rows[0].Numbers("length, mm", "count"));
        Assert.Equal([-3, 0], rows[0].Numbers(1..3));
    }

    [Theory, MemberData(nameof(Files))]
    public void Reading_goes_on_from_any_position(string file) => Fixture.GoesOnFromEverywhere(Csv.Read(Fixture.Of(file)).Map(row => (row.Text(0), row.Line)));

    [Fact]
    public void Without_a_header_columns_are_numbers()
    {
        using var files = new Fixture();
        var rows = Csv.Read(files.Write("numbers.csv", "1,2.5,3\n4,5,6e-1\n"), new(HasHeader: false)).ToArray();
        Assert.Equal(["0", "1", "2"], rows[0].Columns);
        Assert.Equal([[1, 2.5f, 3], [4, 5, 0.6f]], rows.Select(row => row.Numbers(..)));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", 3, "1 fields where 2 are expected (a, b), separated by ','. Quote fields that hold separators, or name another separator.")]
    [InlineData("a,b\n1,2\n\"3,4\n", 3, "A field with quotes in it is written in quotes, with each quote within doubled.")]
    [InlineData("a,a\n1,2\n", 1, "two columns are called \"a\", the 1. and the 2.; rename one, or read the file without header.")]
    [InlineData("a,b\n1,2\n3,x\n", 3, "column \"b\": \"x\" is not a number.")]
    [InlineData("a,b\n1,2\n3,\n", 3, "column \"b\" is empty, a number is needed. Leave such rows out by Where(row => !row.IsMissing(\"b\")), or fill them before.")]
    public void A_bad_row_is_named_by_file_and_line_with_the_remedy(string content, long line, string fault)
    {
        using var files = new Fixture();
        var path = files.Write("table.csv", content);
        var error = Assert.Throws<DataFileException>(() => Csv.Read(path).Map(row => row.Number("b")).ToArray());
        Assert.Equal((path, line), (error.File, error.Line));
        Assert.StartsWith($"{path}:{line}: ", error.Message);
        Assert.EndsWith(fault, error.Message);
    }

    [Fact]
    public void An_unknown_label_or_column_is_named_with_those_there_are()
    {
        using var files = new Fixture();
        var path = files.Write("table.csv", "kind\na\nd\n");
        Assert.Equal($"{path}:3: column \"kind\": \"d\" is none of the classes a, b, c. Correct it, or add the class.",
            Assert.Throws<DataFileException>(() => Csv.Read(path).Map(row => row.Label("kind", Classes)).ToArray()).Message);
        Assert.Equal($"{path}:2: there is no column \"sort\". There are: kind.", Assert.Throws<DataFileException>(() => Csv.Read(path).First().Text("sort")).Message);
        Assert.Equal($"{path}:3: column \"kind\": \"d\" is not a whole number.", Assert.Throws<DataFileException>(() => Csv.Read(path).Last().Whole("kind")).Message);
    }

    [Fact]
    public void Rows_without_a_value_are_left_out_by_a_condition() =>
        Assert.Equal(7, Csv.Read(Fixture.Of("table.csv"), new(Missing: ["NA"])).Where(row => !row.IsMissing("length, mm")).Count());
}
