using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public class KillTests
{
    const int SaveEvery = 10, KillsEach = 25;

    static string[] Arguments(string output) =>
    [
        "train", "image", "--data", "digits", "--epochs", "20", "--batch", "16", "--accumulate", "2", "--augment", "crop,rotate", "--average", "0.99", "--clip", "1",
        "--tensorboard", "--save-every", $"{SaveEvery}", "--output", output,
    ];

    /// <summary>
    /// Each time after it has begun to train, at a moment drawn at random: while it takes up the state, steps, evaluates, or writes a file. Two runs
    /// are killed half as often each, side by side.
    /// </summary>
    [Fact]
    public async Task Runs_killed_fifty_times_end_in_the_bits_of_one_that_was_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -9.");
        using var folder = new Folder();
        Assert.Equal(0, (await Cli.Run(Arguments(folder["whole"]))).Code);
        var whole = RunFolder.Open(folder["whole"]);
        // Other moments whenever the test is run; the seed is in the message of what fails.
        var seed = (ulong)Environment.TickCount64;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => Killed(whole, folder[$"killed{i}"], seed + (ulong)i, TestContext.Current.CancellationToken))));
    }

    static async Task Killed(RunFolder whole, string path, ulong seed, CancellationToken cancellation)
    {
        var random = new Generator(seed);
        for (var (kills, runs) = (0, 0); kills < KillsEach; runs++)
        {
            var run = RunFolder.Open($"{path}-{runs}");
            // On a fast machine it comes to its end before its time.
            while (kills < KillsEach && await RunAndKill(run, random.NextInt(60), cancellation)) CheckWhole(run, $"kill {++kills}, seed {seed}");
            Assert.Equal(0, (await Cli.Run("train", "image", "--output", run.Folder, "--resume")).Code);
            AssertSame(whole, run);
        }
    }

    static async Task<bool> RunAndKill(RunFolder run, int milliseconds, CancellationToken cancellation)
    {
        using var process = RunFolder.Exists(run.Folder) ? Cli.Start("train", "image", "--output", run.Folder, "--resume") : Cli.Start(Arguments(run.Folder));
        for (var line = await process.StandardOutput.ReadLineAsync(cancellation); line is { Length: > 0 }; line = await process.StandardOutput.ReadLineAsync(cancellation))
        {
            // The introduction ends with an empty line.
        }
        await Task.Delay(milliseconds, cancellation);
        process.Kill();
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 128 + 9;
    }

    /// <summary>No file is broken, and no more than an interval is lost.</summary>
    static void CheckWhole(RunFolder run, string when)
    {
        // Linux may break off a write between two pages when the process is killed: what lies behind the last end of a line is what resuming cuts off.
        var lines = !File.Exists(run.Metrics) ? [] : File.ReadAllText(run.Metrics).Split('\n')[..^1].Select(line => JsonNode.Parse(line)!).ToArray();
        var logged = lines.Select(line => line["step"]!.GetValue<long>()).LastOrDefault();
        var saved = 0L;
        foreach (var file in Directory.GetFiles(run.Checkpoints, "*.safetensors"))
        {
            using var checkpoint = Safetensors.Open(file);
            foreach (var tensor in checkpoint.Tensors) Assert.Equal(tensor.Shape, checkpoint[tensor.Name].Shape);
            if (file == run.State) saved = JsonNode.Parse(checkpoint.Metadata["training"])!["step"]!.GetValue<long>();
        }
        Assert.True(saved > logged - SaveEvery - 1, $"{when}: step {logged} was logged, the state is of step {saved}");
        Assert.NotNull(run.ReadConfiguration());
    }

    static void AssertSame(RunFolder expected, RunFolder actual)
    {
        foreach (var (a, b) in new[] { (expected.Last, actual.Last), (expected.Best, actual.Best), (expected.Average, actual.Average) })
            Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
        Assert.Equal(expected.ReadMetrics().Select(Timeless), actual.ReadMetrics().Select(Timeless));
        Assert.Equal(Length(expected), Length(actual));
        Assert.Empty(Directory.GetFiles(actual.Checkpoints, ".*"));
    }

    /// <summary>The points have the same names and numbers of steps, and so the same bytes.</summary>
    static long Length(RunFolder run) => new FileInfo(Assert.Single(Directory.GetFiles(run.Folder, "*tfevents*"))).Length;

    static string Timeless(JsonObject line)
    {
        line.Remove("seconds");
        line.Remove("examples_per_second");
        return line.ToJsonString();
    }
}
