using System.Text.Json.Nodes;
using Nabla.Cli.Tasks.Images;
using Nabla.Cli.Tasks.Sweeps;

namespace Nabla.Cli.Tests.Tasks;

public sealed class SweepTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    Task<Outcome> Run(params string[] arguments) => Cli.Run(["sweep", "--data", "digits", "--epochs", "2", "--output", folder["sweep"], .. arguments]);

    [Fact]
    public async Task A_grid_tries_all_combinations_and_lists_the_best_first()
    {
        var outcome = await Run("--vary", "lr=0.0001,0.01", "--vary", "batch=32,64");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("4 of 4", outcome.Output, StringComparison.Ordinal);
        var rows = outcome.Output.Split('\n').Where(line => line.Contains("trial-", StringComparison.Ordinal) && !line.Contains("evaluate", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, rows.Length);
        Assert.StartsWith("  0.01", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("  0.0001", rows[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_goes_on_where_it_stopped()
    {
        var before = JsonNode.Parse((await Run("--vary", "lr=0.001,0.01", "--json")).Output)!;
        var done = File.GetLastWriteTimeUtc(Path.Combine(folder["sweep"], "trial-001", "metrics.jsonl"));
        // As if it had stopped in the second trial.
        File.Delete(Path.Combine(folder["sweep"], "trial-002", "result.json"));
        var after = JsonNode.Parse((await Run("--vary", "lr=0.001,0.01", "--json")).Output)!;
        Assert.Equal(done, File.GetLastWriteTimeUtc(Path.Combine(folder["sweep"], "trial-001", "metrics.jsonl")));
        Assert.Equal(before.AsArray().Select(trial => trial!["validation"]!.ToJsonString()), after.AsArray().Select(trial => trial!["validation"]!.ToJsonString()));
        var other = await Run("--vary", "lr=0.5,0.01");
        Assert.Equal(ExitCodes.Usage, other.Code);
        Assert.Contains("was run with lr 0.001", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trial_that_falls_apart_is_last_in_the_table()
    {
        var outcome = await Run("--optimizer", "sgd", "--vary", "lr=1e30,0.01");
        Assert.Equal(0, outcome.Code);
        var rows = outcome.Output.Split('\n').Where(line => line.Contains("trial-", StringComparison.Ordinal) && !line.Contains("evaluate", StringComparison.Ordinal)).ToArray();
        Assert.Contains("diverged at step", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_texts_are_swept_and_ranked_by_their_macro_F1()
    {
        folder.Write("shop.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{(i % 2 == 0 ? "food,bread" : "tools,saw")} number {i}\n")));
        var outcome = await Cli.Run("sweep", "text", "--data", folder["shop.csv"], "--epochs", "6", "--width", "8", "--word-dropout", "0", "--vary", "lr=0.000001,0.05", "--output", folder["texts"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var trials = JsonNode.Parse(outcome.Output)!.AsArray();
        Assert.Equal(["0.05", "0.000001"], trials.Select(trial => (string)trial!["settings"]!["lr"]!));
        Assert.Equal(1, (double)trials[0]!["validation"]!["macro_f1"]!);
        var evaluation = JsonNode.Parse((await Cli.Run("evaluate", (string)trials[0]!["run"]!, "--json")).Output)!;
        Assert.Equal(20, (int)evaluation["examples"]!);
    }

    [Fact]
    public void Drawn_settings_lie_in_their_ranges_and_are_the_same_for_the_same_seed()
    {
        string[] vary = ["lr=1e-4..1e-1", "batch=8..64", "model=mlp,lenet"];
        var drawn = Sweep.Combinations(new ImageTask(), vary, 200, seed: 3);
        Assert.Equal(200, drawn.Count);
        Assert.All(drawn, setting =>
        {
            Assert.InRange(double.Parse(setting["lr"], System.Globalization.CultureInfo.InvariantCulture), 1e-4, 1e-1);
            Assert.InRange(int.Parse(setting["batch"], System.Globalization.CultureInfo.InvariantCulture), 8, 64);
        });
        // Evenly in the logarithm: as many below the middle of the exponents as above.
        Assert.InRange(drawn.Count(setting => double.Parse(setting["lr"], System.Globalization.CultureInfo.InvariantCulture) < 3.16e-3), 75, 125);
        Assert.InRange(drawn.Count(setting => setting["model"] == "mlp"), 75, 125);
        Assert.Equal(drawn.Select(setting => setting["lr"]), Sweep.Combinations(new ImageTask(), vary, 200, seed: 3).Select(setting => setting["lr"]));
    }

    [Theory]
    [InlineData("lr", "a setting and its values are needed")]
    [InlineData("speed=1,2", "this cannot be varied. It can be model, size, epochs, batch")]
    [InlineData("lr=1,x", "x is not a number")]
    [InlineData("lr=3..1", "the range is empty")]
    [InlineData("lr=1..3", "say how many settings to draw: --trials N")]
    [InlineData("optimizer=adam,best", "best is not one of sgd, adam, adamw")]
    public async Task Mistakes_are_named(string vary, string said)
    {
        var outcome = await Run("--vary", vary);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }
}
