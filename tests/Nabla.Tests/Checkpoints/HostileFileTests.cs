using System.Buffers.Binary;
using System.Text;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed class HostileFileTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    CheckpointException Refused(byte[] file)
    {
        var path = scratch["hostile.safetensors"];
        File.WriteAllBytes(path, file);
        var error = Assert.Throws<CheckpointException>(() => Safetensors.Open(path));
        Assert.Equal(path, error.File);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        return error;
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}""", "F32[2] takes 8 bytes, its data_offsets hold 7")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "F32[3] takes 12 bytes, its data_offsets hold 8")]
    [InlineData("""{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", "F4[3] takes 2 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "[0, 16] are not within the 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "[8, 0] are not within the 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", "overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "the 4 bytes before it belong to no tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "its last 4 bytes belong to no tensor")]
    [InlineData("""{}""", "its last 8 bytes belong to no tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "its name occurs twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0078":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", "its name occurs twice")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "two of 'dtype'")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "its name occurs twice")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "'a' occurs twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", "'a' of its __metadata__ is not a string")]
    [InlineData("""{"__metadata__":[]}""", "not an object of strings")]
    [InlineData("""{"x":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "dtype 'F31' is unknown")]
    [InlineData("""{"x":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", "dtype is not a string")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "shape is not a list")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape holds something that is not a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "shape holds something that is not a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", "shape holds something that is not a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551624]}}""", "data_offsets holds something that is not a whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "more than 2 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "it needs a dtype, a shape and data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "it needs a dtype, a shape and data_offsets")]
    [InlineData("""{"x":[]}""", "its entry is not an object")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", "an axis of 4294967298")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1073741824,1073741824,1073741824,1073741824,2],"data_offsets":[0,8]}}""", "too many elements")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}}""", "too many elements")]
    [InlineData("""["x"]""", "does not begin with '{'")]
    [InlineData(""" {"x":1}""", "does not begin with '{'")]
    [InlineData("", "does not begin with '{'")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{} {}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", "not valid JSON")]
    [InlineData("""{"\ud835":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not valid JSON")]
    public void A_wrong_header_is_refused_with_what_is_wrong(string header, string expected) =>
        Assert.Contains(expected, Refused(PlainSafetensors.Write(header, new byte[8])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_tensor_at_fault_is_named()
    {
        var error = Refused(PlainSafetensors.Write("""{"layers.0.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,7]}}""", new byte[8]));
        Assert.Equal("layers.0.weight", error.Tensor);
        Assert.Contains("tensor 'layers.0.weight': F32[2] takes 8 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_the_file_cannot_flood_the_message_or_the_terminal()
    {
        var error = Refused(PlainSafetensors.Write($$$"""{"{{{new string('x', 100_000)}}}":[]}""", []));
        Assert.True(error.Message.Length < 1000);
        Assert.DoesNotContain('\u001b', Refused(PlainSafetensors.Write("""{"\u001b[2J":[]}""", [])).Message);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(7)]
    public void A_file_shorter_than_its_first_field_is_refused(int length) =>
        Assert.Contains($"has {length} bytes", Refused(new byte[length]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(ulong.MaxValue, "claims 18446744073709551615 bytes"), InlineData(100_000_001, "more than the 100000000"), InlineData(1000, "but only 2 follow"), InlineData(1UL << 63, "more than")]
    public void A_header_longer_than_the_file_or_the_limit_is_refused(ulong length, string expected)
    {
        var file = PlainSafetensors.Write("{}", []);
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        Assert.Contains(expected, Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_utf8_is_refused()
    {
        var file = PlainSafetensors.Write("""{"x!":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        file[Array.IndexOf(file, (byte)'!')] = 0xC0;
        Assert.Contains("not valid UTF-8", Refused(file).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"x\":", 1_000_000), InlineData("{\"x\":{\"y\":", 500_000), InlineData("{\"__metadata__\":[", 1_000)]
    public void Deeply_nested_headers_are_refused(string part, int times) =>
        Refused(PlainSafetensors.Write(new StringBuilder().Insert(0, part, times).ToString(), []));

    [Fact]
    public void Shapes_of_a_million_axes_are_refused()
    {
        var dims = string.Join(',', Enumerable.Repeat(1, 1_000_000));
        Assert.Contains("more than 64 numbers", Refused(PlainSafetensors.Write($$$"""{"x":{"dtype":"F32","shape":[{{{dims}}}],"data_offsets":[0,4]}}""", new byte[4])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_pipe_are_refused_without_waiting()
    {
        Assert.Contains("cannot be opened", Assert.Throws<CheckpointException>(() => Safetensors.Open(scratch["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<CheckpointException>(() => Safetensors.Open(scratch.Folder)).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        Assert.Contains("not a regular file", Assert.Throws<CheckpointException>(() => Safetensors.Open("/dev/zero")).Message, StringComparison.Ordinal);
        using (var made = System.Diagnostics.Process.Start("mkfifo", scratch["pipe"])) made.WaitForExit();
        Assert.Contains("not a regular file", Assert.Throws<CheckpointException>(() => Safetensors.Open(scratch["pipe"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_itself_is_refused()
    {
        File.CreateSymbolicLink(scratch["loop"], scratch["loop"]);
        Assert.Throws<CheckpointException>(() => Safetensors.Open(scratch["loop"]));
        Assert.Throws<CheckpointException>(() => Safetensors.Save(scratch["loop"], []));
    }

    /// <summary>A sparse file of terabytes, with one tensor that fills it: more than the memory budget.</summary>
    [Fact]
    public void A_tensor_beyond_the_memory_budget_is_an_out_of_memory_exception()
    {
        var bytes = 3L << 40;
        var start = PlainSafetensors.Write($$$"""{"x":{"dtype":"F32","shape":[1024,{{{bytes / 4096}}}],"data_offsets":[0,{{{bytes}}}]}}""", []);
        try
        {
            using var sparse = File.Create(scratch["sparse"]);
            sparse.SetLength(start.Length + bytes);
            sparse.Write(start);
        }
        catch (IOException)
        {
            return; // The file system has no such long files.
        }
        using var file = Safetensors.Open(scratch["sparse"]);
        Assert.Throws<OutOfMemoryException>(() => file["x"]);
    }
}
