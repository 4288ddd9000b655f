using System.Text.RegularExpressions;
using Nabla.Data;
using Nabla.Hub;

namespace Nabla.Tests.Hub;

/// <summary>Disks that are full, caches that cannot be written, processes that download the same.</summary>
public sealed class ModelHubDiskTests : HubTest
{
    [Fact]
    public async Task A_full_disk_is_named_with_the_bytes_that_were_needed()
    {
        var error = await Refused(ModelHubFault.Disk, Options with { Files = new SmallDisk(100_000) }, ["model.safetensors"]);
        var blobs = Path.Combine(Repository, "blobs");
        Assert.Matches($@"^model\.safetensors of acme/tiny-bert: no space left in {Regex.Escape(blobs)}: model\.safetensors needs 300000 "
            + @"bytes, \d+ of them are there\. Free space there, or set HF_HUB_CACHE to a folder on another disk; the download continues "
            + @"where it ended\.$", error.Message);
        Assert.Empty(Pauses.Seconds);
        // With space it goes on.
        await Download();
        AssertHere("model.safetensors");
        Assert.StartsWith("bytes=", Server.Downloads[^1].Range, StringComparison.Ordinal);
    }

    /// <summary>Linux has a device that is always full.</summary>
    [Fact]
    public void The_system_s_own_error_is_recognised()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is full.");
        var error = Assert.Throws<IOException>(() => File.WriteAllBytes("/dev/full", [1]));
        Assert.True(DiskSpace.IsExhausted(error));
        Assert.False(DiskSpace.IsExhausted(new FileNotFoundException()));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(Folder, "file");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var error = await Refused(ModelHubFault.Disk, Options with { CacheFolder = Path.Combine(file, "cache") });
        Assert.Contains($"the cache {Path.Combine(file, "cache")} cannot be written (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set HF_HUB_CACHE to a folder that can.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downloads_of_the_same_files_at_the_same_time_fetch_each_once()
    {
        var folders = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Download())));
        Assert.All(folders, folder => Assert.Equal(Snapshot, folder));
        Assert.All(Server.Files.Keys, AssertHere);
        Assert.Single(Server.Downloads);
        var contents = from request in Server.Requests
                       where request.Method == "GET" && request.Path.Contains("/resolve/", StringComparison.Ordinal)
                       orderby request.Path
                       select Path.GetFileName(request.Path);
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], contents);
    }

    [Fact]
    public async Task What_another_process_downloads_is_waited_for()
    {
        var path = Path.Combine(Folder, ".locks", "models--acme--tiny-bert", Server.Etag("model.safetensors") + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var held = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var retry = new Retry
        {
            Delay = (_, _) =>
            {
                waiting.TrySetResult();
                return go.Task;
            },
        };
        var download = Download(Options with { Retry = retry }, ["model.safetensors"]);
        await waiting.Task;
        Assert.Empty(Server.Downloads);
        // The other process has finished its download.
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        await File.WriteAllBytesAsync(Blob("model.safetensors"), Weights, Cancellation);
        await held.DisposeAsync();
        go.SetResult();
        await download;
        AssertHere("model.safetensors");
        Assert.Empty(Server.Downloads);
    }

    [Fact]
    public async Task A_lock_that_its_holder_removed_is_no_lock()
    {
        var path = Path.Combine(Folder, "x.lock");
        var held = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        var taken = HubLock.AcquireAsync(path, async (_, _) =>
        {
            // As filelock does it.
            File.Delete(path);
            await held.DisposeAsync();
        }, Cancellation);
        await using var mine = await taken;
        Assert.True(File.Exists(path));
        Assert.Throws<IOException>(() => new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose());
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_stopped()
    {
        var path = Path.Combine(Folder, "x.lock");
        await using var held = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HubLock.AcquireAsync(path, async (pause, cancellation) =>
        {
            await stop.CancelAsync();
            await Task.Delay(pause, cancellation);
        }, stop.Token));
    }

    /// <summary>A disk that takes so many bytes.</summary>
    sealed class SmallDisk(int space) : HubFiles
    {
        public override Stream OpenPartial(string path) => new Limited(base.OpenPartial(path), space);
    }

    sealed class Limited(Stream inner, int space) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (inner.Length + count > space) throw Full();
            inner.Write(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>ENOSPC, or ERROR_DISK_FULL.</summary>
        static IOException Full() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
    }
}
