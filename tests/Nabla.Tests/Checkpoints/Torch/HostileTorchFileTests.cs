using System.Buffers.Binary;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>Tensors that do not fit their storages, and archives that torch.save does not write.</summary>
public sealed class HostileTorchFileTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    CheckpointException Refused(byte[] file)
    {
        File.WriteAllBytes(scratch["x"], file);
        return Assert.Throws<CheckpointException>(() => Weights.Open(scratch["x"]));
    }

    void IsRefused(byte[] file, string expected) => Assert.Contains(expected, Refused(file).Message, StringComparison.Ordinal);

    static byte[] Pickle(string type = "FloatStorage", long count = 6, long offset = 0, long[]? sizes = null, long[]? strides = null) =>
        PlainPickle.Of(PlainPickle.Dict(
            ("layers.0.weight", PlainPickle.Tensor(PlainPickle.Storage(type, "0", count), offset, sizes ?? [2, 3], strides ?? [3, 1]))));

    static ZipPart[] Parts(byte[]? pickle = null, int bytes = 24) =>
        [new("archive/data.pkl", pickle ?? Pickle()), new("archive/data/0", new byte[bytes]), new("archive/version", "3\n"u8.ToArray())];

    static byte[] Zip(byte[] pickle) => PlainZip.Write(Parts(pickle));

    [Fact]
    public void The_archive_that_the_others_are_made_from_is_read()
    {
        byte[][] files =
        [
            PlainZip.Write(Parts()), PlainZip.Write(Parts(), zip64: true),
            PlainZip.Write(Parts(), comment: "x"), PlainZip.Write(Parts().Reverse()),
        ];
        foreach (var file in files)
        {
            File.WriteAllBytes(scratch["x"], file);
            using var weights = Weights.Open(scratch["x"]);
            Assert.Equal("layers.0.weight F32[2, 3]", Assert.Single(weights.Tensors).ToString());
            Assert.Equal(new float[6], weights["layers.0.weight"].ToArray<float>());
        }
    }

    [Theory]
    [InlineData(1, new long[] { 2, 3 }, new long[] { 3, 1 }, "from element 1 on reaches beyond its storage of 6 elements")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 4, 1 }, "reaches beyond its storage")]
    [InlineData(long.MaxValue, new long[] { 2, 3 }, new long[] { 3, 1 }, "reaches beyond its storage")]
    [InlineData(6, new long[] { }, new long[] { }, "reaches beyond its storage")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { long.MaxValue, long.MaxValue }, "reaches beyond its storage")]
    [InlineData(0, new long[] { 3, 3 }, new long[] { 3, 1 }, "reaches beyond its storage")]
    [InlineData(-1, new long[] { 2, 3 }, new long[] { 3, 1 }, "its offset -1 is negative")]
    [InlineData(0, new long[] { -2, 3 }, new long[] { 3, 1 }, "its sizes [-2, 3] are not all from 0 to 2147483647")]
    [InlineData(0, new long[] { 1L << 31 }, new long[] { 1 }, "are not all from 0 to 2147483647")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 3, -1 }, "its strides [3, -1] are not all 0 or more")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 1 }, "it has 2 sizes and 1 strides")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 0, 1 }, "gives several elements one position, as an expanded view does")]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 1, 1 }, "gives several elements one position")]
    [InlineData(0, new long[] { 1000000, 1000000 }, new long[] { 0, 0 }, "gives several elements one position")]
    [InlineData(0, new long[] { 2147483647, 2147483647, 2147483647, 0 }, new long[] { 0, 0, 0, 0 }, "too many elements for any file")]
    [InlineData(0, new long[] { 2147483647, 2147483647, 2147483647, 2147483647, 2147483647 }, new long[] { 0, 0, 0, 0, 0 },
        "too many elements for any file")]
    public void A_tensor_that_is_no_window_on_its_storage_is_refused(long offset, long[] sizes, long[] strides, string expected)
    {
        var error = Refused(Zip(Pickle(offset: offset, sizes: sizes, strides: strides)));
        Assert.Equal("layers.0.weight", error.Tensor);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_65_axes_is_refused() =>
        IsRefused(Zip(Pickle(sizes: [.. Enumerable.Repeat(1L, 65)], strides: [.. Enumerable.Repeat(1L, 65)])),
            "it has 65 sizes and 65 strides; both must be one per axis, at most 64");

    [Theory]
    [InlineData(7, "has 24 bytes for its storage '0', which needs 7 elements of F32")]
    [InlineData(5, "has 24 bytes for its storage '0', which needs 5 elements of F32")]
    [InlineData(-1, "has a storage '0' of -1 elements")]
    [InlineData(long.MaxValue, "its storage '0' alone 9223372036854775807 elements of 4")]
    [InlineData(1L << 62, "its storage '0' alone 4611686018427387904 elements of 4")]
    public void A_storage_of_another_length_than_its_data_is_refused(long count, string expected) =>
        IsRefused(Zip(Pickle(count: count)), expected);

    [Fact]
    public void A_storage_with_two_types_or_lengths_is_refused()
    {
        byte[] Two(string type, long count) => PlainPickle.Of(PlainPickle.List(
            PlainPickle.Tensor(PlainPickle.Storage("FloatStorage", "0", 6), 0, [6], [1]),
            PlainPickle.Tensor(PlainPickle.Storage(type, "0", count), 0, [1], [1])));
        IsRefused(Zip(Two("IntStorage", 6)), "has a storage '0' with two types or lengths");
        IsRefused(Zip(Two("FloatStorage", 5)), "has a storage '0' with two types or lengths");
    }

    [Fact]
    public void A_tensor_of_untyped_bytes_is_refused() =>
        IsRefused(Zip(Pickle("UntypedStorage", 24)), "has a tensor of a storage of bytes that does not say its type");

    [Fact]
    public void A_tensor_whose_numbers_are_still_to_be_conjugated_is_refused()
    {
        byte[] WithBits(byte[] bits) => PlainPickle.Of(PlainPickle.Dict(("x", [
            .. PlainPickle.Global("torch._utils", "_rebuild_tensor_v2"),
            .. PlainPickle.Tuple(
                PlainPickle.Storage("FloatStorage", "0", 6), PlainPickle.Integer(0), PlainPickle.Integers(6), PlainPickle.Integers(1),
                [0x89], PlainPickle.EmptyOrderedDict, bits),
            (byte)'R'])));
        IsRefused(Zip(WithBits(PlainPickle.Dict(("conj", [0x88])))),
            "calls torch._utils._rebuild_tensor_v2 with arguments that it does not take");
        File.WriteAllBytes(scratch["good"], Zip(WithBits(PlainPickle.Dict())));
        using var weights = Weights.Open(scratch["good"]);
        Assert.True(weights.Contains("x"));
    }

    [Fact]
    public void Data_that_is_not_there_is_refused() => IsRefused(PlainZip.Write(Parts()[..1]), "lacks the zip entry 'archive/data/0'");

    [Theory]
    [InlineData("big"), InlineData("little\n"), InlineData("")]
    public void Another_byte_order_is_refused(string order)
    {
        ZipPart part = new("archive/byteorder", System.Text.Encoding.ASCII.GetBytes(order));
        IsRefused(PlainZip.Write([.. Parts(), part]), "only little-endian files are read");
    }

    [Fact]
    public void Archives_of_other_programs_are_refused()
    {
        IsRefused(PlainZip.Write(("word/document.xml", [])), "is a zip archive with 0 entries named data.pkl");
        IsRefused(PlainZip.Write(("a/data.pkl", []), ("b/data.pkl", [])), "is a zip archive with 2 entries named data.pkl");
        IsRefused(PlainZip.Write(("a/data.pkl", []), ("a/constants.pkl", [])), "is a TorchScript archive");
        IsRefused(PlainZip.Write(("a/data.pkl", [])), "needs 1 more bytes, but only 0 follow");
    }

    public static TheoryData<string> WrongEntries =>
    [
        "compressed", "another packed length", "larger than the file", "encrypted", "encrypted header", "strongly encrypted",
        "another name", "another method",
        "header beyond", "header of nothing", "twice", "zip64 lengths that lack", "zip64 lengths that are huge", "bad name",
    ];

    [Theory, MemberData(nameof(WrongEntries))]
    public void A_zip_entry_that_torch_does_not_write_is_refused(string what)
    {
        var parts = Parts();
        var data = parts[1];
        var (changed, expected) = what switch
        {
            "compressed" => (data with { Method = 8 }, "'archive/data/0' is compressed (method 8)"),
            "another packed length" => (data with { PackedLength = 12 }, "takes 12 bytes for a length of 24"),
            "larger than the file" =>
                (data with { Length = 4_000_000_000, PackedLength = 4_000_000_000 }, "claims 4000000000 bytes in a file of"),
            "encrypted" => (data with { Flags = 1 }, "is encrypted"),
            "encrypted header" => (data with { LocalFlags = 1 }, "is encrypted"),
            "strongly encrypted" => (data with { Flags = 64 }, "is encrypted"),
            "another name" => (data with { LocalName = "archive/data/1" }, "has a header that contradicts the directory"),
            "another method" => (data with { LocalMethod = 8 }, "has a header that contradicts the directory"),
            "header beyond" => (data with { Header = 1_000_000 }, "claims 24 bytes in a file of"),
            "header of nothing" => (data with { Header = 40 }, "has no header at 40"),
            "twice" => (data with { Name = "archive/data.pkl", LocalName = "archive/data.pkl" },
                "has two zip entries named 'archive/data.pkl'"),
            "zip64 lengths that lack" => (Wide(data, [1, 0, 8, 0, .. PlainZip.Longs(24)]), "lacks its zip64 sizes"),
            "zip64 lengths that are huge" =>
                (Wide(data, [1, 0, 16, 0, .. PlainZip.Longs(1UL << 63, 1UL << 63)]), "claims 9223372036854775808 bytes"),
            _ => (data with { Name = "archive/\ud800" }, "has a header that contradicts the directory"),
        };
        parts[1] = changed;
        IsRefused(PlainZip.Write(parts), expected);
    }

    [Fact]
    public void An_entry_within_the_data_of_another_is_refused()
    {
        byte[] inner = [.. "PK\u0003\u0004"u8, .. PlainZip.Shorts(20, 0, 0, 0, 0), .. PlainZip.Ints(0, 24, 24), .. PlainZip.Shorts(14, 0),
            .. "archive/data/0"u8, .. new byte[24]];
        var outer = new ZipPart("archive/outer", inner);
        var position = (uint)(30 + "archive/outer".Length);
        IsRefused(PlainZip.Write([outer, new("archive/data/0", new byte[24]) { Header = position }, .. Parts()[..1]]), "overlaps another");
    }

    /// <summary>An entry whose sizes are in an extra field.</summary>
    static ZipPart Wide(ZipPart part, byte[] extra) => part with { Length = uint.MaxValue, PackedLength = uint.MaxValue, Extra = extra };

    [Fact]
    public void Zip64_lengths_are_read()
    {
        var parts = Parts();
        // After another extra field.
        parts[1] = Wide(parts[1], [9, 0, 1, 0, 7, 1, 0, 16, 0, .. PlainZip.Longs(24, 24)]);
        File.WriteAllBytes(scratch["x"], PlainZip.Write(parts, zip64: true, end: record => record.AsSpan(8, 12).Fill(0xFF)));
        using var weights = Weights.Open(scratch["x"]);
        Assert.Equal(6, weights["layers.0.weight"].Length);
    }

    [Theory]
    [InlineData(4, 1u, "is one of several parts")]
    [InlineData(8, 2u | (4u << 16), "is one of several parts")]
    [InlineData(8, 2u | (2u << 16), "of which its entries take")]
    [InlineData(8, 60000u | (60000u << 16), "that claims 60000 entries")]
    [InlineData(8, 0xFFFFFFFF, "lacks the zip64 directory that it refers to")]
    [InlineData(12, 0xFFFFFFF0, "has a zip directory of 4294967280 bytes")]
    [InlineData(16, 0xFFFFFFFF, "lacks the zip64 directory")]
    [InlineData(16, 0xFFFFFFF0, "at 4294967280, beyond")]
    [InlineData(16, 0u, "has no zip directory entry at 0")]
    [InlineData(20, 1u, "has no zip directory at its end")]
    public void A_wrong_end_of_a_zip_archive_is_refused(int at, uint value, string expected) =>
        IsRefused(PlainZip.Write(Parts(), end: record => BitConverter.GetBytes(value)[..Math.Min(4, 22 - at)].CopyTo(record, at)),
            expected);

    [Theory]
    [InlineData(32, 4ul, "contradict each other"), InlineData(48, 1ul, "contradict each other")]
    [InlineData(40, ulong.MaxValue, "contradict each other"), InlineData(64, 0ul, "refers to a zip64 directory that is not there")]
    [InlineData(64, ulong.MaxValue, "refers to a zip64 directory that is not there")]
    public void A_wrong_zip64_end_is_refused(int at, ulong value, string expected) =>
        IsRefused(PlainZip.Write(Parts(), zip64: true, end64: With(at, value)), expected);

    [Theory]
    [InlineData(32, ulong.MaxValue, "that claims 18446744073709551615 entries")]
    [InlineData(40, ulong.MaxValue, "has a zip directory of 18446744073709551615 bytes")]
    [InlineData(48, ulong.MaxValue, "at 18446744073709551615, beyond")]
    public void A_zip64_end_that_is_beyond_the_file_is_refused(int at, ulong value, string expected) =>
        IsRefused(PlainZip.Write(Parts(), end: record => record.AsSpan(8, 12).Fill(0xFF), zip64: true, end64: With(at, value)), expected);

    static Action<byte[]> With(int at, ulong value) => record => BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(at), value);

    [Fact]
    public void Wrong_storages_of_the_legacy_form_are_refused()
    {
        var magic = CheckpointFixtures.Read("torch/legacy.bin")[..137];
        byte[] File(string[] keys, params byte[] data) => [
            .. magic, .. PlainPickle.Of(
                PlainPickle.Dict(("x", PlainPickle.Tensor(PlainPickle.Storage("FloatStorage", "7", 2, legacy: true), 0, [2], [1])))),
            .. PlainPickle.Of(PlainPickle.List([.. keys.Select(PlainPickle.Text)])), .. data];
        byte[] good = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40];
        System.IO.File.WriteAllBytes(scratch["good"], File(["7"], good));
        using (var weights = Weights.Open(scratch["good"])) Assert.Equal([1f, 2f], weights["x"].ToArray<float>());
        IsRefused(File([], good), "holds 0 of the 1 storages that its tensors need");
        IsRefused(File(["8"], good), "lists a storage that no tensor needs");
        IsRefused(File(["7", "7"], [.. good, .. good]), "lists its storage '7' twice");
        IsRefused(File(["7"], [.. good, 0]), "has 1 bytes after its last storage");
        IsRefused(File(["7"], good[..^1]), "has 7 bytes for its storage '7', which needs 2 elements of F32");
        IsRefused(File(["7"], good[..4]), "refers to 8 bytes at");
        good[0] = 3;
        IsRefused(File(["7"], good), "has 3 elements in its storage '7', not 2");
    }

    [Fact]
    public void A_wrong_beginning_of_the_legacy_form_is_refused()
    {
        var file = CheckpointFixtures.Read("torch/legacy.bin");
        byte[] With(int at, byte value)
        {
            var changed = file.ToArray();
            changed[at] = value;
            return changed;
        }
        IsRefused(With(5, 0), "does not begin with the magic number of torch.save");
        IsRefused(With(18, 0), "is not of version 1001");
        IsRefused(With(73, 0x89), "was not saved on a little-endian machine");
    }
}
