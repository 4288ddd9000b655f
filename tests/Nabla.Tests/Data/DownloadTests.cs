using System.Net;
using System.Security.Cryptography;
using Nabla.Data;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];

    static readonly KnownFile Published = new("numbers.bin", Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));

    readonly Arrivals arrivals = new();

    readonly ManualClock clock = new();

    readonly Pauses pauses = new();

    readonly string folder = Directory.CreateTempSubdirectory("nabla-download-").FullName;

    string Target => Path.Combine(folder, Published.Name);

    string Part => Target + ".part";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_arrives_whole_and_is_not_fetched_again()
    {
        using var server = new DownloadServer(Content);
        await Fetch(server);
        await Fetch(server);
        Arrived();
        Assert.Equal([0], server.Starts);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_taken_up_where_it_ended()
    {
        using var server = new DownloadServer(Content) { CutsAfter = 100_000, Arrivals = arrivals };
        await Fetch(server);
        Arrived();
        Assert.Equal([0, 100_000, 200_000], server.Starts);
    }

    [Fact]
    public async Task What_arrived_before_the_process_ended_is_not_fetched_again()
    {
        File.WriteAllBytes(Part, Content[..123_456]);
        using var server = new DownloadServer(Content);
        await Fetch(server);
        Arrived();
        Assert.Equal([123_456], server.Starts);
    }

    [Fact]
    public async Task A_server_without_ranges_sends_everything_anew()
    {
        File.WriteAllBytes(Part, [1, 2, 3]);
        using var server = new DownloadServer(Content) { HasRanges = false };
        await Fetch(server);
        Arrived();
        Assert.Equal([3], server.Starts);
    }

    [Theory, InlineData(1000), InlineData(300_000), InlineData(400_000)]
    public async Task A_beginning_of_something_else_is_given_up_for_the_whole(int length)
    {
        File.WriteAllBytes(Part, new byte[length]);
        using var server = new DownloadServer(Content);
        await Fetch(server);
        Arrived();
        Assert.Equal(0, server.Starts[^1]);
    }

    [Fact]
    public async Task Something_else_is_refused_by_its_hash_and_the_next_source_is_tried()
    {
        var other = (byte[])Content.Clone();
        other[^1]++;
        using var wrong = new DownloadServer(other);
        using var right = new DownloadServer(Content);
        await Fetch(wrong, right);
        Arrived();
        Assert.Equal([0], wrong.Starts);
        Assert.Equal([0], right.Starts);
    }

    [Fact]
    public async Task A_source_whose_file_is_longer_is_left_before_anything_is_fetched()
    {
        using var longer = new DownloadServer([.. Content, 1]);
        await Assert.ThrowsAsync<DownloadException>(() => Fetch(longer));
        Assert.Empty(arrivals.Reports);
    }

    [Fact]
    public async Task Without_a_good_source_nothing_is_left_and_each_fault_is_said()
    {
        var other = (byte[])Content.Clone();
        other[0]++;
        using var wrong = new DownloadServer(other);
        using var absent = new DownloadServer(Content) { Status = HttpStatusCode.NotFound };
        using var longer = new DownloadServer([.. Content, 1]);
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(wrong, absent, longer));
        Assert.Equal($"{wrong.Address}numbers.bin: what it sends does not have the published SHA-256 {Published.Sha256}; "
            + $"{absent.Address}numbers.bin: 404 Not Found; "
            + $"{longer.Address}numbers.bin: it has 300001 bytes where 300000 were published", error.Message);
        Assert.False(File.Exists(Target));
        Assert.Equal([0], absent.Starts);
    }

    [Fact]
    public async Task A_server_that_fails_is_asked_three_times()
    {
        using var failing = new DownloadServer(Content) { Status = HttpStatusCode.ServiceUnavailable };
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(failing));
        Assert.Equal($"{failing.Address}numbers.bin: 503 Service Unavailable", error.Message);
        Assert.Equal([0, 0, 0], failing.Starts);
        Assert.Equal([1, 2], pauses.Seconds);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_three_times_after_it_brought_something()
    {
        using var silent = new DownloadServer(Content) { FallsSilent = clock, HasRanges = false, Arrivals = arrivals };
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(silent));
        Assert.Equal($"{silent.Address}numbers.bin: nothing arrived for 60 s", error.Message);
        Assert.Equal([0, 150_000, 150_000, 150_000], silent.Starts);
        Assert.True(File.Exists(Part));
    }

    [Fact]
    public async Task Silence_is_overcome_by_asking_for_the_rest()
    {
        using var silent = new DownloadServer(Content) { FallsSilent = clock, Arrivals = arrivals };
        await Fetch(silent);
        Arrived();
        Assert.Equal([0, 150_000], silent.Starts);
    }

    [Fact]
    public async Task Two_processes_do_not_write_into_one_part()
    {
        using var server = new DownloadServer(Content);
        using (new FileStream(Part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(server));
            Assert.Contains("another process may be downloading it", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stopped_download_keeps_what_arrived()
    {
        using var stop = new CancellationTokenSource();
        using var server = new DownloadServer(Content) { CutsAfter = 100_000, Arrivals = new() };
        using var client = new HttpClient();
        var progress = new Arrivals { Reported = value => Stop(value, stop) };
        var download = new Download(client, [server.Address], Published, folder, progress).RunAsync(stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.Equal(100_000, new FileInfo(Part).Length);
    }

    static void Stop(DownloadProgress value, CancellationTokenSource stop)
    {
        if (value.Done == 100_000) stop.Cancel();
    }

    Task Fetch(params DownloadServer[] servers) => Fetch(servers.Select(server => server.Address).ToArray());

    async Task Fetch(Uri[] sources)
    {
        using var client = new HttpClient();
        var retry = new Retry { Attempts = 3, Delay = pauses.Delay, Clock = clock };
        await new Download(client, sources, Published, folder, arrivals) { Retry = retry }.RunAsync(TestContext.Current.CancellationToken);
    }

    void Arrived()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Part));
    }
}
