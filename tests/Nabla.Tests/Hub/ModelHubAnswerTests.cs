using Microsoft.AspNetCore.Http;
using Nabla.Hub;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

/// <summary>Answers that are refusals, lies, or not a hub's.</summary>
public sealed class ModelHubAnswerTests : HubTest
{
    string Root => Server.Address.AbsoluteUri.TrimEnd('/');

    [Fact]
    public async Task Without_a_token_401_says_to_check_the_name_or_set_one()
    {
        Server.Fault = HubFaults.Every(_ => true, 401);
        Assert.Equal($"{Root} has no public model acme/tiny-bert (401). Check the name; if the model is private or gated, accept its "
            + $"licence on {Root}/acme/tiny-bert and set HF_TOKEN to an access token ({Root}/settings/tokens).",
            (await Refused(ModelHubFault.AccessDenied)).Message);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task With_a_token_401_says_that_it_may_not_read_the_model()
    {
        Server.Fault = HubFaults.Every(_ => true, 401);
        var error = await Refused(ModelHubFault.AccessDenied, Options with { Token = "hf_secret" });
        Assert.StartsWith($"{Root} has no model acme/tiny-bert that HF_TOKEN may read (401).", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_gated_model_says_to_accept_its_licence(int status)
    {
        Server.Fault = HubFaults.Every(HubFaults.IsHead, status, "GatedRepo");
        var error = await Refused(ModelHubFault.AccessDenied, patterns: ["config.json"]);
        Assert.Equal($"acme/tiny-bert is gated ({status}): accept its licence on {Root}/acme/tiny-bert, and set HF_TOKEN to an access "
            + $"token of the same account ({Root}/settings/tokens).", error.Message);
        Assert.Null(new ModelHub(Options).FindCached(Model));
    }

    [Theory]
    [InlineData("RepoNotFound", "There is no model acme/tiny-bert on ")]
    [InlineData("RevisionNotFound", "acme/tiny-bert has no revision main on ")]
    [InlineData(null, "There is no model acme/tiny-bert with a revision main on ")]
    public async Task A_missing_repository_or_revision_is_named(string? code, string message)
    {
        Server.Fault = HubFaults.Every(HubFaults.IsList, 404, code);
        Assert.StartsWith(message + Root, (await Refused(ModelHubFault.NotFound)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named_with_its_repository_and_revision()
    {
        Server.Fault = HubFaults.Every(HubFaults.IsHead, 404, "EntryNotFound");
        Assert.Equal($"acme/tiny-bert has no file vocab.txt in its revision main on {Root}.", 
            (await Refused(ModelHubFault.NotFound, patterns: ["vocab.txt"])).Message);
    }

    [Fact]
    public async Task A_request_that_the_server_does_not_understand_is_not_repeated()
    {
        Server.Fault = HubFaults.Every(HubFaults.IsList, 400);
        Assert.Contains("400 Bad Request", (await Refused(ModelHubFault.Unreachable)).Message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("model.safetensors", "SHA-256")]
    [InlineData("vocab.txt", "git SHA-1")]
    public async Task Content_with_another_hash_is_refused(string file, string hash)
    {
        var other = (byte[])Server.Files[file].Clone();
        other[^1]++;
        Server.Fault = Server.CdnFault = context => SendInstead(context, file, other);
        var error = await Refused(ModelHubFault.Damaged, patterns: [file]);
        Assert.Equal($"{file} of acme/tiny-bert arrives damaged from {Root}: what it sends does not have the published {hash} "
            + $"{Server.Etag(file)}. Try again later, or another HF_ENDPOINT.", error.Message);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Repository, "blobs")));
        Assert.False(Path.Exists(Path.Combine(Snapshot, file)));
        Assert.False(Path.Exists(Path.Combine(Repository, "refs")));
    }

    [Fact]
    public async Task Content_with_another_hash_over_connections_that_break_is_given_up()
    {
        var other = (byte[])Weights.Clone();
        other[^1]++;
        Server.CdnFault = async context =>
        {
            await context.CutAsync(other, 200_000, Arrivals);
            return true;
        };
        await Refused(ModelHubFault.Damaged, patterns: ["model.safetensors"]);
        string[] expected = ["", "bytes=200000-", "", "bytes=200000-", "", "bytes=200000-"];
        Assert.Equal(expected, Server.Downloads.Select(request => request.Range));
    }

    [Fact]
    public async Task Content_of_another_length_is_refused_before_it_is_fetched()
    {
        Server.CdnFault = context => SendInstead(context, "model.safetensors", [.. Weights, 1]);
        var error = await Refused(ModelHubFault.Damaged, patterns: ["model.safetensors"]);
        Assert.Contains("it has 300001 bytes where 300000 were published", error.Message, StringComparison.Ordinal);
        Assert.Empty(Arrivals.Reports);
    }

    [Fact]
    public async Task Content_that_does_not_end_is_refused()
    {
        Server.CdnFault = async context =>
        {
            await context.Response.Body.WriteAsync(Weights);
            await context.Response.Body.WriteAsync(Weights);
            return true;
        };
        var error = await Refused(ModelHubFault.Damaged, patterns: ["model.safetensors"]);
        Assert.Contains("it sends more than the 300000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("vocab.txt")]
    public async Task A_file_that_changes_between_its_description_and_its_content_is_described_anew(string file)
    {
        var before = Server.Etag(file);
        var content = (byte[])Server.Files[file].Clone();
        content[0]++;
        Server.Fault = Server.CdnFault = context =>
        {
            if (HubFaults.IsContent(context.Request)) Server.Files[file] = content;
            return Task.FromResult(false);
        };
        await Download(patterns: [file]);
        AssertHere(file);
        Assert.NotEqual(before, Server.Etag(file));
        Assert.Equal([Server.Etag(file)], Directory.EnumerateFiles(Path.Combine(Repository, "blobs")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_file_that_changes_every_time_is_given_up()
    {
        var version = 0;
        Server.Fault = context =>
        {
            if (!HubFaults.IsContent(context.Request)) return Task.FromResult(false);
            Server.Files["vocab.txt"] = [.. "version"u8, (byte)Interlocked.Increment(ref version)];
            return Task.FromResult(false);
        };
        await Refused(ModelHubFault.Damaged, patterns: ["vocab.txt"]);
        Assert.Equal(4, version);
    }

    [Theory, MemberData(nameof(HubFileNameTests.Hostile), MemberType = typeof(HubFileNameTests))]
    public async Task A_file_name_that_is_not_safe_is_refused_before_anything_is_written(string name)
    {
        Server.Files[name] = Config;
        var error = await Refused(ModelHubFault.InvalidAnswer, patterns: ["*"]);
        Assert.Contains("whose name is not safe to write", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData("<html>Please log in to the network</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"sha":"../../../../tmp","siblings":[]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567"}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"name":"x"}]}""")]
    [InlineData("""{"sha":"0123456789abcdef0123456789abcdef01234567","siblings":[{"rfilename":null}]}""")]
    [InlineData("""{"sha":5,"siblings":{}}""")]
    public async Task A_list_that_is_not_a_hub_s_is_refused(string answer)
    {
        Server.Fault = async context =>
        {
            await context.Response.WriteAsync(answer);
            return true;
        };
        var error = await Refused(ModelHubFault.InvalidAnswer);
        Assert.Contains("which is not what a hub answers. Check HF_ENDPOINT and the proxy.", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData("X-Repo-Commit", null, "without the commit")]
    [InlineData("X-Repo-Commit", "ffffffffffffffffffffffffffffffffffffffff", "without the commit")]
    [InlineData("ETag", null, "without a usable ETag")]
    [InlineData("ETag", "\"../../../evil\"", "without a usable ETag")]
    [InlineData("ETag", "\"\"", "without a usable ETag")]
    public async Task A_description_that_is_not_a_hub_s_is_refused(string header, string? value, string problem)
    {
        Server.Fault = context =>
        {
            if (HubFaults.IsHead(context.Request)) context.Response.OnStarting(() => Replace(context, header, value));
            return Task.FromResult(false);
        };
        Assert.Contains(problem, (await Refused(ModelHubFault.InvalidAnswer, patterns: ["config.json"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("W/\"{0}\"")]
    [InlineData("{0}")]
    public async Task An_ETag_may_be_weak_or_bare(string format)
    {
        var etag = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, Server.Etag("config.json"));
        Server.Fault = context =>
        {
            context.Response.OnStarting(() => Replace(context, "ETag", etag));
            return Task.FromResult(false);
        };
        await Download(patterns: ["config.json"]);
        Assert.True(File.Exists(Blob("config.json")));
    }

    [Fact]
    public async Task An_ETag_that_is_no_hash_names_the_blob_and_nothing_is_continued()
    {
        Server.Fault = context =>
        {
            context.Response.OnStarting(() => Replace(context, "ETag", "\"version-7\""));
            return Task.FromResult(false);
        };
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        await File.WriteAllBytesAsync(Path.Combine(Repository, "blobs", "version-7.incomplete"), "{\"mod"u8.ToArray(), Cancellation);
        await Download(patterns: ["config.json"]);
        AssertHere("config.json");
        Assert.Equal(Config, await File.ReadAllBytesAsync(Path.Combine(Repository, "blobs", "version-7"), Cancellation));
        Assert.All(Server.Requests, request => Assert.Empty(request.Range));
    }

    [Theory]
    [InlineData("hf_a b")]
    [InlineData("hf_ä")]
    [InlineData("hf_a\nX-Evil: 1")]
    public async Task A_token_with_characters_that_no_token_has_is_not_sent(string token)
    {
        var error = await Refused(ModelHubFault.AccessDenied, Options with { Token = token });
        Assert.Contains("(HF_TOKEN)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    static Task Replace(HttpContext context, string header, string? value)
    {
        if (value is null) context.Response.Headers.Remove(header);
        else context.Response.Headers[header] = value;
        return Task.CompletedTask;
    }

    static async Task<bool> SendInstead(HttpContext context, string file, byte[] content)
    {
        if (!HubFaults.IsContent(context.Request) || !context.Request.Path.Value!.EndsWith(file, StringComparison.Ordinal)
            || (file == "model.safetensors" && !context.Request.Path.Value.StartsWith("/blobs/", StringComparison.Ordinal))) return false;
        await context.SendAsync(content);
        return true;
    }
}
