using Nabla.Data;

namespace Nabla.Formats.Tests.Tables;

public sealed class ParquetFileTests
{
    public static TheoryData<string> Files => ["table.parquet", "table.zstd.parquet", "table.gzip.parquet", "table.plain.parquet"];

    [Theory, MemberData(nameof(Files))]
    public void Values_are_those_that_Arrow_wrote(string file)
    {
        var table = ParquetFile.Read(Fixture.Of(file));
        Assert.Equal(10, table.Count);
        var rows = table.ToArray();
        Assert.Equal(["row", "long", "float", "double", "flag", "kind", "short", "byte"], rows[0].Columns);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((i, i + 1), (rows[i].Whole("row"), rows[i].Line));
            Assert.Equal(i % 3 == 2, rows[i].IsMissing("long"));
            if (i % 3 != 2) Assert.Equal(i * 10_000_000_000L, rows[i].Whole("long"));
            Assert.Equal(i / 4.0, rows[i].Number("float"));
            Assert.Equal(i == 5, rows[i].IsMissing("double"));
            if (i != 5) Assert.Equal(Math.Pow(-1.5, i), rows[i].Number("double"));
            Assert.Equal(i == 7, rows[i].IsMissing("flag"));
            if (i != 7) Assert.Equal(1 - (i % 2), rows[i].Whole("flag"));
            Assert.Equal(i == 4 ? "" : "abc"[i % 3] + "∇", rows[i].Text("kind"));
            Assert.Equal((-i, 250 + (i % 5)), (rows[i].Whole("short"), rows[i].Whole("byte")));
        }
    }

    [Fact]
    public void Reading_goes_on_from_any_position_within_and_between_row_groups() =>
        Fixture.GoesOnFromEverywhere(ParquetFile.Read(Fixture.Of("table.parquet"), "kind", "row").Map(row => (row.Whole("row"), row.Text("kind"))));

    [Fact]
    public void Only_the_columns_asked_for_are_there() => Assert.Equal(["float", "row"], ParquetFile.Read(Fixture.Of("table.parquet"), "float", "row").First().Columns);

    [Fact]
    public void A_list_is_refused_and_the_columns_beside_it_are_read()
    {
        Assert.EndsWith("holds lists, a table's rows hold single values. Name the columns to read, without it: row.",
            Assert.Throws<DataFileException>(() => ParquetFile.Read(Fixture.Of("lists.parquet"))).Message);
        Assert.Equal([0, 1], ParquetFile.Read(Fixture.Of("lists.parquet"), "row").Select(row => row.Whole("row")));
    }

    [Fact]
    public void What_cannot_be_read_is_named_with_the_remedy()
    {
        using var files = new Fixture();
        var path = Fixture.Of("table.parquet");
        Assert.Equal($"{path}: there is no column \"size\". There are: row, long, float, double, flag, kind, short, byte.",
            Assert.Throws<DataFileException>(() => ParquetFile.Read(path, "size")).Message);
        Assert.Equal($"{path}:3: column \"long\" is empty, a number is needed. Leave such rows out by Where(row => !row.IsMissing(\"long\")), or fill them before.",
            Assert.Throws<DataFileException>(() => ParquetFile.Read(path).Map(row => row.Number("long")).ToArray()).Message);
        Assert.Equal($"{path}:1: column \"kind\": \"a∇\" is not a number.", Assert.Throws<DataFileException>(() => ParquetFile.Read(path).First().Number("kind")).Message);
        Assert.Equal($"{path}:2: column \"float\": \"0.25\" is not a whole number.", Assert.Throws<DataFileException>(() => ParquetFile.Read(path).Skip(1).First().Whole("float")).Message);
        Assert.EndsWith("It is damaged, cut off or of another format.", Assert.Throws<DataFileException>(() => ParquetFile.Read(files.Write("no.parquet", "PAR1 this is not"))).Message);
        Assert.Contains("there is no such file", Assert.Throws<DataFileException>(() => ParquetFile.Read("absent.parquet")).Message, StringComparison.Ordinal);
    }
}
