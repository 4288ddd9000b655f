using Microsoft.AspNetCore.Http;
using Nabla.Hub;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

/// <summary>Connections that are cut or refused, servers that are busy, redirections.</summary>
public sealed class ModelHubConnectionTests : HubTest
{
    string Incomplete => Blob("model.safetensors") + ".incomplete";

    IEnumerable<string> Ranges => Server.Downloads.Select(request => request.Range);

    [Fact]
    public async Task A_connection_that_is_cut_is_resumed_at_the_right_byte()
    {
        Server.CdnFault = async context =>
        {
            await context.CutAsync(Weights, 100_000, Arrivals);
            return true;
        };
        await Download(patterns: ["model.safetensors"]);
        AssertHere("model.safetensors");
        Assert.Equal(["", "bytes=100000-", "bytes=200000-"], Ranges);
        Assert.False(File.Exists(Incomplete));
    }

    [Fact]
    public async Task A_content_that_ends_early_is_resumed_too()
    {
        Server.CdnFault = async context =>
        {
            if (context.Request.Start() > 0) return false;
            await context.Response.Body.WriteAsync(Weights.AsMemory(0, 123_456));
            return true;
        };
        await Download();
        AssertHere("model.safetensors");
        Assert.Equal(["", "bytes=123456-"], Ranges);
    }

    [Fact]
    public async Task An_incomplete_file_of_an_earlier_download_is_continued()
    {
        WriteIncomplete(Weights[..250_000]);
        await Download();
        AssertHere("model.safetensors");
        Assert.Equal(["bytes=250000-"], Ranges);
    }

    [Fact]
    public async Task A_file_that_only_lacks_its_name_is_not_fetched_again()
    {
        WriteIncomplete(Weights);
        await Download();
        AssertHere("model.safetensors");
        Assert.Empty(Ranges);
    }

