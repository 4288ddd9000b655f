using Nabla.Hub;

namespace Nabla.Tests.Hub;

/// <summary>Against caches laid out by hand as huggingface.co/docs/hub/local-cache shows them.</summary>
public sealed class HubCacheTests : IDisposable
{
    const string Old = "2439f60ef33a0d46d85da5001d52aeda5b00ce9f";
    const string New = "bbc77c8132af1cc5cf678da3f1ddf2de43606d48";
    const string Readme = "d7edf6bd2a681fb0175f7735299831ee1b22b812";
    const string OtherReadme = "7cb18dc9bafbfcf74629a4b760af1b160957a83e";
    const string Weights = "403450e234d65943a7dcf7e05a771ce3c92faa84dd07db4ac20f592037a1e4bd";

    readonly string folder = Directory.CreateTempSubdirectory("nabla-hub-").FullName;

    string Repository => Path.Combine(folder, "models--julien-c--EsperBERTo-small");

    ModelHub Hub => new(new() { CacheFolder = folder, IsOffline = true, Token = null });

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository, path))!);
        File.WriteAllText(Path.Combine(Repository, path), text);
    }

    void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository, path))!);
        File.CreateSymbolicLink(Path.Combine(Repository, path), target);
    }

    /// <summary>The full example of the documentation, with smaller weights, a tag, a pull request and a file in a folder.</summary>
    void WriteExample()
    {
        Write($"blobs/{Weights}", new('w', 3210));
        Write($"blobs/{OtherReadme}", new('r', 398));
        Write($"blobs/{Readme}", new('r', 1400));
        Write("refs/main", New);
        Write("refs/2.4.0", Old);
        Write("refs/refs/pr/1", New);
        Link($"snapshots/{Old}/README.md", $"../../blobs/{Readme}");
        Link($"snapshots/{Old}/pytorch_model.bin", $"../../blobs/{Weights}");
        Link($"snapshots/{New}/README.md", $"../../blobs/{OtherReadme}");
        Link($"snapshots/{New}/pytorch_model.bin", $"../../blobs/{Weights}");
        Link($"snapshots/{New}/copies/pytorch_model.bin", $"../../../blobs/{Weights}");
        Write($".no_exist/{New}/model.safetensors", "");
        Directory.CreateDirectory(Path.Combine(folder, ".locks", "models--julien-c--EsperBERTo-small"));
        Directory.CreateDirectory(Path.Combine(folder, "datasets--acme--texts", "snapshots", New));
    }

    [Theory]
    [InlineData("julien-c/EsperBERTo-small", New)]
    [InlineData("julien-c/EsperBERTo-small@main", New)]
    [InlineData("julien-c/EsperBERTo-small@2.4.0", Old)]
    [InlineData("julien-c/EsperBERTo-small@refs/pr/1", New)]
    [InlineData($"julien-c/EsperBERTo-small@{Old}", Old)]
    public async Task What_Python_downloaded_is_found(string name, string commit)
    {
        WriteExample();
        var snapshot = Path.Combine(Repository, "snapshots", commit);
        Assert.Equal(snapshot, Hub.FindCached(ModelReference.Parse(name)));
        Assert.Equal(snapshot, await ModelFolder.ResolveAsync(name, Hub, null, TestContext.Current.CancellationToken));
        Assert.Equal(new string('w', 3210), File.ReadAllText(Path.Combine(snapshot, "pytorch_model.bin")));
    }

    [Theory]
    [InlineData("julien-c/EsperBERTo-small@dev")]
    [InlineData("julien-c/EsperBERTo-small@0000000000000000000000000000000000000000")]
    [InlineData("julien-c/esperberto-tiny")]
    public void What_was_never_downloaded_is_not_found(string name)
    {
        WriteExample();
        Assert.Null(Hub.FindCached(ModelReference.Parse(name)));
    }

    [Fact]
    public void Models_are_listed_with_each_commit_its_revisions_and_its_size()
    {
        WriteExample();
        Assert.Equal(
            [("julien-c/EsperBERTo-small", Old, "2.4.0", 1400L + 3210, Path.Combine(Repository, "snapshots", Old)),
             ("julien-c/EsperBERTo-small", New, "main refs/pr/1", 398L + 3210, Path.Combine(Repository, "snapshots", New))],
            Hub.List().Select(model => (model.Repository, model.Commit, string.Join(' ', model.Revisions), model.Bytes, model.Folder)));
    }

    [Fact]
    public void Files_without_links_count_too_and_links_that_lead_nowhere_do_not()
    {
        Write($"snapshots/{New}/README.md", new('r', 398));
        Link($"snapshots/{New}/pytorch_model.bin", $"../../blobs/{Weights}");
        Assert.Equal(398, Assert.Single(Hub.List()).Bytes);
    }

    [Fact]
    public void Without_a_cache_nothing_is_listed() =>
        Assert.Empty(new ModelHub(new() { CacheFolder = Path.Combine(folder, "none") }).List());

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc")]
    [InlineData("bbc77c81")]
    public void A_reference_that_holds_no_commit_is_none(string text)
    {
        WriteExample();
        Write("refs/main", text);
        Assert.Null(Hub.FindCached(ModelReference.Parse("julien-c/EsperBERTo-small")));
    }
}
