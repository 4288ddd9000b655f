using System.Net;
using System.Security.Cryptography;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];

    static readonly KnownFile Published = new("numbers.bin", Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));

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
        using var server = new DownloadServer(Content) { CutsAfter = 100_000 };
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
    public async Task Without_a_good_source_nothing_is_left_and_each_fault_is_said()
    {
        var other = (byte[])Content.Clone();
        other[0]++;
        using var wrong = new DownloadServer(other);
        using var absent = new DownloadServer(Content) { Status = HttpStatusCode.NotFound };
        using var longer = new DownloadServer([.. Content, 1]);
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(wrong, absent, longer));
        Assert.Equal($"{wrong.Address}numbers.bin: what it sends does not have the published SHA-256 {Published.Sha256}; {absent.Address}numbers.bin: 404 Not Found; "
            + $"{longer.Address}numbers.bin: it sends more than the 300000 bytes that were published", error.Message);
        Assert.False(File.Exists(Target));
        Assert.Equal([0], absent.Starts);
    }

    [Fact]
    public async Task A_server_that_fails_or_falls_silent_is_asked_three_times()
    {
        using var failing = new DownloadServer(Content) { Status = HttpStatusCode.ServiceUnavailable };
        using var silent = new DownloadServer(Content) { FallsSilent = true, HasRanges = false };
        var error = await Assert.ThrowsAsync<DownloadException>(() => Fetch(failing, silent));
        Assert.Contains("503 Service Unavailable", error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing arrived for", error.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0, 0], failing.Starts);
        Assert.InRange(silent.Starts.Count, 3, 5);
        Assert.True(File.Exists(Part));
    }

    [Fact]
    public async Task Two_processes_do_not_write_into_one_part()
    {
        using var server = new DownloadServer(Content);
        using (new FileStream(Part, FileMode.Create, FileAccess.Write, FileShare.None))
            Assert.Contains("another process may be downloading it", (await Assert.ThrowsAsync<DownloadException>(() => Fetch(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_download_keeps_what_arrived()
    {
        using var server = new DownloadServer(Content) { FallsSilent = true };
        using var stop = new CancellationTokenSource();
        var progress = new Watcher(_ => stop.Cancel());
        using var client = new HttpClient();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Download(client, [server.Address], Published, folder, progress).RunAsync(stop.Token));
        Assert.InRange(new FileInfo(Part).Length, 1, Content.Length - 1);
    }

    Task Fetch(params DownloadServer[] servers) => Fetch(servers.Select(server => server.Address).ToArray());

    async Task Fetch(Uri[] sources)
    {
        using var client = new HttpClient();
        await new Download(client, sources, Published, folder) { Pause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMilliseconds(400) }.RunAsync(TestContext.Current.CancellationToken);
    }

    void Arrived()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Part));
    }

    /// <summary>At once, where <see cref="Progress{T}"/> tells later.</summary>
    sealed class Watcher(Action<DownloadProgress> seen) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => seen(value);
    }
}