    [Theory, InlineData(1000), InlineData(300_000), InlineData(400_000)]
    public async Task An_incomplete_file_of_something_else_is_given_up(int length)
    {
        WriteIncomplete(new byte[length]);
        await Download();
        AssertHere("model.safetensors");
        Assert.Equal("", Ranges.Last());
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_all_of_it()
    {
        WriteIncomplete(Weights[..1000]);
        Server.CdnFault = async context =>
        {
            context.Request.Headers.Remove("Range");
            await context.SendAsync(Weights);
            return true;
        };
        await Download();
        AssertHere("model.safetensors");
        Assert.Equal(["bytes=1000-"], Ranges);
    }

    [Fact]
    public async Task A_server_that_sends_another_range_is_asked_for_all_of_it()
    {
        WriteIncomplete(Weights[..1000]);
        Server.CdnFault = async context =>
        {
            if (context.Request.Start() == 0) return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes 2000-{Weights.Length - 1}/{Weights.Length}";
            await context.Response.Body.WriteAsync(Weights.AsMemory(2000));
            return true;
        };
        await Download();
        AssertHere("model.safetensors");
        Assert.Equal(["bytes=1000-", ""], Ranges);
    }

    [Fact]
    public async Task A_stopped_download_is_continued_by_the_next_one()
    {
        using var stop = new CancellationTokenSource();
        Server.CdnFault = async context =>
        {
            if (context.Request.Start() > 0) return false;
            await context.SendSomeAsync(Weights, 100_000, Arrivals);
            await stop.CancelAsync();
            return true;
        };
        var download = new ModelHub(Options).DownloadAsync(Model, ["model.safetensors"], Arrivals, stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.Equal(100_000, new FileInfo(Incomplete).Length);
        Assert.Null(new ModelHub(Options).FindCached(Model));
        await Download();
        Assert.Equal(["", "bytes=100000-"], Ranges);
        AssertHere("model.safetensors");
    }

    [Theory]
    [InlineData("list")]
    [InlineData("head")]
    [InlineData("content")]
    public async Task A_server_that_fails_once_is_asked_again(string kind)
    {
        Server.Fault = HubFaults.First(1, Kind(kind), 500);
        await Download(patterns: ["config.json"]);
        AssertHere("config.json");
        Assert.Equal([1], Pauses.Seconds);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("head")]
    [InlineData("content")]
    public async Task A_busy_server_is_asked_again_when_it_says_so(string kind)
    {
        Server.Fault = HubFaults.First(2, Kind(kind), 429, retryAfter: "37");
        await Download(patterns: ["config.json"]);
        AssertHere("config.json");
        Assert.Equal([37, 37], Pauses.Seconds);
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_asked_five_times()
    {
        Server.Fault = HubFaults.Every(HubFaults.IsList, 503);
        var error = await Refused(ModelHubFault.Unreachable);
        Assert.Equal($"acme/tiny-bert cannot be downloaded from {Options.Root}: 503 Service Unavailable. Try again; "
            + "what has arrived is kept.", error.Message);
        Assert.Equal(5, Server.Requests.Count);
        Assert.Equal([1, 2, 4, 8], Pauses.Seconds);
    }

    [Fact]
    public async Task A_server_that_asks_to_wait_for_an_hour_is_not_waited_for()
    {
        Server.Fault = HubFaults.First(1, HubFaults.IsHead, 429, retryAfter: "3600");
        var error = await Refused(ModelHubFault.Unreachable, patterns: ["config.json"]);
        Assert.StartsWith("config.json of acme/tiny-bert cannot be downloaded", error.Message, StringComparison.Ordinal);
        Assert.Contains("429 Too Many Requests; the server asks to wait 3600 s", error.Message, StringComparison.Ordinal);
        Assert.Empty(Pauses.Seconds);
    }

    [Fact]
    public async Task An_expired_address_of_the_CDN_is_asked_for_anew()
    {
        Server.CdnFault = HubFaults.First(1, _ => true, 403);
        await Download();
        AssertHere("model.safetensors");
        var asked = Server.Requests.Where(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal));
        Assert.Equal(["HEAD", "GET", "GET"], asked.Select(request => request.Method));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_with_the_remedies_at_once()
    {
        using var port = new ClosedPort();
        var nowhere = port.Address;
        var error = await Refused(ModelHubFault.Unreachable, Options with { Endpoint = nowhere });
        var expected = $"acme/tiny-bert cannot be downloaded: {nowhere.AbsoluteUri.TrimEnd('/')} cannot be reached (";
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        string[] remedies = ["`nabla models get acme/tiny-bert`", "models--acme--tiny-bert", Folder, "HF_ENDPOINT", "HF_HUB_OFFLINE=1"];
        Assert.All(remedies, remedy => Assert.Contains(remedy, error.Message, StringComparison.Ordinal));
        Assert.Empty(Pauses.Seconds);
    }

    [Fact]
    public async Task A_token_does_not_travel_to_another_port_of_the_same_host()
    {
        var authorizations = new List<string>();
        using var other = new LocalServer(async context =>
        {
            authorizations.Add(context.Request.Headers.Authorization.ToString());
            await context.SendAsync(Weights);
        });
        Server.Fault = context =>
        {
            if (!HubFaults.IsContent(context.Request)) return Task.FromResult(false);
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = other.Address.AbsoluteUri;
            return Task.FromResult(true);
        };
        await Download(Options with { Token = "hf_secret" }, ["model.safetensors"]);
        AssertHere("model.safetensors");
        Assert.Equal([""], authorizations);
    }

    [Theory]
    [InlineData("/acme/tiny-bert/resolve/x", "more than 10 redirections")]
    [InlineData("ftp://localhost/x", "it redirects to ftp://localhost/x, which is not safe to follow from http")]
    [InlineData("file:///etc/passwd", "it redirects to file:///etc/passwd, which is not safe to follow from http")]
    public async Task Redirections_that_lead_nowhere_are_not_followed(string location, string problem)
    {
        Server.Fault = context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.FromResult(true);
        };
        Assert.Contains(problem, (await Refused(ModelHubFault.Unreachable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_and_asked_again()
    {
        var clock = new ManualClock();
        var silent = 1;
        Server.Fault = async context =>
        {
            if (!HubFaults.IsHead(context.Request) || Interlocked.Decrement(ref silent) < 0) return false;
            clock.Expire();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        await Download(Options with { Retry = new() { Delay = Pauses.Delay, Clock = clock } }, ["config.json"]);
        AssertHere("config.json");
        Assert.Equal([1], Pauses.Seconds);
    }

    static Func<HttpRequest, bool> Kind(string kind) =>
        kind switch { "list" => HubFaults.IsList, "head" => HubFaults.IsHead, _ => HubFaults.IsContent };

    void WriteIncomplete(byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Incomplete)!);
        File.WriteAllBytes(Incomplete, content);
    }
}
