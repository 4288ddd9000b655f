using System.Text.Json.Nodes;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.Images;
using Nabla.Reports;
using Nabla.Training;

namespace Nabla.Cli.Tests.Tasks;

/// <summary>A newcomer's folder of pictures.</summary>
public sealed class PictureFolderTests : IDisposable
{
    readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Stripes across, stripes down, and neither, in colours that say nothing.</summary>
    static Tensor Picture(string kind, Generator random, int height, int width, bool grey)
    {
        var (period, shift) = (4 + random.NextInt(4), random.NextInt(8));
        var pixels = new float[3 * height * width];
        var tints = Enumerable.Range(0, 3).Select(_ => 0.5f + (random.NextInt(50) / 100f)).ToArray();
        for (var i = 0; i < pixels.Length; i++)
        {
            var (channel, y, x) = (i / (height * width), i / width % height, i % width);
            var at = kind switch { "across" => y, "down" => x, _ => 0 };
            pixels[i] = kind == "plain" ? tints[grey ? 0 : channel] : (at + shift) / (period / 2) % 2 == 0 ? tints[grey ? 0 : channel] : 0.1f;
        }
        return Tensor.From(pixels, [3, height, width]);
    }

    void Write(string path, Tensor picture)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[path])!);
        File.WriteAllBytes(folder[path], Convert.FromBase64String(Bitmap.Address(picture).Split(',')[1]));
    }

    void Pictures(string name, int each, ulong seed, bool grey = false)
    {
        var random = new Generator(seed);
        foreach (var kind in new[] { "across", "down", "plain" })
            for (var i = 0; i < each; i++) Write($"{name}/{kind}/{i}.bmp", Picture(kind, random, 30 + random.NextInt(30), 30 + random.NextInt(40), grey));
    }

    [Fact]
    public async Task A_folder_of_pictures_is_learned_judged_and_used()
    {
        Pictures("stripes", each: 30, seed: 1);
        var outcome = await Cli.Run("train", "image", "--data", folder["stripes"], "--model", "lenet", "--size", "24", "--epochs", "12", "--augment", "none", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        foreach (var said in new[] { "90 images of", "cut to the middle and scaled", "3: across, down, plain", "24 × 24, colour", "72 training, 9 validation, 9 test", "lenet on stripes" })
            Assert.Contains(said, outcome.Output, StringComparison.Ordinal);

        Pictures("more", each: 6, seed: 2);
        var evaluation = JsonNode.Parse((await Cli.Run("evaluate", folder["run"], "--data", folder["more"], "--json")).Output)!;
        Assert.Equal(18, evaluation["examples"]!.GetValue<int>());
        Assert.True(evaluation["metrics"]!["accuracy"]!.GetValue<double>() > 0.8, evaluation.ToJsonString());

        var predictions = JsonNode.Parse((await Cli.Run("predict", folder["run"], folder["more/down"], folder["more/plain/0.bmp"], "--json")).Output)!.AsArray();
        Assert.Equal(7, predictions.Count);
        Assert.True(predictions.Count(prediction => prediction!["input"]!.ToString().Contains(prediction["classes"]![0]!["name"]!.ToString(), StringComparison.Ordinal)) >= 6, predictions.ToJsonString());
        Assert.Equal(1, predictions[0]!["classes"]!.AsArray().Sum(guess => guess!["probability"]!.GetValue<double>()), 1e-5);
        Assert.Contains("plain", (await Cli.Run("predict", folder["run"], folder["more/plain/0.bmp"], "--top", "1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_and_test_folders_are_taken_as_they_are_and_grey_pictures_are_seen_to_be_grey()
    {
        Pictures("data/train", each: 10, seed: 1, grey: true);
        Pictures("data/test", each: 4, seed: 2, grey: true);
        var outcome = await Cli.Run("train", "image", "--data", folder["data"], "--model", "mlp", "--epochs", "1", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("64 × 64, grey", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("27 training, 3 validation, 12 test, the data's own part", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_picture_is_named_or_left_out()
    {
        Pictures("data", each: 10, seed: 1);
        File.WriteAllBytes(folder["data/down/broken.jpg"], [0xFF, 0xD8, 1, 2, 3]);
        File.WriteAllText(folder["data/down/notes.txt"], "not a picture");
        string[] train = ["train", "image", "--data", folder["data"], "--model", "mlp", "--size", "8", "--epochs", "1", "--output", folder["run"]];
        var refused = await Cli.Run(train);
        Assert.Equal(ExitCodes.Usage, refused.Code);
        Assert.Contains($"{folder["data/down/broken.jpg"]} is not an image that can be read", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--skip-unreadable", refused.Error, StringComparison.Ordinal);
        Assert.False(RunFolder.Exists(folder["run"]));
        var outcome = await Cli.Run([.. train, "--skip-unreadable"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("2 files left out", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Cli.Run("train", "image", "--output", folder["run"], "--resume", "--epochs", "2")).Code);
    }

    [Fact]
    public async Task A_run_is_not_resumed_with_other_classes()
    {
        Pictures("data", each: 10, seed: 1);
        var begun = await Cli.Run("train", "image", "--data", folder["data"], "--size", "16", "--epochs", "1", "--output", folder["run"]);
        Assert.Contains("resnet20 on data", begun.Output, StringComparison.Ordinal);
        Directory.Move(folder["data/plain"], folder["data/empty"]);
        var outcome = await Cli.Run("train", "image", "--output", folder["run"], "--resume", "--epochs", "2");
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains("has the classes across, down, empty; the run was begun with across, down, plain", outcome.Error, StringComparison.Ordinal);
        Directory.Move(folder["data/empty"], folder["data/plain"]);
        File.Delete(folder["data/plain/3.bmp"]);
        var fewer = await Cli.Run("train", "image", "--output", folder["run"], "--resume", "--epochs", "2");
        Assert.Equal(ExitCodes.Usage, fewer.Code);
        Assert.Contains("has 29 images now, the run was begun with 30", fewer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_have_one_line_each()
    {
        Directory.CreateDirectory(folder["empty"]);
        Pictures("one/only", each: 1, seed: 1);
        File.WriteAllText(folder["odd.csv"], "a,b,label\n1,2,x\n");
        File.WriteAllText(folder["x.zip"], "PK");
        foreach (var (data, said) in new[] { ("empty", "has no image that can be read"), ("odd.csv", "are no square image"), ("x.zip", "a table of pixels is expected") })
        {
            var outcome = await Cli.Run("train", "image", "--data", folder[data], "--output", folder["run"]);
            Assert.Equal(ExitCodes.Usage, outcome.Code);
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true, ',')]
    [InlineData(false, '\t')]
    public async Task A_table_of_pixels_is_learned(bool hasHeader, char separator)
    {
        var random = new Generator(1);
        var lines = Enumerable.Range(0, 90).Select(i => string.Join(separator, Enumerable.Range(0, 9).Select(pixel => $"{(pixel % 3 == i % 3 ? 200 : random.NextInt(60))}").Append($"kind{i % 3}"))).ToList();
        // Without a header the labels are numbers too: nothing in the first line then says that it is one.
        if (hasHeader) lines.Insert(0, string.Join(separator, Enumerable.Range(0, 9).Select(i => $"p{i}").Append("label")));
        else lines = [.. lines.Select(line => line.Replace("kind", "", StringComparison.Ordinal))];
        var file = folder[separator == ',' ? "table.csv" : "table.tsv"];
        File.WriteAllLines(file, lines);
        var outcome = await Cli.Run("train", "image", "--data", file, "--model", "mlp", "--output", folder["run"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("90 rows of", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("3 × 3, grey", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Test accuracy 100.00% (9 images)", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_that_came_since_change_the_split_which_a_run_that_goes_on_says()
    {
        string[] Settings(string name) => ["train", "image", "--data", folder["stripes"], "--size", "24", "--epochs", "1", "--output", folder[name]];
        Pictures("stripes", each: 10, seed: 1);
        await Cli.Run([.. Settings("first"), "--model", "lenet", "--json"]);
        Pictures("stripes", each: 12, seed: 1);
        var outcome = await Cli.Run([.. Settings("second"), "--model", folder["first"]]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("may have been trained on images of this test part", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("the data has changed since; evaluate on images that it has not seen", Second().Choices[^1].Value, StringComparison.Ordinal);

        ImageTraining Second()
        {
            var settings = new ImageSettings(new SettingList());
            settings.Read(RunFolder.Open(folder["second"]));
            return ImageTraining.Continue(settings);
        }
    }
}
