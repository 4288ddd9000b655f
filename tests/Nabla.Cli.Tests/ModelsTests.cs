using System.Text.Json.Nodes;

namespace Nabla.Cli.Tests;

/// <summary>In processes of their own: their settings are environment variables.</summary>
public sealed class ModelsTests : IDisposable
{
    readonly Folder cache = new();
    readonly LocalHub hub = new();

    IEnumerable<string?> Files => Directory.EnumerateFiles(Snapshot).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    string Snapshot => Path.Combine(cache.Path, "models--acme--tiny", "snapshots", LocalHub.Commit);

    public void Dispose()
    {
        hub.Dispose();
        cache.Dispose();
    }

    async Task<Outcome> Run(string[] arguments, bool isOffline = false)
    {
        var variables = new Dictionary<string, string>
        {
            ["HF_ENDPOINT"] = hub.Address, ["HF_HUB_CACHE"] = cache.Path, ["HF_HUB_OFFLINE"] = isOffline ? "1" : "0",
            ["HF_HOME"] = cache.Path, ["HF_TOKEN"] = "",
        };
        using var process = Cli.Start(variables, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    [Fact]
    public async Task A_model_is_downloaded_and_listed()
    {
        var none = $"There are no models in {cache.Path}. To download one: nabla models get ORG/NAME\n";
        Assert.Equal(new(0, none, ""), await Run(["models", "list"]));
        Assert.Equal(new(0, $"acme/tiny is here: {Snapshot}\n", ""), await Run(["models", "get", "acme/tiny"]));
        Assert.Equal(["config.json", "vocab.txt"], Files);
        Assert.Equal(new(0, $"acme/tiny  main       1 KB  {Snapshot}\n", ""), await Run(["models", "list"]));
        var listed = Assert.Single(JsonNode.Parse((await Run(["models", "list", "--json"])).Output)!.AsArray())!;
        Assert.Equal(("acme/tiny", "main"), ((string)listed["name"]!, (string)listed["revisions"]![0]!));
        Assert.Equal((LocalHub.Commit, 14, Snapshot), ((string)listed["commit"]!, (long)listed["bytes"]!, (string)listed["folder"]!));
    }

    [Fact]
    public async Task Patterns_and_JSON_are_for_scripts()
    {
        var model = JsonNode.Parse((await Run(["models", "get", "acme/tiny", "--include", "notes.*", "config.json", "--json"])).Output)!;
        Assert.Equal(("acme/tiny", "main", LocalHub.Commit, Snapshot),
            ((string)model["name"]!, (string)model["revision"]!, (string)model["commit"]!, (string)model["folder"]!));
        Assert.Equal(["config.json", "notes.txt"], Files);
    }

    [Theory]
    [InlineData("acme/none", false, "There is no model acme/none with a revision main on ")]
    [InlineData("acme/tiny@v2", false, "There is no model acme/tiny with a revision v2 on ")]
    [InlineData("acme/tiny", true, "acme/tiny is not in the cache ")]
    [InlineData("a b", false, "\"a b\" does not name a model of the hub.")]
    public async Task What_cannot_be_had_is_said_in_one_line(string name, bool isOffline, string problem)
    {
        var outcome = await Run(["models", "get", name], isOffline);
        Assert.Equal((ExitCodes.Usage, ""), (outcome.Code, outcome.Output));
        Assert.StartsWith($"nabla: {problem}", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Help_shows_examples()
    {
        var help = await Cli.Run("models", "get", "--help");
        Assert.Contains("nabla models get sentence-transformers/all-MiniLM-L6-v2", help.Output, StringComparison.Ordinal);
    }
}
