using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_disk_that_fills_up_leaves_the_old_file_and_no_temporary()
    {
        File.WriteAllText(scratch["x"], "old");
        var error = Assert.Throws<CheckpointException>(() => AtomicFile.Write(scratch["x"], 100, handle =>
        {
            RandomAccess.Write(handle, "half"u8, 0);
            Assert.Equal(2, scratch.Names.Length);
            throw new IOException("No space left on device.");
        }));
        Assert.Contains("No space left on device. Free space", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(scratch["x"]));
        Assert.Equal(["x"], scratch.Names);
    }

    [Fact]
    public void Any_failure_while_writing_leaves_the_old_file_and_no_temporary()
    {
        File.WriteAllText(scratch["x"], "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(scratch["x"], 100, _ => throw new InvalidOperationException()));
        Assert.Equal("old", File.ReadAllText(scratch["x"]));
        Assert.Equal(["x"], scratch.Names);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_named()
    {
        var error = Assert.Throws<CheckpointException>(() => Safetensors.Save(scratch["no/x"], []));
        Assert.Contains($"Create the folder {scratch["no"]}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_replaced()
    {
        Directory.CreateDirectory(scratch["x"]);
        Assert.Contains("it is a folder", Assert.Throws<CheckpointException>(() => Safetensors.Save(scratch["x"], [])).Message, StringComparison.Ordinal);
        Assert.Equal(["x"], scratch.Names);
    }

    [Fact]
    public async Task Readers_see_the_whole_old_or_the_whole_new_file_while_it_is_replaced()
    {
        Safetensors.Save(scratch["x"], [new("x", Tensor.Full([50_000], 0))]);
        var writing = Task.Run(() =>
        {
            for (var i = 1; i <= 50; i++) Safetensors.Save(scratch["x"], [new("x", Tensor.Full([50_000], i))]);
        }, TestContext.Current.CancellationToken);
        do
        {
            using var file = Safetensors.Open(scratch["x"]);
            Assert.Single(file["x"].ToArray<float>().Distinct());
        }
        while (!writing.IsCompleted);
        await writing;
        Assert.Equal(["x"], scratch.Names);
    }
}
