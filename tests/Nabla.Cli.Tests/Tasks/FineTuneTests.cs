using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.FineTuning;
using Nabla.Cli.Tasks.Texts;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

/// <summary><c>nabla train text --model FOLDER</c>: a tiny BERT is fine-tuned for each head.</summary>
public sealed class FineTuneTests : IDisposable
{
    readonly Folder folder = new();
    readonly Generator random = new(3);

    public FineTuneTests() => TinyBert.Save(folder["bert"], layers: 2);

    public void Dispose() => folder.Dispose();

    Task<Outcome> Train(params string[] arguments) => Cli.Run(["train", "text", "--model", folder["bert"], .. arguments]);

    static async Task<JsonNode> Json(params string[] arguments)
    {
        var outcome = await Cli.Run([.. arguments, "--json"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        return JsonNode.Parse(outcome.Output)!;
    }

    string Word(string[] words) => words[random.NextInt(words.Length)];

    /// <summary>A food, or of odd numbers a tool.</summary>
    string Thing(int i) => Word(i % 2 == 0 ? TinyBert.Foods : TinyBert.Tools);

    string Text(string word) => string.Join(' ', Sentence(word));

    List<string> Sentence(string word)
    {
        var words = Enumerable.Range(0, 2 + random.NextInt(5)).Select(_ => Word(TinyBert.Filler)).ToList();
        words.Insert(random.NextInt(words.Count), word);
        return words;
    }

    /// <summary>Rows of texts, the class of each by one of its words.</summary>
    string Classes(int count = 160)
    {
        folder.Write("shop.csv", "label,text\n" + string.Concat(Enumerable.Range(0, count).Select(i =>
            $"{(i % 2 == 0 ? "food" : "tools")},{Text(Thing(i))} {i}\n")));
        return folder["shop.csv"];
    }

    /// <summary>A folder of parts: pairs that are about the same kind of thing, or not.</summary>
    string Pairs()
    {
        Directory.CreateDirectory(folder["pairs"]);
        foreach (var (part, count) in new[] { ("train", 120), ("dev", 16), ("test", 24) })
        {
            folder.Write(Path.Combine("pairs", $"{part}.tsv"), "sentence1\tsentence2\tlabel\n" +
                string.Concat(Enumerable.Range(0, count).Select(i =>
                $"{Text(Word(TinyBert.Foods))}\t{Text(Thing(i))}\t{(i % 2 == 0 ? "same" : "other")}\n")));
        }
        return folder["pairs"];
    }

    /// <summary>Pairs with a number.</summary>
    string Numbers()
    {
        folder.Write("scores.tsv", "sentence1\tsentence2\tscore\n" + string.Concat(Enumerable.Range(0, 160).Select(i =>
            $"{Text(Word(TinyBert.Foods))} {i}\t{Text(Thing(i))}\t{(i % 2 == 0 ? "1.5" : "0.25")}\n")));
        return folder["scores.tsv"];
    }

    /// <summary>Sentences in columns whose foods and tools are entities.</summary>
    string Tags()
    {
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < 120; i++)
        {
            var word = Thing(i);
            foreach (var each in Sentence(word).Append($"{i}"))
                text.Append($"{each} {(each == word ? i % 2 == 0 ? "B-FOOD" : "B-TOOL" : "O")}\n");
            text.Append('\n');
        }
        folder.Write("tags.conll", text.ToString());
        return folder["tags.conll"];
    }

    /// <summary>Questions whose answer is the food or tool of the context; or also some that have none.</summary>
    string Questions(bool unanswered = false)
    {
        var paragraphs = new JsonArray();
        for (var i = 0; i < 120; i++)
        {
            var answer = Thing(i);
            var context = $"{Text(answer)} {i} .";
            paragraphs.Add((JsonNode)new JsonObject
            {
                ["context"] = context,
                ["qas"] = new JsonArray(new JsonObject
                {
                    ["id"] = $"{i}", ["question"] = "What did we buy?",
                    ["answers"] = new JsonArray(new JsonObject { ["text"] = answer,
                        ["answer_start"] = context.IndexOf(answer, StringComparison.Ordinal) }),
                }),
            });
            if (!unanswered) continue;
            paragraphs[i]!["qas"]!.AsArray().Add((JsonNode)new JsonObject
            {
                ["id"] = $"none {i}", ["question"] = "Did we ?", ["is_impossible"] = true, ["answers"] = new JsonArray(),
            });
        }
        folder.Write("squad.json", new JsonObject { ["data"] = new JsonArray(new JsonObject { ["title"] = "shop",
            ["paragraphs"] = paragraphs }) }.ToJsonString());
        return folder["squad.json"];
    }

    string Data(string head) => head switch { "classes" => Classes(), "pairs" => Pairs(), "number" => Numbers(), "tags" => Tags(),
        _ => Questions() };

    [Fact]
    public async Task Texts_are_classified_by_a_run_and_by_its_model_in_the_layout_of_Hugging_Face()
    {
        var outcome = await Train("--data", Classes(), "--lr", "0.003", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[]
        {
            "bert on shop", "160 rows of", "read       Labels are 2 classes: food, tools.", "row        ",
                "128 training, 16 validation, 16 test",
            "at most 40 tokens (--max-length); none is longer", "25 epochs in batches of 16", "warm-up 10%",
                "Test accuracy 100.0% (16 texts), F1 of ", ", baseline ",
            "95% interval of the accuracy 80.6% to 100.0%",
        })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);
        var configuration = JsonNode.Parse(File.ReadAllText(folder["run/model/config.json"]))!;
        Assert.Equal("BertForSequenceClassification", (string?)configuration["architectures"]![0]);
        Assert.Equal(("food", 1, "single_label_classification"),
            ((string?)configuration["id2label"]!["0"], (int)configuration["label2id"]!["tools"]!, (string?)configuration["problem_type"]));
        Assert.True(File.Exists(folder["run/model/tokenizer.json"]) && File.Exists(folder["run/model/vocab.txt"]));
        var evaluation = await Json("evaluate", folder["run"]);
        Assert.Equal((16, 1), ((int)evaluation["examples"]!, (double)evaluation["metrics"]!["accuracy"]!));
        string[] texts = ["we bought a good hammer", "the bread today"];
        var predicted = await Json(["predict", folder["run"], .. texts]);
        Assert.Equal(["tools", "food"], predicted.AsArray().Select(one => (string?)one!["classes"]![0]!["name"]));
        // The folder without its run, and the run named as a pretrained model.
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(predicted.ToJsonString()),
            JsonNode.Parse((await Json(["predict", folder["run/model"], .. texts])).ToJsonString())));
        Assert.Equal(1, (double)(await Json("evaluate", folder["run/model"], "--data", folder["shop.csv"]))["metrics"]!["accuracy"]!, 0.05);
        var again = await Cli.Run("train", "text", "--model", folder["run"], "--data", folder["shop.csv"], "--epochs", "1", "--output",
            folder["again"], "--json");
        Assert.Equal((0, ""), (again.Code, again.Error));
        Assert.Equal(1, (double)JsonNode.Parse(again.Output)!["test"]!["accuracy"]!);
    }

    [Fact]
    public async Task Pairs_come_in_the_parts_of_a_folder()
    {
        var outcome = await Train("--data", Pairs(), "--epochs", "1", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("sentence1 (--text) and sentence2 (--pair), label (--label)", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("120 training, 16 validation, 24 test, as the files give them", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("(24 pairs)", outcome.Output, StringComparison.Ordinal);
        var run = RunFolder.Open(folder["run"]).ReadConfiguration();
        Assert.Equal(("classes", "sentence2", "[120,16,24]"),
            ((string?)run["head"], (string?)run["pairColumn"], run["texts"]!.ToJsonString()));
        var option = await Json("predict", folder["run"], "some bread", "--pair", "a saw");
        Assert.Equal("some bread\ta saw", (string?)option[0]!["input"]);
        Assert.Equal(option.ToJsonString(), (await Json("predict", folder["run"], "some bread\ta saw")).ToJsonString());
        folder.Write("more.txt", "some bread\ta saw\n\nthe soup\tthe rice\n");
        Assert.Equal(2, (await Json("predict", folder["run"], folder["more.txt"])).AsArray().Count);
        var alone = await Cli.Run("predict", folder["run"], "some bread");
        Assert.Equal(ExitCodes.Usage, alone.Code);
        Assert.Contains("was trained on pairs. Give the second one by --pair TEXT", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_of_numbers_is_predicted()
    {
        var outcome = await Train("--data", Numbers(), "--lr", "0.003", "--epochs", "30", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("Labels are numbers from 0.25 to 1.5.", outcome.Output, StringComparison.Ordinal);
        var metrics = (await Json("evaluate", folder["run"]))["metrics"]!;
        Assert.True((double)metrics["pearson"]! > 0.8, metrics.ToJsonString());
        Assert.True(metrics["spearman"] is not null && metrics["rmse"] is not null);
        Assert.Equal("regression", (string?)JsonNode.Parse(File.ReadAllText(folder["run/model/config.json"]))!["problem_type"]);
        Assert.Equal(1.5, (double)(await Json("predict", folder["run"], "some bread", "--pair", "the soup"))[0]!["number"]!, 0.7);
    }

    [Fact]
    public async Task Words_are_tagged_and_spans_predicted()
    {
        var outcome = await Train("--data", Tags(), "--lr", "0.003", "--epochs", "50", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("labels     5: O, B-FOOD, I-FOOD, B-TOOL, I-TOOL", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("F1 of entities ", outcome.Output, StringComparison.Ordinal);
        Assert.True((double)(await Json("evaluate", folder["run"]))["metrics"]!["f1"]! > 0.9);
        var sentences = Enumerable.Range(0, 20).Select(i => (Word: Thing(i), IsFood: i % 2 == 0)).Select(one => (one.Word, one.IsFood,
            Text: $"{Text(one.Word)}  17")).ToArray();
        var predicted = (await Json(["predict", folder["run"], .. sentences.Select(one => one.Text)])).AsArray();
        var right = sentences.Zip(predicted).Count(pair => pair.Second!["entities"]!.AsArray() is [var entity]
            && entity!.ToJsonString() == Entity(pair.First.Text, pair.First.Word, pair.First.IsFood ? "FOOD" : "TOOL"));
        Assert.True(right >= 18, $"{right} of 20: {predicted.ToJsonString()}");

        static string Entity(string text, string word, string type) => text.IndexOf(word, StringComparison.Ordinal) is var start
            ? new JsonObject { ["type"] = type, ["start"] = start, ["end"] = start + word.Length, ["text"] = word }.ToJsonString() : "";
    }

    [Fact]
    public async Task A_question_without_an_answer_gets_none_where_such_questions_were_trained_on()
    {
        await Train("--data", Questions(unanswered: true), "--lr", "0.003", "--epochs", "30", "--output", folder["run"], "--json");
        string[] context = ["--context", "we bought some pliers 7 ."];
        var none = (await Json(["predict", folder["run"], "Did we ?", .. context]))[0]!["answers"]![0]!;
        Assert.Equal("", (string?)none["text"]);
        var shown = await Cli.Run(["predict", folder["run"], "Did we ?", .. context, "--top", "1"]);
        Assert.Contains("none ", shown.Output, StringComparison.Ordinal);
        var answer = (await Json(["predict", folder["run"], "What did we buy?", .. context]))[0]!["answers"]![0]!;
        Assert.Equal("pliers", (string?)answer["text"]);
    }

    [Fact]
    public async Task Questions_are_answered_out_of_a_context()
    {
        var outcome = await Train("--data", Questions(), "--lr", "0.003", "--epochs", "60", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("What did we buy? ‖ ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Test exact match ", outcome.Output, StringComparison.Ordinal);
        var metrics = (await Json("evaluate", folder["run"]))["metrics"]!;
        Assert.True((double)metrics["exact_match"]! > 0.8 && (double)metrics["f1"]! > 0.8, metrics.ToJsonString());
        folder.Write("page.txt", "we bought some pliers 7 .");
        var answers = (await Json("predict", folder["run"], "What did we buy?", "--context", folder["page.txt"], "--top",
            "2"))[0]!["answers"]!.AsArray();
        Assert.Equal(("pliers", 15, 2), ((string?)answers[0]!["text"], (int)answers[0]!["start"]!, answers.Count));
    }

    [Theory]
    [InlineData("classes")]
    [InlineData("pairs")]
    [InlineData("number")]
    [InlineData("tags")]
    [InlineData("answers")]
    public async Task A_fine_tuning_that_was_stopped_goes_on_to_the_same_weights(string head)
    {
        string[] settings = ["--data", Data(head), "--epochs", "2", "--batch", "24", "--layer-decay", "0.9"];
        var whole = await Train([.. settings, "--output", folder["whole"], "--json"]);
        Assert.Equal((0, ""), (whole.Code, whole.Error));
        using (var stop = new CancellationTokenSource())
        {
            var asked = new TextSettings(new SettingList());
            asked.Model.Set(folder["bert"]);
            asked.Data.Set(settings[1]);
            asked.Epochs.Set(2);
            asked.Batch.Set(24);
            asked.LayerDecay.Set(0.9);
            var (training, run) = (FineTuningStart.Begin(asked), RunFolder.Open(folder["stopped"]));
            training.WriteFiles(run);
            run.WriteConfiguration(training.Settings.ToJson());
            Assert.Equal(TrainingEnd.Stopped, training.Train(new(run, Resume: false, stop.Token, null, new StopAfter(3, stop))).End);
        }
        var resumed = await Cli.Run("train", "text", "--output", folder["stopped"], "--resume", "--json");
        Assert.Equal((0, ""), (resumed.Code, resumed.Error));
        Assert.Equal(File.ReadAllBytes(RunFolder.Open(folder["whole"]).Last), File.ReadAllBytes(RunFolder.Open(folder["stopped"]).Last));
        Assert.Equal(File.ReadAllBytes(folder["whole/model/model.safetensors"]),
            File.ReadAllBytes(folder["stopped/model/model.safetensors"]));
    }

    [Fact]
    public async Task Frozen_weights_are_those_of_the_pretrained_model()
    {
        var outcome = await Train("--data", Classes(64), "--epochs", "1", "--freeze", "1", "--output", folder["run"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        using var before = Safetensors.Open(folder["bert/model.safetensors"]);
        using var after = Safetensors.Open(folder["run/model/model.safetensors"]);
        bool IsSame(string name) => before[name].ToArray<float>().AsSpan().SequenceEqual(after[name].ToArray<float>());
        Assert.All(before.Tensors.Select(tensor => tensor.Name).Where(name => name.StartsWith("bert.embeddings", StringComparison.Ordinal)
            || name.StartsWith("bert.encoder.layer.0.", StringComparison.Ordinal)), name => Assert.True(IsSame(name), name));
        Assert.False(IsSame("bert.encoder.layer.1.output.dense.weight"));
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        var table = Classes(60);
        folder.Write("one.csv", "text,label\na,x\nb,x\n");
        folder.Write("many.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"the bread {i},{i}\n")));
        folder.Write("blank.csv", "text,label\n  ,x\n ,y\n");
        TinyBert.Save(folder["other"]);
        var json = JsonNode.Parse(File.ReadAllText(folder["other/config.json"]))!;
        json["model_type"] = "roberta";
        folder.Write("other/config.json", json.ToJsonString());
        TinyBert.Save(folder["small"]);
        json = JsonNode.Parse(File.ReadAllText(folder["small/config.json"]))!;
        json["vocab_size"] = 20;
        folder.Write("small/config.json", json.ToJsonString());
        foreach (var (arguments, said) in new (string[], string)[]
        {
            ([], "--data is missing"),
            (["--data", folder["none.csv"]], "none.csv: there is no such file or folder"),
            (["--data", table, "--label", "kind"], "there is no column \"kind\" (--label). The columns: "),
            (["--data", folder["one.csv"]], "has 1 class (x) in column label; at least 2 are needed"),
            (["--data", folder["many.csv"]],
                "column label has 40 classes in 40 rows, which are too many to be learned. To predict the number itself: --regression"),
            (["--data", folder["blank.csv"]], "no row has a text in column \"text\""),
            (["--data", table, "--max-length", "41"], "--max-length 41: the model has 40 positions"),
            (["--data", table, "--freeze", "3"], "--freeze 3: embeddings, or a number of layers from 1 to 2 is needed"),
            (["--data", table, "--layer-decay", "1.5"], "--layer-decay 1.5: a number above 0 and at most 1 is needed"),
            (["--data", table, "--width", "8"], "--width: it is not a setting of a pretrained model"),
            (["--data", table, "--model", folder["other"]], "\"model_type\" is \"roberta\"; \"bert\" is needed"),
            (["--data", table, "--model", folder["small"]], "tokens, the model 20 (vocab_size)"),
            (["--data", table, "--model", folder.Path], "holds no model: there is no config.json"),
        })
        {
            var outcome = arguments.Contains("--model") ? await Cli.Run(["train", "text", .. arguments]) : await Train(arguments);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
        var unfit = await Cli.Run("predict", folder["bert"], "some bread");
        Assert.Equal(ExitCodes.Usage, unfit.Code);
        Assert.Contains("is a BertForMaskedLM, which predicts no classes, tags or answers", unfit.Error, StringComparison.Ordinal);
    }

    sealed class StopAfter(int steps, CancellationTokenSource stop) : ITrainingCallback
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == steps) stop.Cancel();
        }
    }

    [Fact]
    public async Task The_verse_pairs_that_travel_along_are_learned_from_as_many_examples_as_asked_for()
    {
        var trained = await Json("train", "text", "--model", folder["bert"], "--data", "verse-pairs", "--examples", "48", "--epochs", "1",
            "--max-length", "16", "--output", folder["run"]);
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(RunFolder.Open(folder["run"]).Configuration, TestContext.Current.CancellationToken))!;
        Assert.Equal(48, settings["texts"]![0]!.GetValue<long>());
        Assert.Equal(["another", "the same"], settings["classes"]!.AsArray().Select(name => name!.GetValue<string>()));
        var evaluated = await Json("evaluate", folder["run"], "--data", "verse-pairs");
        Assert.Equal(trained["test"]!["accuracy"]!.GetValue<double>(), evaluated["metrics"]!["accuracy"]!.GetValue<double>());
    }
}
