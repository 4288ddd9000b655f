using System.Text;
using System.Text.Json.Nodes;
using Nabla.Cli.Datasets;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class TrainTextTests : IDisposable
{
    static readonly string[] Foods = ["bread", "soup", "cheese", "rice", "apples"], Tools = ["hammer", "saw", "drill", "pliers", "chisel"], Filler = ["today", "we", "bought", "some", "the", "a", "very", "good", "old"];

    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    static Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "text", .. arguments]);

    /// <summary>Sentences about food and about tools, told apart by one word somewhere.</summary>
    static IEnumerable<(string Text, string Label)> Sentences(int count)
    {
        var random = new Generator(7);
        for (var i = 0; i < count; i++)
        {
            var words = Enumerable.Range(0, 2 + random.NextInt(9)).Select(_ => Filler[random.NextInt(Filler.Length)]).ToList();
            words.Insert(random.NextInt(words.Count), (i % 2 == 0 ? Foods : Tools)[random.NextInt(5)]);
            yield return ($"{string.Join(' ', words)} {i}.", i % 2 == 0 ? "food" : "tools");
        }
    }

    string Table(int count = 400)
    {
        folder.Write("shop.csv", "label,text\n" + string.Concat(Sentences(count).Select(row => $"{row.Label},\"{row.Text}\"\n")));
        return folder["shop.csv"];
    }

    [Fact]
    public void Of_a_long_text_the_beginning_and_the_end_are_read()
    {
        var tokenizer = WordTokenizer.Train(["a b c d e f g"], special: SpecialSymbols.All);
        string Read(string text, int tokens) => string.Join(' ', TextParts.Ids(tokenizer, text, tokens).Select(id => tokenizer.Vocabulary[id]));
        var start = tokenizer.Vocabulary[tokenizer.Vocabulary.StartId!.Value];
        Assert.Equal($"{start} a b c d e", Read("a b c d e", 5));
        Assert.Equal($"{start} a b c f g", Read("a b c d e f g", 5));
        Assert.Equal($"{start} a", Read("a b c d e f g", 1));
        Assert.Equal(start, Read("", 5));
    }

    [Fact]
    public async Task A_table_is_learned_in_one_command_that_says_what_it_assumed()
    {
        var outcome = await Train("--data", Table(), "--epochs", "12", "--width", "32", "--lr", "0.01", "--tokens", "40", "--batch", "256", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "lstm on shop", "400 rows of", "the text in column text (--text)", "2: food, tools", "320 training, 40 validation, 40 test", "--vocabulary", "width 32, 1 layer", "12 epochs", "Done", "Test accuracy 100.00% (40 texts), F1 of food 1.0000." })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        var run = RunFolder.Open(folder["run"]);
        Assert.Contains("class=\"matrix\"", await File.ReadAllTextAsync(run.Report, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var evaluation = JsonNode.Parse((await Cli.Run("evaluate", folder["run"], "--json")).Output)!;
        Assert.Equal((40, 1), ((int)evaluation["examples"]!, (double)evaluation["metrics"]!["f1"]!));
        folder.Write("more.tsv", "text\tlabel\nfresh bread\tfood\nthe saw broke\ttools\n");
        Assert.Contains("Accuracy 100.00% (2 texts of more), F1 of food 1.0000.", (await Cli.Run("evaluate", folder["run"], "--data", folder["more.tsv"])).Output, StringComparison.Ordinal);
        folder.Write("note.txt", "We bought cheese.");
        var predictions = JsonNode.Parse((await Cli.Run("predict", folder["run"], "a good hammer", folder["note.txt"], "--top", "1", "--json")).Output)!.AsArray();
        Assert.Equal(["tools", "food"], predictions.Select(prediction => (string)prediction!["classes"]![0]!["name"]!));
        Assert.Contains("a good hammer   tools", (await Cli.Run("predict", folder["run"], "a good hammer")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transformer_reads_lines_of_JSON_with_columns_by_their_names()
    {
        folder.Write("shop.jsonl", string.Concat(Sentences(800).Select(row => new JsonObject { ["kind"] = row.Label, ["note"] = row.Text }.ToJsonString() + "\n")));
        var outcome = await Train("--data", folder["shop.jsonl"], "--text", "note", "--label", "kind", "--model", "transformer", "--epochs", "6", "--width", "32", "--lr", "0.003", "--dropout", "0", "--tokens", "40", "--batch", "256", "--output", folder["run"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.True((double)JsonNode.Parse(outcome.Output)!["test"]!["accuracy"]! > 0.95, outcome.Output);
    }

    [Fact]
    public async Task A_folder_gives_its_parts_and_a_pair_is_read_as_one_text()
    {
        Directory.CreateDirectory(folder["parts"]);
        foreach (var (part, count) in new[] { ("train", 60), ("valid", 20), ("test", 30) })
            folder.Write(Path.Combine("parts", $"{part}.tsv"), "premise\thypothesis\tlabel\n" + string.Concat(Sentences(count).Select(row => $"{row.Text}\tthe second\t{row.Label}\n")));
        var outcome = await Train("--data", folder["parts"], "--width", "8", "--epochs", "1", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("column premise (--text) and hypothesis (--pair), joined, its class in label (--label)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("60 training, 20 validation, 30 test, as the files give them", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("row        ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(" ‖ the second → ", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(30, (int)JsonNode.Parse((await Cli.Run("evaluate", folder["run"], "--json")).Output)!["examples"]!);
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_to_the_same_weights()
    {
        string[] settings = ["--data", Table(200), "--width", "16", "--batch", "512", "--json"];
        await Train([.. settings, "--epochs", "4", "--output", folder["whole"]]);
        // What it was asked for at first does not matter for the bits but for the schedule, which the epochs set.
        using (var stop = new CancellationTokenSource())
        {
            var asked = new TextSettings(new SettingList());
            asked.Data.Set(settings[1]);
            asked.Width.Set(16);
            asked.Batch.Set(512);
            asked.Epochs.Set(4);
            var (training, run) = (TextTraining.Begin(asked), RunFolder.Open(folder["stopped"]));
            training.WriteFiles(run);
            run.WriteConfiguration(training.Settings.ToJson());
            Assert.Equal(TrainingEnd.Stopped, training.Train(new(run, Resume: false, stop.Token, null, new StopAfter(7, stop))).End);
        }
        var resumed = await Train("--output", folder["stopped"], "--resume", "--json");
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
        Assert.Equal(File.ReadAllBytes(RunFolder.Open(folder["whole"]).Last), File.ReadAllBytes(RunFolder.Open(folder["stopped"]).Last));
    }

    [Fact]
    public async Task A_moving_average_is_kept_and_judged()
    {
        var outcome = await Train("--data", Table(100), "--width", "16", "--epochs", "1", "--tokens", "40", "--batch", "128", "--average", "0.9", "--output", folder["run"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        var run = RunFolder.Open(folder["run"]);
        Assert.Equal(0.9, (double)run.ReadConfiguration()["average"]!);
        Assert.NotEqual(File.ReadAllBytes(run.Last), File.ReadAllBytes(run.Average));
        // After one epoch the only evaluation is the best one: of the average.
        Assert.Equal(File.ReadAllBytes(run.Average), File.ReadAllBytes(run.Best));
        Assert.Contains("Test accuracy", (await Cli.Run("evaluate", folder["run"], "--checkpoint", "average")).Output, StringComparison.Ordinal);
        Assert.Contains("leave --average out", (await Train("--output", folder["run"], "--resume", "--average", "0.5")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_the_same_words_come_into_the_same_part()
    {
        var texts = Enumerable.Range(0, 300).Select(i => new LabelledText(i % 3 == 0 ? $"Buy number {i / 6} now!" : $"BUY  number {i / 6} — now", i / 6 % 2)).ToArray();
        var parts = TextParts.Of(new("", "", Dataset.From(texts), ["a", "b"]), 0.2, 0.2, seed: 3);
        var numbers = new[] { parts.Train, parts.Validation, parts.Test }.Select(part => part.Select(text => text.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]).ToHashSet()).ToArray();
        Assert.Equal([180, 60, 60], parts.Counts);
        Assert.Equal(50, numbers.Sum(set => set.Count));
        Assert.Equal(50, numbers.SelectMany(set => set).Distinct().Count());
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        var table = Table(40);
        folder.Write("one.csv", "text,label\na,x\nb,x\n");
        folder.Write("odd.csv", "first,second\na,x\n");
        folder.Write("empty.csv", "text,label\n");
        folder.Write("same.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"the same,{i % 2}\n")));
        File.WriteAllBytes(folder["latin.csv"], Encoding.Latin1.GetBytes("text,label\ncafé,x\ntea,y\n"));
        folder.Write("blank.txt", " \n");
        folder.Write("nested.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"label\": {\"is\": 2}}\n");
        using (var packed = new MemoryStream())
        {
            using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true)) gzip.Write(File.ReadAllBytes(table));
            File.WriteAllBytes(folder["cut.csv.gz"], packed.ToArray()[..^20]);
        }
        await Train("--data", table, "--epochs", "1", "--width", "8", "--output", folder["run"], "--json");
        foreach (var (arguments, said) in new (string[], string)[]
        {
            ([], "--data is missing"),
            (["--data", folder["none.csv"]], "there is no such data, file or folder"),
            (["--data", folder["one.csv"]], "has 1 class; at least 2"),
            (["--data", folder["odd.csv"]], "Say which it is: --text COLUMN, --label COLUMN"),
            (["--data", folder["empty.csv"]], "no row has a text in column \"text\""),
            (["--data", folder["latin.csv"]], "latin.csv:2: is no text in UTF-8: the byte E9"),
            (["--data", folder["same.csv"]], "30 texts, of which 1 differ, of 2 classes are too few"),
            (["--data", folder["nested.jsonl"]], "nested.jsonl: column \"label\" holds {\"is\": 2}; a text or a number is needed"),
            (["--data", folder["cut.csv.gz"]], "cannot be decompressed"),
            (["--data", table, "--text", "body"], "there is no column \"body\" (--text). The columns: "),
            (["--data", table, "--vocabulary", "4"], "--vocabulary 4: at least 5 are needed"),
            (["--data", table, "--epochs", "many"], "--epochs many: a whole number is needed"),
            (["--data", table, "--epochs", "3000000000"], "--epochs 3000000000: a smaller whole number is needed"),
            (["--data", table, "--model", "bert"], "--model bert: there is no such folder, nor is it nabla-bert-mini, which travels with nabla, or ORG/NAME of the Hugging Face Hub. Or name one of lstm, transformer"),
            (["--data", table, "--freeze", "1"], "--freeze: it is for a pretrained model"),
            (["--data", table, "--text", "label", "--label", "label"], "--text, --pair and --label cannot be both the same column"),
            (["--data", table, "--validation", "0.6", "--test", "0.5"], "leave nothing to train on"),
            (["--data", table, "--validation", "0", "--test", "0"], "leaves nothing to evaluate"),
            (["--data", table, "--model", "transformer", "--width", "40"], "a multiple of 32"),
            (["--data", table, "--average", "1"], "--average 1: a number from 0 to below 1"),
            (["--data", table, "--threads", "0"], "--threads 0: a whole number above 0"),
            (["--data", table, "--epochs", "0"], "--epochs 0: a whole number above 0"),
            (["--data", table, "--output", folder["run"]], "holds a run already"),
            (["--resume"], "--resume needs the run's folder"),
            (["--resume", "--output", folder["run"], "--seed", "3"], "leave --seed out"),
        })
        {
            var outcome = await Train(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["predict", folder["run"], " "], "\" \" is no text: there is nothing to read in it"),
            (["predict", folder["run"], folder["blank.txt"]], "blank.txt is no text"),
            (["predict", folder["run"], "good", "--top", "0"], "--top 0: a whole number above 0"),
        })
        {
            var outcome = await Cli.Run(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
        var doubted = await Cli.Run("predict", folder["run"], "mial.txt");
        Assert.Equal(0, doubted.Code);
        Assert.Contains("mial.txt is no file, so it is read as a text", doubted.Error, StringComparison.Ordinal);
        Assert.Contains("without a moving average (--average)", (await Cli.Run("evaluate", folder["run"], "--checkpoint", "average")).Error, StringComparison.Ordinal);
        Assert.Contains("is not of a run of the task image", (await Cli.Run("train", "image", "--resume", "--output", folder["run"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_class_that_the_test_part_has_none_of_is_named_with_the_remedy_and_the_training_goes_on()
    {
        folder.Write("desk.csv", "label,text\n" + string.Concat(Sentences(60).Select(row => $"{row.Label},\"{row.Text}\"\n")) + "urgent,the house is on fire\nurgent,help at once\n");
        string[] settings = ["--data", folder["desk.csv"], "--width", "8", "--epochs", "1"];
        var told = await Train([.. settings, "--output", folder["told"]]);
        const string Said = "no texts of urgent in the test part, so that it says nothing of them and they count as 0 in the macro F1: add some, or raise --test";
        Assert.Equal((0, ""), (told.Code, told.Error));
        Assert.Contains($"warning    {Said}", told.Output, StringComparison.Ordinal);
        Assert.Contains("no texts of urgent in the test part", await File.ReadAllTextAsync(RunFolder.Open(folder["told"]).Report, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var summary = await Train([.. settings, "--output", folder["summary"], "--json"]);
        Assert.Equal((0, $"nabla: warning: {Said}\n"), (summary.Code, summary.Error.ReplaceLineEndings("\n")));
        Assert.NotNull(JsonNode.Parse(summary.Output));
        // Half of two texts is one.
        Assert.DoesNotContain("warning", (await Train([.. settings, "--test", "0.5", "--output", folder["half"]])).Output, StringComparison.Ordinal);
        Assert.Contains("no texts of urgent in the training part: add some, or lower --validation and --test", (await Train([.. settings, "--validation", "0.45", "--test", "0.45", "--output", folder["none"]])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_mail_the_subject_and_the_text_are_read()
    {
        static string Read(string mail) => Mail.Text(Encoding.Latin1.GetBytes(mail));
        Assert.Equal("Hello\nThe text.\n", Read("From a@b.org  Thu Aug 22 12:36:23 2002\nFrom: a@b.org\nSubject: Hello\nReceived: by somebody\n\nThe text.\n"));
        Assert.Equal("Für Sie\nGrün & gut\n", Read("Subject: =?utf-8?Q?F=C3=BCr_Sie?=\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FCn & gut\n"));
        var html = Read("Subject: Win\nContent-Type: text/html\n\n<html><head><title>T</title><style>p { color: red }</style><script>alert(1)</script></head><body><p>Click&nbsp;<a href='x'>here</a><br>now &lt;3</body></html>\n");
        Assert.Equal("Win Click here now <3", string.Join(' ', html.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains("the plain part", Read("Subject: Two\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nthe plain part\n--B\nContent-Type: text/html\n\n<b>the other</b>\n--B--\n"), StringComparison.Ordinal);
        Assert.NotNull(Read("\0\u0001 no mail at all"));
        Assert.NotNull(Read(""));
    }

    sealed class StopAfter(int steps, CancellationTokenSource stop) : ITrainingCallback
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == steps) stop.Cancel();
        }
    }
}
