using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

public sealed class SettingTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Names => [.. TrainingTasks.All.Select(task => task.Name)];

    static TaskSettings New(string task) => TrainingTasks.All.Single(known => known.Name == task).NewSettings();

    RunFolder Run(string json)
    {
        var run = RunFolder.Open(folder["run"]);
        run.WriteConfiguration(JsonNode.Parse(json)!.AsObject());
        return run;
    }

    /// <summary>As the command line wrote them before settings were declared once.</summary>
    [Theory]
    [InlineData("""
        {"task": "text", "data": "shop.csv", "textColumn": "text", "labelColumn": "label", "isMail": false, "validationShare": 0.1, "testShare": 0.1, "texts": [96, 12, 12],
        "classes": ["food", "tools"], "vocabulary": 13, "cased": false, "tokens": 256, "model": "lstm", "width": 8, "layers": 1, "dropout": 0.3, "wordDropout": 0.1, "epochs": 1, "batch": 1024,
        "learningRate": 0.002, "weightDecay": 0.01, "clipNorm": 1, "average": 0.9, "seed": 18446744073709551615, "splitSeed": 3, "saveEvery": 100, "tensorBoard": false}
        """)]
    [InlineData("""
        {"task": "image", "data": "digits", "validationShare": 0.1, "testShare": 0.1, "pictures": [1438, 180, 179], "classes": ["0", "1"], "channels": 1, "height": 8, "width": 8,
        "mean": [0.3056], "deviation": [0.3761], "skipUnreadable": false, "model": "mlp", "startedFrom": "runs/a", "epochs": 1, "batch": 64, "accumulate": 1, "optimizer": "adamw",
        "learningRate": 0.002, "schedule": "cosine", "weightDecay": 0.05, "labelSmoothing": 0, "augment": ["flip"], "patience": 2, "seed": 1, "saveEvery": 100, "tensorBoard": true}
        """)]
    [InlineData("""
        {"task": "characters", "data": "text.txt", "validationShare": 0.05, "testShare": 0.05, "characters": [2430, 135, 135], "model": "lstm", "layers": 1, "hidden": 16, "embedding": 64,
        "dropout": 0, "steps": 10, "batch": 4, "stretch": 20, "learningRate": 0.003, "clipNorm": 1, "seed": 1, "saveEvery": 100, "tensorBoard": false}
        """)]
    [InlineData("""
        {"task": "translate", "data": "n.tsv", "validationShare": 0.1, "testShare": 0.1, "sources": [72, 9, 9], "sourceTokens": "words", "targetTokens": "words", "vocabulary": 8000,
        "maximumLength": 10, "model": "transformer", "width": 16, "heads": 2, "inner": 32, "layers": 1, "dropout": 0.1, "epochs": 1, "tokens": 64, "accumulate": 1, "learningRate": 0.001,
        "schedule": "cosine", "warmUp": 1, "steps": 8, "weightDecay": 0.01, "labelSmoothing": 0.1, "clipNorm": 1, "beam": 5, "lengthPenalty": 0.6, "seed": 1, "saveEvery": 200}
        """)]
    [InlineData("""
        {"task": "forecast", "data": "sunspots", "column": null, "values": [200, 46, 63], "horizon": 1, "window": 22, "season": 11, "model": "gru", "hidden": 32, "steps": 20,
        "learningRate": 0.005, "seed": 1}
        """)]
    public void Configurations_of_earlier_versions_are_read_with_every_value(string json)
    {
        var run = Run(json);
        var earlier = run.ReadConfiguration();
        var settings = New(earlier["task"]!.ToString());
        settings.Read(run);
        var written = settings.ToJson();
        foreach (var (name, value) in earlier.Where(pair => pair.Value is not null))
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(written[name]!.ToJsonString()), value), $"{name}: {written[name]}, was {value}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_and_names_in_JSON_belong_to_one_setting_each(string task)
    {
        var settings = New(task);
        string[] commands = ["--minutes", "--threads", "--output", "-o", "--resume", "--json", "--help", "-h"];
        var options = settings.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(commands).ToArray();
        var names = settings.All.Select(setting => setting.JsonName).Append("task").ToArray();
        Assert.Equal(options.Distinct(), options);
        Assert.Equal(names.Distinct(), names);
        Assert.All(settings.All.Where(setting => setting.IsSwept || setting.ChangesOnResume), setting => Assert.NotNull(setting.Option));
    }

    [Theory]
    [InlineData("""{"task": "text", "data": "a.csv"}""", "configuration.json cannot be read: \"layers\" is missing")]
    [InlineData("""{"task": "text", "data": "a.csv", "layers": "two"}""", "configuration.json cannot be read: \"layers\": ")]
    [InlineData("""{"task": "image"}""", "configuration.json is not of a run of the task text")]
    public void What_a_configuration_lacks_is_named_with_its_file(string json, string said) =>
        Assert.Contains(said, Assert.Throws<UserException>(() => New("text").Read(Run(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_default_gives_way_to_what_is_chosen_and_that_to_what_is_given()
    {
        var setting = new SettingList().Count("--layers", "layers").Default(3);
        Assert.Equal((3, false), (setting.Value, setting.IsGiven));
        setting.Choose(2);
        Assert.Equal((2, false), (setting.Value, setting.IsGiven));
        Assert.Null(setting.Parse("5"));
        setting.Choose(4);
        Assert.Equal((5, true), (setting.Value, setting.IsGiven));
        Assert.Equal("a whole number above 0", setting.Parse("0"));
        Assert.Equal("a whole number", setting.Parse("many"));
        Assert.Equal(5, setting.Value);
    }

    [Fact]
    public async Task An_earlier_name_of_an_option_still_works()
    {
        folder.Write("text.txt", string.Concat(Enumerable.Repeat("to be or not to be\n", 80)));
        var outcome = await Cli.Run("train", "characters", "--data", folder["text.txt"], "--hidden", "8", "--batch", "4", "--stretch", "7", "--steps", "1", "--output", folder["run"], "--json");
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal(7, (int)RunFolder.Open(folder["run"]).ReadConfiguration()["stretch"]!);
    }
}
