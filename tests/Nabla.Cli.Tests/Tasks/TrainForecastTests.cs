using System.Text.Json.Nodes;

namespace Nabla.Cli.Tests.Tasks;

public sealed class TrainForecastTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    static Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "forecast", .. arguments]);

    [Fact]
    public async Task Sunspots_are_foretold_better_than_by_the_last_value_and_by_the_season()
    {
        var outcome = await Train("--data", "sunspots", "--steps", "300", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "309 values", "the first 200 training, the next 46 validation, the last 63 test", "1 ahead from the 22 before", "the value of 11 steps before", "below that of the" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder["run"], "report.html")));
    }

    /// <summary>A random walk cannot be foretold better than by its last value; what the command says of it is what its numbers say.</summary>
    [Fact]
    public async Task The_verdict_is_that_of_the_numbers()
    {
        var summary = JsonNode.Parse((await Train("--data", "stocks", "--column", "IBM", "--steps", "60", "--output", folder["run"], "--json")).Output)!;
        var rows = summary["test"]!.AsArray().Select(row => row!["mae"]!.GetValue<double>()).ToArray();
        Assert.Equal(3, rows.Length);
        Assert.Equal(rows[0] >= rows[1..].Min(), summary["verdict"]!.GetValue<string>().Contains("does not beat", StringComparison.Ordinal));
    }

    /// <summary>A season that comes back exactly: who repeats it is never wrong, and says what comes next.</summary>
    [Fact]
    public async Task A_rival_that_is_never_wrong_is_not_beaten_and_says_what_comes_next()
    {
        folder.Write("weeks.csv", "sold\n" + string.Concat(Enumerable.Range(0, 140).Select(t => $"{(t % 7) + 1}\n")));
        var outcome = await Train("--data", folder["weeks.csv"], "--season", "7", "--horizon", "3", "--steps", "5", "--output", folder["run"]);
        Assert.Contains("does not beat the seasonal forecast, which is never wrong. Use the seasonal forecast.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Next, by the seasonal forecast: 1 2 3", outcome.Output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(Path.Combine(folder["run"], "report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("what was forecast of each 3 steps before", report, StringComparison.Ordinal);
        Assert.Contains("<span class=\"option\">--season</span>", report, StringComparison.Ordinal);
        // Five steps, of which no line was written.
        Assert.DoesNotContain("norm of the gradients", report, StringComparison.Ordinal);
        Assert.Contains("its forecasts and their errors are in", (await Cli.Run("predict", folder["run"], "1")).Error, StringComparison.Ordinal);
    }

    /// <summary>The same series, and shifted by 10⁹, where numbers of 32 bits lie 64 apart.</summary>
    [Fact]
    public async Task A_series_near_a_billion_whose_changes_are_small_is_foretold_as_it_is_near_nothing()
    {
        async Task<JsonNode> Learned(long shift)
        {
            folder.Write($"{shift}.csv", "height\n" + string.Concat(Enumerable.Range(0, 160).Select(t => FormattableString.Invariant($"{shift + (decimal)Math.Round(5 * Math.Sin(t * 0.5), 2)}\n"))));
            return JsonNode.Parse((await Train("--data", folder[$"{shift}.csv"], "--steps", "150", "--output", folder[$"run{shift}"], "--json")).Output)!;
        }
        var (near, far) = (await Learned(0), await Learned(1_000_000_000));
        double Mae(JsonNode summary, int row) => summary["test"]![row]!["mae"]!.GetValue<double>();
        Assert.Equal(Mae(near, 1), Mae(far, 1), 1e-6);
        Assert.Equal(Mae(near, 0), Mae(far, 0), 0.05 * Mae(near, 0));
        Assert.True(Mae(far, 0) < Mae(far, 1) / 3, $"{Mae(far, 0)} against {Mae(far, 1)}");
        Assert.Equal(near["next"]![0]!.GetValue<double>(), far["next"]![0]!.GetValue<double>() - 1e9, 0.05);
        Assert.Matches(@"Next, by the \w+ forecast: (999999|1000000)\d{3}(\.\d+)?\s", (await Train("--output", folder["run1000000000"], "--resume")).Output);
    }

    [Fact]
    public async Task A_table_is_foretold_several_steps_ahead_and_a_run_taken_up_again_changes_nothing()
    {
        folder.Write("waves.csv", "day,height\n" + string.Concat(Enumerable.Range(0, 120).Select(t => FormattableString.Invariant($"{t},{Math.Sin(t * 0.5):0.0000}\n"))));
        var first = JsonNode.Parse((await Train("--data", folder["waves.csv"], "--column", "height", "--horizon", "3", "--season", "13", "--steps", "100", "--output", folder["run"], "--json")).Output)!;
        var again = JsonNode.Parse((await Train("--output", folder["run"], "--resume", "--json")).Output)!;
        Assert.Equal(first["test"]!.ToJsonString(), again["test"]!.ToJsonString());
        Assert.Equal(100, again["steps"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_table_with_semicolons_is_read_as_spreadsheets_write_it()
    {
        folder.Write("sold.csv", "week;sold\n" + string.Concat(Enumerable.Range(0, 140).Select(t => $"{t};{(t % 7) + 1}\n")));
        var outcome = await Train("--data", folder["sold.csv"], "--column", "sold", "--season", "7", "--steps", "3", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("140 values", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        folder.Write("two.csv", "a,b\n1,2\n3,\n");
        folder.Write("nan.csv", "a\n1\nNaN\n");
        folder.Write("bare.csv", "0.5\n0.25\n");
        foreach (var (arguments, said) in new (string[], string)[]
        {
            ([], "--data is missing"),
            (["--data", folder["none"]], "there is no such series or file"),
            (["--data", "stocks", "--column", "DEC"], "stocks has MSFT"),
            (["--data", folder["two.csv"]], "--column is missing"),
            (["--data", folder["two.csv"], "--column", "c"], "has a, b"),
            (["--data", folder["two.csv"], "--column", "b"], "line 3: b is missing"),
            (["--data", folder["two.csv"], "--column", "a"], "too few for windows of"),
            (["--data", folder["nan.csv"]], "line 3: a is NaN"),
            (["--data", folder["bare.csv"]], "is the number 0.5. Put a name before it"),
            (["--data", "sunspots", "--lr", "fast"], "--lr fast: a number is needed"),
            (["--data", "sunspots", "--horizon", "0"], "--horizon 0: a whole number above 0 is needed"),
            (["--resume"], "--resume needs the run's folder"),
        })
        {
            var outcome = await Train(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
    }
}
