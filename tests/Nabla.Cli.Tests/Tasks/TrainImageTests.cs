using System.Diagnostics;
using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class TrainImageTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    static Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "image", .. arguments]);

    [Fact]
    public async Task Digits_are_learned_in_one_command_that_says_what_it_assumed()
    {
        var outcome = await Train("--data", "digits", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "1,797 handwritten digits", "10: 0, 1, 2", "8 × 8, grey (--size)", "1,438 training, 180 validation, 179 test", "mlp, 50,826 parameters", "adamw, learning rate 0.002 (cosine)", "Done" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        var run = RunFolder.Open(folder["run"]);
        Assert.True(Accuracy(run) > 0.9, $"accuracy {Accuracy(run)}");
        var report = await File.ReadAllTextAsync(run.Report, TestContext.Current.CancellationToken);
        foreach (var part in new[] { "<svg", "class=\"matrix\"", "data:image/bmp;base64,", "mlp on digits" }) Assert.Contains(part, report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_summary_in_JSON_and_evaluate_agree()
    {
        var outcome = await Train("--data", "digits", "--epochs", "2", "--label-smoothing", "0.1", "--augment", "mixup", "--patience", "5", "--schedule", "onecycle", "--optimizer", "sgd", "--output", folder["run"], "--json");
        var summary = JsonNode.Parse(outcome.Output)!;
        Assert.Equal(2, summary["epochs"]!.GetValue<int>());
        var evaluation = JsonNode.Parse((await Cli.Run("evaluate", folder["run"], "--json")).Output)!;
        Assert.Equal(summary["test"]!["accuracy"]!.GetValue<double>(), evaluation["metrics"]!["accuracy"]!.GetValue<double>());
        Assert.Equal(summary["test"]!["loss"]!.GetValue<double>(), evaluation["metrics"]!["loss"]!.GetValue<double>());
        var whole = await Cli.Run("evaluate", folder["run"], "--data", "digits", "--checkpoint", "last");
        Assert.Contains("(1,797 images of digits), loss ", whole.Output, StringComparison.Ordinal);
        Assert.Contains("macro avg", whole.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_begins_with_what_an_earlier_one_has_learned()
    {
        await Train("--data", "digits", "--epochs", "5", "--output", folder["first"], "--json");
        var outcome = await Train("--data", "digits", "--model", folder["first"], "--epochs", "1", "--output", folder["second"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains($"from the best checkpoint of {folder["first"]}", outcome.Output, StringComparison.Ordinal);
        var first = RunFolder.Open(folder["second"]).ReadMetrics().First(line => line["loss"] is not null)["loss"]!.GetValue<double>();
        Assert.True(first < 1, $"The first loss is {first}; a model that knows nothing has 2.3.");
    }

    [Fact]
    public async Task A_resumed_run_may_be_longer_and_tells_what_cannot_change()
    {
        await Train("--data", "digits", "--epochs", "1", "--output", folder["run"], "--json");
        var refused = await Train("--output", folder["run"], "--resume", "--batch", "8", "--model", "lenet");
        Assert.Equal(ExitCodes.Usage, refused.Code);
        Assert.Contains("leave --model, --batch out", refused.Error, StringComparison.Ordinal);
        var longer = await Train("--output", folder["run"], "--resume", "--epochs", "3", "--json");
        Assert.Equal(3, JsonNode.Parse(longer.Output)!["epochs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        await Train("--data", "digits", "--epochs", "1", "--output", folder["run"], "--json");
        foreach (var (arguments, said) in new (string[], string)[]
        {
            ([], "--data is missing"),
            (["--data", folder["none"]], "there is no such data"),
            (["--data", "digits", "--model", "alexnet"], "there is no such model, and no run in such a folder"),
            (["--data", "digits", "--model", "lenet", "--size", "8"], "lenet needs images of at least 12 × 12"),
            (["--data", "digits", "--augment", "flip,spin"], "--augment flip,spin: a list of flip, crop, rotate, colour, erase, mixup, joined by commas, or none is needed"),
            (["--data", "digits", "--epochs", "0"], "--epochs 0: a whole number above 0 is needed"),
            (["--data", "digits", "--lr", "-1"], "--lr -1: a number above 0 is needed"),
            (["--data", "digits", "--validation", "0.6", "--test", "0.5"], "leave nothing to train on"),
            (["--data", "digits", "--output", folder["run"]], "holds a run already"),
            (["--resume"], "--resume needs the run's folder"),
            (["--resume", "--output", folder["none"]], "there is no run in"),
        })
        {
            var outcome = await Train(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
        Assert.Contains("There is no run in", (await Cli.Run("evaluate", folder["none"])).Error, StringComparison.Ordinal);
        Assert.Contains("without a moving average", (await Cli.Run("evaluate", folder["run"], "--checkpoint", "average")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_has_examples_and_names_the_whole_command()
    {
        Assert.Contains("nabla train image --data my-pictures", (await Train("--help")).Output, StringComparison.Ordinal);
        Assert.Contains("Try `nabla train image --help`", (await Train("--speed", "9")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_saves_the_state_and_says_how_to_go_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var process = Cli.Start("train", "image", "--data", "digits", "--epochs", "100000", "--save-every", "1000000", "--output", folder["run"]);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("epoch   2", StringComparison.Ordinal))
        {
            // Until it is well under way.
        }
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var rest = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await rest;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Cancelled, process.ExitCode);
        Assert.Contains($"the state is saved. Continue with: nabla train image --output {folder["run"]} --resume", error, StringComparison.Ordinal);
        Assert.True(RunFolder.Open(folder["run"]).HasState);
    }

    [Fact]
    public async Task A_disk_without_room_ends_the_run_with_the_reason_and_it_goes_on_once_there_is_some()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit is one of Linux's shells.");
        // A limit on the length of files: the states, of 800 KB, do not fit, the models, of 200, do. .NET maps its own code in files too unless told not to.
        var command = $"ulimit -f 700; trap '' XFSZ; DOTNET_EnableWriteXorExecute=0 exec dotnet '{typeof(CommandLine).Assembly.Location}' train image --data digits --epochs 2 --average 0.9 --output '{folder["run"]}'";
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Usage, process.ExitCode);
        Assert.Contains("After step 23 (epoch 1): a file could not be written", error, StringComparison.Ordinal);
        var run = RunFolder.Open(folder["run"]);
        Assert.Equal(["average.safetensors", "best.safetensors", "last.safetensors"], Directory.GetFiles(run.Checkpoints).Select(path => Path.GetFileName(path)!).Order());
        Assert.Equal(0, (await Train("--output", run.Folder, "--resume", "--json")).Code);
    }

    [Fact]
    public async Task A_loss_that_falls_apart_fails_with_the_remedy()
    {
        var outcome = await Train("--data", "digits", "--optimizer", "sgd", "--lr", "1e30", "--output", folder["run"]);
        Assert.Equal(ExitCodes.CheckFailed, outcome.Code);
        Assert.Matches(@"Step \d+ \(epoch 1\): the loss is \S+, at a learning rate of", outcome.Error);
    }

    static double Accuracy(RunFolder run) => run.ReadMetrics().Last(line => line["evaluation"] is not null)["evaluation"]!["accuracy"]!.GetValue<double>();
}
