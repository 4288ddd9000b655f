using System.Text.Json.Nodes;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class PretrainTests : IDisposable
{
    static readonly string[] Sentences =
    [
        "The quick brown fox jumps over the lazy dog.", "The lazy dog sleeps in the sun.", "A fox is quick and brown.",
        "Dogs sleep where it is warm.",
        "The sun rises over the hill.", "A hill is warm in the sun.", "Over the hill jumps a fox.", "The dog and the fox are brown.",
    ];

    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Documents of four sentences each, in an order of their own.</summary>
    string Text()
    {
        var documents = Enumerable.Range(0, 40).Select(i => string.Join('\n', Enumerable.Range(0, 4).Select(k => Sentences[((i * 3) + (k
            * (1 + (i % 3)))) % Sentences.Length])));
        folder.Write("text.txt", string.Join("\n\n", documents) + "\n");
        return folder["text.txt"];
    }

    /// <summary>A pretraining of a moment; what is named in <paramref name="more"/> replaces the usual.</summary>
    Task<Outcome> Quick(string output, params string[] more)
    {
        var usual = new Dictionary<string, string>
        {
            ["--data"] = Text(), ["--sentences"] = "line", ["--vocabulary"] = "60", ["--layers"] = "1", ["--hidden"] = "16", ["--heads"] = "2",
            ["--max-length"] = "32", ["--batch"] = "256", ["--lr"] = "0.01", ["--steps"] = "40", ["--validation"] = "0.2",
        };
        return Cli.Run(["pretrain", .. usual.Where(option => !more.Contains(option.Key)).SelectMany(option => new[] { option.Key, option.Value }),
            "--output", output, .. more]);
    }

    [Fact]
    public async Task A_BERT_is_pretrained_in_one_command_and_then_fills_masks()
    {
        var outcome = await Quick(folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "1 files", "trained on the texts", "BERT of 1 layers × 16, 2 heads", "15% of the tokens",
            "40 steps of 256 tokens", "masked tokens", "next sentence", "nabla fill-mask" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(RunFolder.Open(folder["run"]).Report));
        var filled = await Cli.Run("fill-mask", "The lazy [MASK] sleeps.", "--model", Path.Combine(folder["run"], "model"), "--json");
        Assert.Equal((0, ""), (filled.Code, filled.Error));
        Assert.Equal(5, JsonNode.Parse(filled.Output)![0]!.AsArray().Count);
        Assert.Equal(60, BertConfiguration.Load(Path.Combine(folder["run"], "model")).VocabularySize);
    }

    [Theory]
    [InlineData("--layout", "sentences")]
    [InlineData("--short-epochs", "1", "--short-length", "16", "--whole-words", "--dropout", "0.1")]
    public async Task A_run_that_is_resumed_ends_in_the_bits_of_one_that_was_not_interrupted(params string[] more)
    {
        await Quick(folder["whole"], [.. more, "--json"]);
        var stopped = await Quick(folder["run"], [.. more, "--save-every", "3", "--minutes", "0.00001", "--json"]);
        Assert.Contains("--resume", stopped.Error, StringComparison.Ordinal);
        var resumed = await Cli.Run("pretrain", "--output", folder["run"], "--resume", "--json");
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
        Assert.Equal(await File.ReadAllBytesAsync(RunFolder.Open(folder["whole"]).Last, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(RunFolder.Open(folder["run"]).Last, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_summary_in_JSON_has_the_metrics_of_held_out_texts()
    {
        var outcome = await Quick(folder["run"], "--json");
        var test = JsonNode.Parse(outcome.Output)!["test"]!;
        Assert.InRange(test["mlm_accuracy"]!.GetValue<double>(), 0, 1);
        Assert.InRange(test["nsp_accuracy"]!.GetValue<double>(), 0, 1);
        Assert.Equal(test["mlm_loss"]!.GetValue<double>() + test["nsp_loss"]!.GetValue<double>(), test["loss"]!.GetValue<double>(), 9);
    }

    [Fact]
    public async Task The_tokenizer_of_another_model_is_used()
    {
        await Quick(folder["first"], "--steps", "2", "--json");
        var outcome = await Quick(folder["second"], "--tokenizer", Path.Combine(folder["first"], "model"), "--steps", "2");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal(File.ReadAllText(Path.Combine(folder["first"], "model", "vocab.txt")), File.ReadAllText(Path.Combine(folder["second"],
            "model", "vocab.txt")));
    }

    [Theory]
    [InlineData("--hidden 15 --heads 2", "--hidden 15")]
    [InlineData("--max-length 4", "--max-length 4")]
    [InlineData("--tokenizer nowhere", "nowhere")]
    [InlineData("--vocabulary 9", "--vocabulary 9")]
    public async Task A_setting_that_does_not_fit_has_one_line(string more, string problem)
    {
        var outcome = await Quick(folder["run"], more.Split(' '));
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pretraining_of_a_model_goes_on_with_its_sizes_its_tokenizer_and_its_weights()
    {
        await Quick(folder["first"], "--layout", "sentences", "--steps", "30", "--json");
        var first = Path.Combine(folder["first"], "model");
        var arguments = new[] { "pretrain", "--data", Text(), "--sentences", "line", "--validation", "0.2", "--max-length", "32", "--batch", "256",
            "--model", folder["first"], "--lr", "1e-9", "--steps", "2", "--output", folder["second"], "--json" };
        var outcome = await Cli.Run(arguments);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var second = Path.Combine(folder["second"], "model");
        Assert.Equal(BertConfiguration.Load(first).HiddenSize, BertConfiguration.Load(second).HiddenSize);
        Assert.Equal(File.ReadAllText(Path.Combine(first, "vocab.txt")), File.ReadAllText(Path.Combine(second, "vocab.txt")));
        var (before, after) = (BertCheckpoint.Load(first), BertCheckpoint.Load(second));
        Assert.All(before.Parameters().Zip(after.Parameters()), pair =>
            Assert.True((pair.First.Parameter.Value - pair.Second.Parameter.Value).Abs().Max().Item() < 1e-6, pair.First.Path));
    }

    [Theory]
    [InlineData("--hidden 32", "--hidden: the model of --model has its own")]
    [InlineData("--max-length 64", "has 32 positions")]
    public async Task What_contradicts_the_model_that_goes_on_has_one_line(string more, string problem)
    {
        await Quick(folder["first"], "--steps", "1", "--json");
        var outcome = await Cli.Run(["pretrain", "--data", Text(), "--model", folder["first"], "--output", folder["second"], .. more.Split(' ')]);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains(problem, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_are_the_rows_of_a_table()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"{{\"id\":{i},\"article\":\"{string.Join("\\n", Sentences.Skip(i % 4).Take(4))} {i}.\"}}");
        Directory.CreateDirectory(folder["corpus"]);
        folder.Write("corpus/part-1.jsonl", string.Join('\n', rows.Take(20)));
        folder.Write("corpus/part-2.jsonl", string.Join('\n', rows.Skip(20)));
        folder.Write("corpus/readme.md", "Of foxes.");
        var outcome = await Quick(folder["run"], "--data", folder["corpus"], "--text", "article", "--vocabulary", "90");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("2 tables", outcome.Output, StringComparison.Ordinal);
        var other = await Quick(folder["other"], "--data", folder["corpus"]);
        Assert.Equal(ExitCodes.Usage, other.Code);
        Assert.Contains("It has: id, article (--text)", other.Error, StringComparison.Ordinal);
    }
}
