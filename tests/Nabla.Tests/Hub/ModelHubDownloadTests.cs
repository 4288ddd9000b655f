using Nabla.Hub;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

public sealed class ModelHubDownloadTests : HubTest
{
    [Fact]
    public async Task The_cache_is_laid_out_as_by_huggingface_hub()
    {
        Server.Files["1_Pooling/config.json"] = Config;
        Assert.Equal(Snapshot, await Download());
        var (config, weights, vocabulary) = (Server.Etag("config.json"), Server.Etag("model.safetensors"), Server.Etag("vocab.txt"));
        const string Name = "models--acme--tiny-bert";
        string[] expected =
        [
            .. new[] { config, vocabulary, weights }.SelectMany(etag => new[] { $".locks/{Name}/{etag}.lock", $"{Name}/blobs/{etag}" }),
            $"{Name}/refs/main",
            .. Server.Files.Keys.Select(file => $"{Name}/snapshots/{HubServer.Commit}/{file}"),
        ];
        var written = Everything().Where(path => !path.Contains(".no_exist", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), written);
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "main")));
        Assert.Equal($"../../blobs/{weights}", LinkOf("model.safetensors"));
        Assert.Equal($"../../blobs/{config}", LinkOf("config.json"));
        Assert.Equal($"../../../blobs/{config}", LinkOf("1_Pooling/config.json"));
        Assert.All(Server.Files.Keys, AssertHere);
    }

    [Fact]
    public async Task What_the_commit_has_not_is_marked_for_transformers()
    {
        await Download();
        var absent = Path.Combine(Repository, ".no_exist", HubServer.Commit);
        Assert.Equal(0, new FileInfo(Path.Combine(absent, "tokenizer.json")).Length);
        Assert.True(File.Exists(Path.Combine(absent, "model.safetensors.index.json")));
        Assert.False(File.Exists(Path.Combine(absent, "config.json")));
    }

    [Fact]
    public async Task Only_the_list_is_asked_for_again()
    {
        await Download();
        var before = Server.Requests.Count;
        Assert.Equal(Snapshot, await Download());
        Assert.Equal(["/api/models/acme/tiny-bert/revision/main"], Server.Requests.Skip(before).Select(request => request.Path));
    }

    [Fact]
    public async Task A_file_that_another_commit_has_is_not_fetched_again()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        await File.WriteAllBytesAsync(Blob("model.safetensors"), Weights, Cancellation);
        await Download();
        AssertHere("model.safetensors");
        Assert.Empty(Server.Downloads);
    }

    [Fact]
    public async Task Files_for_other_frameworks_are_left_there()
    {
        string[] others =
            ["pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx", "openvino/openvino_model.bin", "train.py"];
        foreach (var other in others) Server.Files[other] = Config;
        await Download();
        var files = Directory.EnumerateFiles(Snapshot, "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Patterns_choose_files()
    {
        Server.Files["onnx/model.onnx"] = Config;
        await Download(patterns: ["onnx/*", "vocab.txt"]);
        AssertHere("onnx/model.onnx");
        AssertHere("vocab.txt");
        Assert.False(File.Exists(Path.Combine(Snapshot, "config.json")));
        Assert.False(Directory.Exists(Path.Combine(Repository, ".no_exist")));
    }

    [Fact]
    public async Task Patterns_that_match_nothing_are_answered_with_what_there_is() =>
        Assert.Equal("acme/tiny-bert has no file that matches *.gguf or x: it has config.json, vocab.txt, model.safetensors.",
            (await Refused(ModelHubFault.NotFound, patterns: ["*.gguf", "x"])).Message);

    [Fact]
    public async Task A_repository_without_a_model_is_named()
    {
        Server.Files.Clear();
        Server.Files["data.parquet"] = Config;
        var error = await Refused(ModelHubFault.NotFound);
        Assert.Equal("acme/tiny-bert has none of the files of a model: it has data.parquet.", error.Message);
    }

    [Fact]
    public async Task Requests_name_the_client_and_refuse_compression()
    {
        await Download();
        var all = Server.Requests.Concat(Server.Downloads).ToArray();
        Assert.All(all, request => Assert.Matches(@"^nabla/\d+\.\d+\.\d+ dotnet/\d+\.\d+\.\d+$", request.UserAgent));
        Assert.All(all, request => Assert.Equal("identity", request.AcceptEncoding));
        Assert.All(Server.Requests, request => Assert.Empty(request.Authorization));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_not_to_the_CDN()
    {
        await Download(Options with { Token = "hf_secret" });
        Assert.NotEmpty(Server.Downloads);
        Assert.All(Server.Downloads, request => Assert.Empty(request.Authorization));
        Assert.All(Server.Requests, request => Assert.Equal("Bearer hf_secret", request.Authorization));
    }

    [Fact]
    public async Task A_revision_is_asked_for_as_one_part_of_the_path_and_kept_as_a_reference()
    {
        string? asked = null;
        Server.Fault = context =>
        {
            asked ??= context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            return Task.FromResult(false);
        };
        await new ModelHub(Options).DownloadAsync(ModelReference.Parse("acme/tiny-bert@refs/pr/1"), cancellation: Cancellation);
        Assert.Equal("/api/models/acme/tiny-bert/revision/refs%2Fpr%2F1", asked);
        Assert.Equal(HubServer.Commit, await File.ReadAllTextAsync(Path.Combine(Repository, "refs", "refs", "pr", "1"), Cancellation));
    }

    [Fact]
    public async Task A_commit_needs_no_reference()
    {
        await new ModelHub(Options).DownloadAsync(ModelReference.Parse($"acme/tiny-bert@{HubServer.Commit}"), cancellation: Cancellation);
        AssertHere("config.json");
        Assert.False(Directory.Exists(Path.Combine(Repository, "refs")));
    }

    [Fact]
    public async Task Names_with_spaces_and_signs_are_asked_for_as_they_are()
    {
        Server.Files["a b #1%20+é.safetensors"] = Config;
        await Download();
        AssertHere("a b #1%20+é.safetensors");
    }

    [Fact]
    public async Task A_renamed_repository_is_followed_and_kept_under_the_name_it_was_asked_for()
    {
        Server.Fault = context =>
        {
            if (!context.Request.Path.Value!.Contains("/old-bert", StringComparison.Ordinal)) return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = context.Request.Path.Value.Replace("old-bert", "tiny-bert", StringComparison.Ordinal);
            return Task.FromResult(true);
        };
        var hub = new ModelHub(Options with { Token = "hf_secret" });
        var folder = await hub.DownloadAsync(ModelReference.Parse("acme/old-bert"), cancellation: Cancellation);
        Assert.Equal(Path.Combine(Folder, "models--acme--old-bert", "snapshots", HubServer.Commit), folder);
        Assert.Equal(Config, await File.ReadAllBytesAsync(Path.Combine(folder, "config.json"), Cancellation));
        Assert.All(Server.Requests, request => Assert.Equal("Bearer hf_secret", request.Authorization));
    }

    /// <summary>The hub redirects to a cache of its own, whose answers say less.</summary>
    [Fact]
    public async Task What_a_redirection_within_the_hub_says_of_a_file_counts()
    {
        Server.Fault = async context =>
        {
            if (context.Request.Path.StartsWithSegments("/api/resolve-cache"))
            {
                context.Response.Headers.ETag = "\"of-the-cache\"";
                await context.SendAsync(Weights);
                return true;
            }
            if (!context.Request.Path.Value!.EndsWith("model.safetensors", StringComparison.Ordinal)) return false;
            var headers = context.Response.Headers;
            (headers["X-Repo-Commit"], headers["X-Linked-Etag"]) = (HubServer.Commit, $"\"{Server.Etag("model.safetensors")}\"");
            (headers["X-Linked-Size"], headers.Location) = ($"{Weights.Length}", "/api/resolve-cache/model.safetensors?etag=1");
            context.Response.StatusCode = 307;
            return true;
        };
        await Download();
        AssertHere("model.safetensors");
        Assert.True(File.Exists(Blob("model.safetensors")));
    }

    [Fact]
    public async Task An_endpoint_may_have_a_path()
    {
        Server.Fault = context =>
        {
            Assert.True(context.Request.Path.StartsWithSegments("/mirror", out var rest));
            context.Request.Path = rest;
            return Task.FromResult(false);
        };
        await Download(Options with { Endpoint = new(Server.Address, "mirror/") });
        AssertHere("model.safetensors");
    }

    [Fact]
    public async Task Progress_ends_at_each_file_s_length()
    {
        await Download();
        var last = Arrivals.Reports.GroupBy(report => report.File).ToDictionary(file => file.Key, file => file.Max(report => report.Done));
        Assert.Equal(Server.Files.ToDictionary(file => file.Key, file => (long)file.Value.Length), last);
        Assert.All(Arrivals.Reports, report => Assert.Equal(Server.Files[report.File].Length, report.Total));
    }

    [Fact]
    public async Task Where_there_are_no_links_the_snapshot_has_the_files_themselves()
    {
        Server.Files["generation_config.json"] = Config;
        await Download(Options with { Files = new WithoutLinks() });
        Assert.All(Server.Files.Keys, AssertHere);
        Assert.All(Directory.EnumerateFiles(Snapshot), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.False(File.Exists(Blob("model.safetensors")));
        var before = Server.Requests.Count;
        await Download(Options with { Files = new WithoutLinks() });
        Assert.Equal(before + 1, Server.Requests.Count);
    }

    [Fact]
    public async Task Where_there_are_no_links_a_blob_that_was_there_is_copied()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        await File.WriteAllBytesAsync(Blob("model.safetensors"), Weights, Cancellation);
        await Download(Options with { Files = new WithoutLinks() });
        AssertHere("model.safetensors");
        Assert.True(File.Exists(Blob("model.safetensors")));
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        Server.Files["added_tokens.json"] = [];
        await Download();
        AssertHere("added_tokens.json");
        Assert.True(File.Exists(Path.Combine(Repository, "blobs", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")));
    }

    [Fact]
    public async Task Offline_the_cache_is_used_and_nothing_is_asked()
    {
        await Download();
        var before = Server.Requests.Count;
        Assert.Equal(Snapshot, await Download(Options with { IsOffline = true }));
        Assert.Equal(before, Server.Requests.Count);
    }

    [Fact]
    public async Task Offline_without_a_cache_the_remedies_are_named()
    {
        var error = await Refused(ModelHubFault.Offline, Options with { IsOffline = true });
        Assert.Equal($"acme/tiny-bert is not in the cache {Folder}, and HF_HUB_OFFLINE forbids downloads. Unset it, or, without a network, "
            + "run `nabla models get acme/tiny-bert` on a machine that has one and copy the folder models--acme--tiny-bert from its cache "
            + $"into {Folder}.", error.Message);
        Assert.Empty(Server.Requests);
    }

    string LinkOf(string file) => new FileInfo(Path.Combine(Snapshot, file)).LinkTarget!;

    IEnumerable<string> Everything() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    sealed class WithoutLinks : HubFiles
    {
        public override bool TryLink(string path, string target) => false;
    }
}
