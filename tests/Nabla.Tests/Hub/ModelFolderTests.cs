using Nabla.Hub;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

public sealed class ModelFolderTests : HubTest
{
    Task<string> Resolve(string name, ModelHubOptions? options = null) =>
        ModelFolder.ResolveAsync(name, new(options ?? Options), Arrivals, Cancellation);

    [Fact]
    public async Task A_folder_is_itself()
    {
        Assert.Equal(Folder, await Resolve(Folder));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_file_is_refused()
    {
        var file = Path.Combine(Folder, "model.safetensors");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var error = await Assert.ThrowsAsync<ModelHubException>(() => Resolve(file));
        Assert.StartsWith($"{file} is a file.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/folder")]
    [InlineData("./tiny-bert")]
    [InlineData("a/b/c")]
    public async Task A_path_that_leads_nowhere_is_not_looked_for_on_the_hub(string path)
    {
        var error = await Assert.ThrowsAsync<ModelHubException>(() => Resolve(path));
        Assert.StartsWith($"There is no folder {path}, nor does it name a model of the hub", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_name_is_downloaded_once_and_then_found_without_asking()
    {
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert"));
        var before = Server.Requests.Count;
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert"));
        Assert.Equal(before, Server.Requests.Count);
    }

    [Fact]
    public async Task What_a_part_of_the_cache_lacks_is_downloaded()
    {
        await Download(patterns: ["config.json"]);
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert"));
        AssertHere("model.safetensors");
    }

    [Fact]
    public async Task A_lost_file_is_downloaded_again()
    {
        await Resolve("acme/tiny-bert");
        File.Delete(Blob("model.safetensors"));
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert"));
        AssertHere("model.safetensors");
    }

    [Fact]
    public async Task Without_a_network_what_the_cache_has_is_used()
    {
        using var port = new ClosedPort();
        await Download(patterns: ["config.json"]);
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert", Options with { Endpoint = port.Address }));
    }

    [Fact]
    public async Task Without_a_network_and_a_cache_one_line_says_what_to_do()
    {
        using var port = new ClosedPort();
        var error = await Assert.ThrowsAsync<ModelHubException>(() => Resolve("acme/tiny-bert", Options with { Endpoint = port.Address }));
        Assert.Equal(ModelHubFault.Unreachable, error.Fault);
        var expected = "There is no folder acme/tiny-bert, and as a model of the hub: acme/tiny-bert cannot be downloaded: ";
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Offline_what_the_cache_has_is_used()
    {
        await Download(patterns: ["config.json"]);
        var before = Server.Requests.Count;
        Assert.Equal(Snapshot, await Resolve("acme/tiny-bert", Options with { IsOffline = true }));
        Assert.Equal(before, Server.Requests.Count);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_no_reason_to_use_an_old_cache()
    {
        await Download(patterns: ["config.json"]);
        Server.Fault = HubFaults.Every(HubFaults.IsList, 404, "RepoNotFound");
        Assert.Equal(ModelHubFault.NotFound, (await Assert.ThrowsAsync<ModelHubException>(() => Resolve("acme/tiny-bert"))).Fault);
    }
}
