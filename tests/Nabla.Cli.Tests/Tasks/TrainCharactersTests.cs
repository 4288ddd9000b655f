using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class TrainCharactersTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A text that a small net learns in a moment.</summary>
    string Text()
    {
        folder.Write("text.txt", string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog.\n", 60)));
        return folder["text.txt"];
    }

    static Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "characters", .. arguments]);

    Task<Outcome> Quick(string output, params string[] more) =>
        Train(["--data", Text(), "--hidden", "24", "--embedding", "8", "--batch", "4", "--stretch", "20", "--lr", "0.02", "--output", output, .. more]);

    [Fact]
    public async Task A_text_is_learned_in_one_command_that_says_what_it_assumed_and_then_written()
    {
        var outcome = await Quick(folder["run"], "--steps", "250");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "2,700, 29 different ones", "the first 2,430 training, the next 135 validation, the last 135 test", "lstm of 24 units, embedding 8", "gradients go back 20 characters", "bits per character", "Done" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        var report = await File.ReadAllTextAsync(RunFolder.Open(folder["run"]).Report, TestContext.Current.CancellationToken);
        Assert.Contains("<svg", report, StringComparison.Ordinal);
        var written = await Cli.Run("generate", folder["run"], "--prompt", "the quick brown f", "--length", "40", "--temperature", "0");
        Assert.Equal((0, "the quick brown fox jumps over the lazy dog.\nthe quick br"), (written.Code, written.Output.ReplaceLineEndings("\n").TrimEnd('\n')[..57]));
        string[] drawn = ["generate", folder["run"], "--length", "60", "--temperature", "1.5", "--top-k", "9", "--top-p", "0.9", "--seed", "3", "--json"];
        var first = JsonNode.Parse((await Cli.Run(drawn)).Output)!["text"]!.GetValue<string>();
        Assert.Equal(60, first.Length);
        Assert.Equal(first, JsonNode.Parse((await Cli.Run(drawn)).Output)!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru", "--average", "0.9")]
    public async Task A_run_that_is_resumed_ends_in_the_bits_of_one_that_was_not_interrupted(string model, params string[] more)
    {
        string[] same = ["--model", model, "--layers", "2", "--dropout", "0.1", "--save-every", "3", .. more];
        await Quick(folder["whole"], [.. same, "--steps", "40", "--json"]);
        using (var process = Cli.Start(["train", "characters", "--data", Text(), "--hidden", "24", "--embedding", "8", "--batch", "4", "--stretch", "20", "--lr", "0.02", "--output", folder["run"], .. same, "--steps", "40"]))
        {
            for (var clock = Stopwatch.StartNew(); !File.Exists(RunFolder.Open(folder["run"]).State) && !process.HasExited && clock.Elapsed.TotalSeconds < 60;) await Task.Delay(5, TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var resumed = await Train("--output", folder["run"], "--resume", "--json");
        Assert.Equal(0, resumed.Code);
        foreach (var of in new Func<RunFolder, string>[] { run => run.Last, run => run.Best })
            Assert.Equal(await File.ReadAllBytesAsync(of(RunFolder.Open(folder["whole"])), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(of(RunFolder.Open(folder["run"])), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_moving_average_is_kept_judged_and_written_with()
    {
        await Quick(folder["plain"], "--steps", "40", "--json");
        var outcome = await Quick(folder["run"], "--steps", "40", "--average", "0.9", "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var (run, plain) = (RunFolder.Open(folder["run"]), RunFolder.Open(folder["plain"]));
        Assert.Equal(0.9, (double)run.ReadConfiguration()["average"]!);
        Assert.Equal(File.ReadAllBytes(plain.Last), File.ReadAllBytes(run.Last));
        Assert.NotEqual(File.ReadAllBytes(run.Last), File.ReadAllBytes(run.Average));
        Assert.Equal(File.ReadAllBytes(run.Average), File.ReadAllBytes(run.Best));
        Assert.Contains("\"average\"", await File.ReadAllTextAsync(run.Metrics, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((await Cli.Run("generate", run.Folder, "--length", "30")).Output, (await Cli.Run("generate", run.Folder, "--length", "30", "--checkpoint", "average")).Output);
        Assert.Contains("without a moving average (--average)", (await Cli.Run("generate", plain.Folder, "--checkpoint", "average")).Error, StringComparison.Ordinal);
        Assert.Contains("leave --average out", (await Train("--output", run.Folder, "--resume", "--average", "0.5")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        await Quick(folder["run"], "--steps", "2", "--json");
        folder.Write("short.txt", "abc");
        folder.Write("same.txt", new('a', 5000));
        File.WriteAllBytes(folder["picture.txt"], [0xFF, 0xD8, 0xFF, 0xE0]);
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["train", "characters"], "--data is missing"),
            (["train", "characters", "--data", folder["none"]], "there is no such text or file"),
            (["train", "characters", "--data", folder["short.txt"]], "are too few for 32 positions in parallel"),
            (["train", "characters", "--data", folder["same.txt"]], "one character again and again"),
            (["train", "characters", "--data", folder["picture.txt"]], "picture.txt:1: is no text in UTF-8: the byte FF"),
            (["train", "characters", "--data", Text(), "--model", "bert"], "'bert'"),
            (["train", "characters", "--data", Text(), "--segment", "0"], "--segment 0: a whole number above 0 is needed"),
            (["train", "characters", "--data", Text(), "--output", folder["run"]], "holds a run already"),
            (["train", "characters", "--resume"], "--resume needs the run's folder"),
            (["train", "characters", "--resume", "--output", folder["run"], "--hidden", "9"], "leave --hidden out"),
            (["generate", folder["none"]], "There is no run in"),
            (["generate", folder["run"], "--prompt", "ÄÖ"], "the model has never seen Ä Ö. It knows ␣"),
            (["generate", folder["run"], "--temperature", "warm"], "--temperature warm: a number is needed"),
            (["generate", folder["run"], "--seed", "-1"], "--seed -1: a whole number from 0 to"),
            (["predict", folder["run"], "The"], "nabla generate"),
            (["evaluate", folder["run"]], "nabla generate"),
            (["generate", folder["run"], "--top-p", "2"], "--top-p 2: a number above 0 and at most 1 is needed"),
        })
        {
            var outcome = await Cli.Run(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_texts_that_travel_along_are_whole()
    {
        Assert.Equal(1_189_653, Nabla.Cli.Datasets.Texts.MobyDick().Length);
        var poems = Nabla.Cli.Datasets.Texts.TangPoems();
        Assert.Equal(3_911, poems.Count);
        Assert.All(poems, poem =>
        {
            var characters = poem.Text.EnumerateRunes().ToArray();
            Assert.Equal(24, characters.Length);
            Assert.Equal("，。，。", $"{characters[5]}{characters[11]}{characters[17]}{characters[23]}");
        });
    }
}
