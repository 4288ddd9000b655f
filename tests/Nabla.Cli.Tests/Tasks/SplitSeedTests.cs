using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Images;
using Nabla.Cli.Tasks.Texts;
using Nabla.Cli.Tasks.Translation;
using Nabla.Data;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

/// <summary>What is held out can stay the same while all else that is random changes.</summary>
public sealed class SplitSeedTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    static string[] Pixels(Dataset<Example> part) => [.. part.Select(example => string.Join(' ', example.Image.ToArray<float>()))];

    [Fact]
    public void Pictures_are_held_out_by_the_split_seed_and_without_one_by_the_seed()
    {
        static string[] Test(ulong seed, ulong? split)
        {
            var settings = new ImageSettings(new SettingList());
            settings.Data.Set("digits");
            settings.Model.Set("mlp");
            settings.Seed.Set(seed);
            if (split is { } other) settings.SplitSeed.Set(other);
            return Pixels(ImageTraining.Begin(settings).Parts.Test);
        }
        var one = Test(1, null);
        Assert.Equal(one, Test(2, 1));
        Assert.NotEqual(one, Test(2, null));
        Assert.NotEqual(one, Test(1, 2));
    }

    [Fact]
    public async Task A_run_that_begins_with_an_earlier_one_is_tested_on_what_that_has_not_seen()
    {
        string[] settings = ["train", "image", "--data", "digits", "--epochs", "1"];
        Assert.Equal(0, (await Cli.Run([.. settings, "--seed", "7", "--test", "0.2", "--output", folder["first"], "--json"])).Code);
        ImageTraining Training(string name) => ImageTraining.Continue(Read(new ImageSettings(new SettingList()), name));
        async Task<string> Second(string name, string model, params string[] more)
        {
            var outcome = await Cli.Run([.. settings, "--model", folder[model], .. more, "--output", folder[name]]);
            Assert.Equal((0, ""), (outcome.Code, outcome.Error));
            return outcome.Output;
        }
        Assert.DoesNotContain("warning", await Second("kept", "first"), StringComparison.Ordinal);
        Assert.Equal(Pixels(Training("first").Parts.Test), Pixels(Training("kept").Parts.Test));
        Assert.Equal(Pixels(Training("first").Parts.Train), Pixels(Training("kept").Parts.Train));
        Assert.Equal(1UL, Training("kept").Settings.Seed.Value);
        foreach (var (name, model, more) in new (string, string, string[])[] { ("other", "first", ["--split-seed", "1"]), ("less", "first", ["--test", "0.1"]), ("later", "other", []) })
        {
            Assert.Contains($"{folder["first"]} may have been trained on images of this test part", await Second(name, model, more), StringComparison.Ordinal);
            Assert.Contains("leave --split-seed, --validation and --test as they were", Training(name).Choices[^1].Value, StringComparison.Ordinal);
        }
        // The third run, too, keeps the split of the second, and what the first has seen is known all the same.
        Assert.Equal(Pixels(Training("other").Parts.Test), Pixels(Training("later").Parts.Test));
        Assert.Equal(0, (await Cli.Run("train", "image", "--resume", "--output", folder["kept"], "--epochs", "2", "--json")).Code);
    }

    [Fact]
    public async Task A_run_keeps_its_split_and_its_seed()
    {
        folder.Write("shop.csv", "label,text\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{(i % 2 == 0 ? "food" : "tools")},number {i}\n")));
        string[] settings = ["--data", folder["shop.csv"], "--width", "8", "--epochs", "1", "--json"];
        foreach (var (name, seeds) in new (string, string[])[] { ("one", []), ("two", ["--seed", "2", "--split-seed", "1"]), ("three", ["--seed", "2"]) })
            Assert.Equal("", (await Cli.Run(["train", "text", .. settings, .. seeds, "--output", folder[name]])).Error);
        string[] Test(string name) => [.. TextTraining.Continue(Settings(name), Run(name)).Parts.Test.Select(text => text.Text)];
        TextSettings Settings(string name) => Read(new TextSettings(new SettingList()), name);
        Assert.Equal(Test("one"), Test("two"));
        Assert.NotEqual(Test("one"), Test("three"));
        Assert.NotEqual(File.ReadAllBytes(Run("one").Last), File.ReadAllBytes(Run("two").Last));
        Assert.Equal(0, (await Cli.Run("train", "text", "--resume", "--output", folder["two"], "--epochs", "2", "--json")).Code);
        Assert.Equal((2UL, 1UL), (Settings("two").Seed.Value, Settings("two").SplitSeed.Value));
        Assert.Contains("leave --split-seed out", (await Cli.Run("train", "text", "--resume", "--output", folder["one"], "--split-seed", "3")).Error, StringComparison.Ordinal);
        // As runs were begun with before there was a choice.
        Assert.DoesNotContain("splitSeed", await File.ReadAllTextAsync(Run("one").Configuration, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_to_translate_are_held_out_by_the_split_seed()
    {
        static string[] Test(ulong seed, ulong? split)
        {
            var settings = new TranslationSettings(new SettingList());
            settings.Data.Set("cmudict");
            settings.Width.Set(8);
            settings.Seed.Set(seed);
            if (split is { } other) settings.SplitSeed.Set(other);
            return [.. TranslationTraining.Begin(settings).Parts.Test.Select(entry => entry.Source)];
        }
        var one = Test(1, null);
        Assert.Equal(one, Test(2, 1));
        Assert.NotEqual(one, Test(2, null));
    }

    T Read<T>(T settings, string name) where T : TaskSettings
    {
        settings.Read(Run(name));
        return settings;
    }

    RunFolder Run(string name) => RunFolder.Open(folder[name]);
}
