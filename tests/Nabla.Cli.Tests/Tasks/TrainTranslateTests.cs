using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Translation;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class TrainTranslateTests : IDisposable
{
    static readonly string[] Small = ["--width", "16", "--heads", "2", "--inner", "32", "--layers", "1", "--dropout", "0", "--tokens", "64", "--max-length", "10", "--lr", "0.01", "--warm-up", "5"];

    readonly Folder folder = new();

    public TrainTranslateTests()
    {
        // Numbers in two notations: 120 different ones.
        var units = "one two three four five six seven eight nine".Split(' ');
        var tens = "twenty thirty forty fifty sixty seventy eighty ninety".Split(' ');
        folder.Write("numbers.tsv", string.Concat(tens.SelectMany((ten, i) => units.Select((unit, j) => $"{i + 2} {j + 1}\t{ten} {unit}\n")).Concat(units.Select((unit, j) => $"{j + 1}\t{unit}\tjust {unit}\n"))));
    }

    public void Dispose() => folder.Dispose();

    static Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "translate", .. arguments]);

    [Fact]
    public async Task Pairs_of_a_file_are_learned_in_one_command_that_says_what_it_assumed()
    {
        var outcome = await Train(["--data", folder["numbers.tsv"], .. Small, "--epochs", "40", "--average", "0.9", "--test", "0.1", "--validation", "0.1", "--output", folder["run"]]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "81 sources with 90 targets", "65 training sources, 8 validation, 8 test", "words → words", "transformer, ", "token error", "Done", "word error", "nabla predict" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("<svg", await File.ReadAllTextAsync(RunFolder.Open(folder["run"]).Report, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("twenty one", (await Cli.Run("predict", folder["run"], "2 1", "--top", "1")).Output, StringComparison.Ordinal);
        var doubted = await Cli.Run("predict", folder["run"], "2 eleven x", "2 1", "--top", "1");
        Assert.Equal((0, "nabla: 2 eleven x: eleven x are none of the words in the training data, and read as unknown.\n"), (doubted.Code, doubted.Error.ReplaceLineEndings("\n")));
        var evaluation = JsonNode.Parse((await Cli.Run("evaluate", folder["run"], "--data", folder["numbers.tsv"], "--json")).Output)!;
        Assert.Equal(81, evaluation["texts"]!.GetValue<int>());
        Assert.True(evaluation["metrics"]!["sequence_error"]!.GetValue<double>() < 0.2, evaluation.ToJsonString());
        Assert.Contains("word error", (await Cli.Run("evaluate", folder["run"], "--checkpoint", "average")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_one_split_write_together_and_others_are_refused()
    {
        string[] arguments = ["--data", folder["numbers.tsv"], .. Small, "--epochs", "8", "--validation", "0.1"];
        await Train([.. arguments, "--output", folder["one"]]);
        await Train([.. arguments, "--model", "lstm", "--seed", "2", "--split-seed", "1", "--output", folder["two"]]);
        await Train([.. arguments, "--seed", "2", "--output", folder["three"]]);
        async Task<double> Loss(params string[] runs) => JsonNode.Parse((await Cli.Run(["evaluate", .. runs, "--json"])).Output)!["metrics"]!["loss"]!.GetValue<double>();
        var (one, two) = (await Loss(folder["one"]), await Loss(folder["two"]));
        // -ln is convex: the mean of the probabilities loses at most what the models lose on the average.
        Assert.InRange(await Loss(folder["one"], "--with", folder["two"]), 0, (one + two) / 2);
        Assert.Contains("2 1", (await Cli.Run("predict", folder["one"], "2 1", "--with", folder["two"], "--top", "1")).Output, StringComparison.Ordinal);
        var refused = await Cli.Run("evaluate", folder["one"], "--with", folder["two"], folder["three"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("another part", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resumed_run_comes_to_the_same_bits_as_one_that_was_not_stopped()
    {
        string[] arguments = ["--data", folder["numbers.tsv"], .. Small, "--validation", "0.1", "--epochs", "4", "--source-tokens", "characters"];
        arguments[Array.IndexOf(arguments, "--dropout") + 1] = "0.1";
        await Train([.. arguments, "--output", folder["whole"], "--json"]);
        var stopped = await Train([.. arguments, "--output", folder["parts"], "--minutes", "0.00002"]);
        Assert.Equal(0, stopped.Code);
        Assert.Contains("time is up after step", stopped.Output, StringComparison.Ordinal);
        var resumed = await Train("--output", folder["parts"], "--resume", "--threads", "1", "--json");
        Assert.Equal(0, resumed.Code);
        Processor.Threads = Environment.ProcessorCount;
        Assert.Equal(await File.ReadAllBytesAsync(RunFolder.Open(folder["whole"]).Last, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(RunFolder.Open(folder["parts"]).Last, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Byte_pairs_of_both_sides_are_one_vocabulary_that_lacks_no_text()
    {
        folder.Write("copies.tsv", string.Concat(Enumerable.Range(10, 80).Select(i => $"thou hast {i} 🙂 </s>\tyou have {i} 🙂 </s>\n")));
        string[] arguments = ["--data", folder["copies.tsv"], "--source-tokens", "bpe", "--target-tokens", "bpe", "--vocabulary", "290", .. Small, "--epochs", "1", "--validation", "0.1"];
        arguments[Array.IndexOf(arguments, "--max-length") + 1] = "30";
        var outcome = await Train([.. arguments, "--output", folder["run"]]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "bpe → bpe: ", " for both sides", "word error", "The sources unchanged: word error " }) Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        var run = RunFolder.Open(folder["run"]);
        var (tokenizers, settings) = (Tokenizers.Load(run), new TranslationSettings(new SettingList()));
        settings.Read(run);
        const string Unseen = "Ein Bär, 熊 </s>!";
        Assert.Equal(Unseen, tokenizers.Target.Decode(tokenizers.Source.Ids(Unseen)));
        Assert.Equal([0, 1], [tokenizers.Start, tokenizers.SourceEnd]);
        Assert.DoesNotContain(tokenizers.SourceEnd, tokenizers.Source.Ids(Unseen));
        var model = (Nabla.Models.Seq2Seq)TranslationTraining.Load(settings, tokenizers, run.Best);
        Assert.Same(model.SourceEmbedding, model.TargetEmbedding);
        Assert.Contains("Ein Bär", (await Cli.Run("predict", folder["run"], Unseen)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_word_error_is_the_same_however_a_model_cuts_what_it_writes()
    {
        PairEntry[] entries = [new("Behold, he cometh.", ["Behold, he comes.", "He comes."]), new("Go", ["Go!"])];
        var scores = new[] { "words", "bpe" }.Select(tokens =>
        {
            var counted = new TranslationScores(Tokenizers.Train(entries, Settings(tokens)));
            foreach (var (entry, written) in entries.Zip(["Behold, he came.", "Go !"])) counted.Update(new(entry, written));
            return counted.Values;
        }).ToArray();
        // Of five words one is wrong; the mark behind "Go" is right whatever stands before it.
        Assert.Equal(1 / 7.0, scores[0]["token_error"], 12);
        Assert.Equal(0.5, scores[0]["sequence_error"]);
        Assert.Equal(scores[0]["token_error"], scores[1]["token_error"]);
    }

    static TranslationSettings Settings(string tokens)
    {
        var settings = new TranslationSettings(new SettingList());
        settings.SourceTokens.Set(tokens);
        settings.TargetTokens.Set(tokens);
        settings.Vocabulary.Set(300);
        return settings;
    }

    [Fact]
    public async Task An_LSTM_with_attention_is_trained_by_the_same_command()
    {
        var outcome = await Train("--data", folder["numbers.tsv"], "--model", "lstm", "--width", "16", "--tokens", "64", "--max-length", "10", "--epochs", "1", "--validation", "0.1", "--schedule", "noam", "--output", folder["run"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal(1, JsonNode.Parse(outcome.Output)!["epochs"]!.GetValue<int>());
    }

    [Fact]
    public void The_dictionary_of_pronunciations_has_no_stress_and_each_word_once()
    {
        var source = PairSource.Open("cmudict", null);
        var aaronson = source.Entries.Single(entry => entry.Source == "AARONSON");
        Assert.Equal(["EH R AH N S AH N", "AA R AH N S AH N"], aaronson.Targets);
        Assert.Equal(["AH", "EY"], source.Entries.Single(entry => entry.Source == "A").Targets);
        Assert.Equal(39, source.Entries.SelectMany(entry => entry.Targets).SelectMany(target => target.Split(' ')).Distinct().Count());
        var parts = PairParts.Of(source, 0.02, 0.1, seed: 1);
        Assert.Equal(source.Entries.Count, parts.Counts.Sum());
        Assert.Equal(0.1, parts.Test.Count / (double)source.Entries.Count, 4);
        Assert.Equal(parts.Test.Select(entry => entry.Source), PairParts.Of(source, 0.02, 0.1, seed: 1).Test.Select(entry => entry.Source));
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        folder.Write("bad.tsv", "one\tuno\nno target\n");
        folder.Write("half.tsv", "one\tuno\ntwo\t \n");
        folder.Write("empty.tsv", "\n");
        File.WriteAllBytes(folder["latin.tsv"], System.Text.Encoding.Latin1.GetBytes("café\tcoffee\n"));
        foreach (var (arguments, said) in new (string[], string)[]
        {
            ([], "--data is missing"),
            (["--data", folder["none"]], "there is no such data or file"),
            (["--data", folder["bad.tsv"]], "line 2: a source, a tab and a target are needed"),
            (["--data", folder["half.tsv"]], "line 2: a source, a tab and a target are needed"),
            (["--data", folder["empty.tsv"]], "has no pairs. Give lines"),
            (["--data", folder["latin.tsv"]], "latin.tsv:1: is no text in UTF-8"),
            (["--data", folder["numbers.tsv"], "--minutes", "1e9"], "of a month at most"),
            (["--data", folder["numbers.tsv"], "--width", "10", "--heads", "4"], "--width 10 does not divide by --heads 4"),
            (["--data", folder["numbers.tsv"], "--model", "lstm", "--width", "11"], "needs an even width"),
            (["--data", folder["numbers.tsv"], "--tokens", "10"], "which must fit into a batch"),
            (["--data", folder["numbers.tsv"], "--epochs", "0"], "--epochs 0: a whole number above 0 is needed"),
            (["--data", folder["numbers.tsv"], "--source-tokens", "words", "--target-tokens", "characters", "--vocabulary", "3"], "of words → characters at least 5 are needed"),
            (["--data", folder["numbers.tsv"], "--source-tokens", "bpe", "--vocabulary", "200"], "at least 258 are needed"),
            (["--data", folder["numbers.tsv"], "--validation", "0", "--test", "0"], "nothing to evaluate the model on"),
            (["--data", folder["numbers.tsv"], "--validation", "0.001"], "too few to be cut"),
            (["--resume"], "--resume needs the run's folder"),
            (["--resume", "--output", folder["none"]], "there is no run in"),
        })
        {
            var outcome = await Train(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("defect", outcome.Error, StringComparison.Ordinal);
        }
        await Train(["--data", folder["numbers.tsv"], .. Small, "--epochs", "1", "--validation", "0.1", "--output", folder["run"], "--json"]);
        Assert.Contains("holds a run already", (await Train("--data", folder["numbers.tsv"], "--output", folder["run"])).Error, StringComparison.Ordinal);
        Assert.Contains("leave --width, --epochs out", (await Train("--output", folder["run"], "--resume", "--width", "8", "--epochs", "3")).Error, StringComparison.Ordinal);
        Assert.Contains("without a moving average", (await Cli.Run("predict", folder["run"], "2 1", "--checkpoint", "average")).Error, StringComparison.Ordinal);
        Assert.Contains("is no text", (await Cli.Run("predict", folder["run"], " ")).Error, StringComparison.Ordinal);
    }
}
