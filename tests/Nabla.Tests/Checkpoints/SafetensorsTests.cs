using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    static readonly string Reference = Path.Combine(AppContext.BaseDirectory, "reference");

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    Safetensors Open(string header, params byte[] data)
    {
        File.WriteAllBytes(scratch["made.safetensors"], PlainSafetensors.Write(header, data));
        return Safetensors.Open(scratch["made.safetensors"]);
    }

    static double[] Numbers(Tensor x) => x.To(DType.Float64).ToArray<double>();

    public static TheoryData<string> ReferenceFiles => [.. Directory.EnumerateFiles(Reference, "*.safetensors").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(ReferenceFiles))]
    public void Reference_files_read_as_a_plain_reader_reads_them(string name)
    {
        var (header, data) = PlainSafetensors.Read(File.ReadAllBytes(Path.Combine(Reference, name)));
        using var file = Safetensors.Open(Path.Combine(Reference, name));
        Assert.Equal(header.Count(pair => pair.Key != "__metadata__"), file.Tensors.Count);
        foreach (var stored in file.Tensors)
        {
            var entry = header[stored.Name]!;
            Assert.Equal(PlainSafetensors.Dims(entry), stored.Shape.ToArray());
            Assert.Equal(stored.Shape, file[stored.Name].Shape);
            Assert.Equal(stored.DType, file[stored.Name].DType);
            Assert.Equal(PlainSafetensors.Numbers(entry, data), Numbers(file[stored.Name]));
        }
    }

    [Fact]
    public void Metadata_is_read()
    {
        using var file = Safetensors.Open(Path.Combine(Reference, "BertForMaskedLM.safetensors"));
        Assert.Equal("pt", Assert.Single(file.Metadata).Value);
    }

    static Dictionary<string, Tensor> Assorted() => new()
    {
        ["mask"] = Tensor.From(true, false, true),
        ["weight"] = Tensor.Normal([3, 5], generator: new Generator(1)),
        ["double"] = Tensor.From(0.1, double.NaN, double.NegativeInfinity, -0.0),
        ["ids"] = Tensor.From(long.MinValue, -1L, long.MaxValue),
        ["steps"] = Tensor.From(int.MinValue, 7, int.MaxValue),
        ["scalar"] = Tensor.Scalar(2.5),
        ["empty"] = Tensor.Zeros([0, 4]),
        ["transposed"] = Tensor.Arange(6).Reshape(2, 3).Transpose(),
        ["stretched"] = Tensor.From(1f, 2f).Reshape(2, 1).Expand([2, 3]),
        ["ключ \"quoted\" 𝛁"] = Tensor.Ones([1]),
    };

    [Fact]
    public void What_is_saved_is_read_back()
    {
        var tensors = Assorted();
        var notes = new Dictionary<string, string> { ["format"] = "pt", ["λ"] = "line\nbreak \" 𝛁" };
        Safetensors.Save(scratch["all.safetensors"], tensors, notes);
        using var file = Safetensors.Open(scratch["all.safetensors"]);
        Assert.Equal(notes, file.Metadata);
        Assert.Equal(tensors.Keys.Order(), file.Tensors.Select(tensor => tensor.Name).Order());
        foreach (var (name, tensor) in tensors)
        {
            Assert.Equal((tensor.Shape, tensor.DType), (file[name].Shape, file[name].DType));
            Assert.Equal(Numbers(tensor), Numbers(file[name]));
        }
        Assert.Equal([long.MinValue, -1, long.MaxValue], file["ids"].ToArray<long>());
    }

    [Fact]
    public void A_plain_reader_reads_what_is_saved_and_finds_every_element_aligned()
    {
        var tensors = Assorted();
        Safetensors.Save(scratch["all.safetensors"], tensors);
        var bytes = File.ReadAllBytes(scratch["all.safetensors"]);
        var (header, data) = PlainSafetensors.Read(bytes);
        Assert.Equal(0, (bytes.Length - data.Length) % 8);
        Assert.Equal(tensors.Count, header.Count);
        foreach (var (name, tensor) in tensors)
        {
            var entry = header[name]!;
            Assert.Equal(tensor.Shape.ToArray(), PlainSafetensors.Dims(entry));
            Assert.Equal(Numbers(tensor), PlainSafetensors.Numbers(entry, data));
            Assert.Equal(0, entry["data_offsets"]![0]!.GetValue<int>() % tensor.DType.Size);
        }
    }

    [Fact]
    public void The_bytes_do_not_depend_on_the_order_of_the_tensors()
    {
        Safetensors.Save(scratch["a"], Assorted());
        Safetensors.Save(scratch["b"], Assorted().Reverse());
        Assert.Equal(File.ReadAllBytes(scratch["a"]), File.ReadAllBytes(scratch["b"]));
    }

    [Fact]
    public void A_file_that_was_read_and_saved_again_holds_the_same_data()
    {
        var path = Path.Combine(Reference, "BertForMaskedLM.safetensors");
        using var file = Safetensors.Open(path);
        Safetensors.Save(scratch["again"], file.Tensors.ToDictionary(tensor => tensor.Name, tensor => file[tensor.Name]), file.Metadata);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(scratch["again"]));
    }

    [Fact]
    public void A_file_of_no_tensors_is_saved_and_read()
    {
        Safetensors.Save(scratch["none"], []);
        using var file = Safetensors.Open(scratch["none"]);
        Assert.Empty(file.Tensors);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void All_halves_and_brain_floats_read_as_the_float_they_are()
    {
        var bits = Enumerable.Range(0, 65536).Select(i => (ushort)i).ToArray();
        var bytes = bits.SelectMany(BitConverter.GetBytes).ToArray();
        using var file = Open("""{"h":{"dtype":"F16","shape":[256,256],"data_offsets":[0,131072]},"b":{"dtype":"BF16","shape":[65536],"data_offsets":[131072,262144]}}""", [.. bytes, .. bytes]);
        Assert.Equal(bits.Select(b => (float)BitConverter.UInt16BitsToHalf(b)), file["h"].ToArray<float>());
        Assert.Equal(bits.Select(b => BitConverter.UInt32BitsToSingle((uint)b << 16)), file["b"].ToArray<float>());
    }

    [Theory]
    [InlineData("U8", DType.Int32, new byte[] { 0, 127, 255 }, new double[] { 0, 127, 255 })]
    [InlineData("I8", DType.Int32, new byte[] { 0, 127, 255 }, new double[] { 0, 127, -1 })]
    [InlineData("I16", DType.Int32, new byte[] { 1, 0, 0, 0x80, 0xFF, 0x7F }, new double[] { 1, -32768, 32767 })]
    [InlineData("U16", DType.Int32, new byte[] { 1, 0, 0, 0x80, 0xFF, 0xFF }, new double[] { 1, 32768, 65535 })]
    [InlineData("U32", DType.Int64, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF }, new double[] { 1, 2147483648, 4294967295 })]
    [InlineData("BOOL", DType.Bool, new byte[] { 0, 1, 2 }, new double[] { 0, 1, 1 })]
    public void Short_types_read_as_a_wider_one(string stored, DType read, byte[] data, double[] expected)
    {
        using var file = Open($$$"""{"x":{"dtype":"{{{stored}}}","shape":[3],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        Assert.Equal(read, file["x"].DType);
        Assert.Equal(expected, Numbers(file["x"]));
        if (read == DType.Bool) Assert.Equal<byte>([0, 1, 1], file["x"].ToArray<bool>().Select(b => System.Runtime.CompilerServices.Unsafe.As<bool, byte>(ref b)));
    }

    [Theory]
    [InlineData("U64", 8), InlineData("C64", 8), InlineData("F8_E4M3", 1), InlineData("F8_E5M2", 1)]
    public void Types_without_counterpart_are_listed_and_refused_on_reading(string type, int size)
    {
        using var file = Open($$$"""{"x":{"dtype":"{{{type}}}","shape":[1],"data_offsets":[0,{{{size}}}]}}""", new byte[size]);
        Assert.Equal($"x {type}[1]", Assert.Single(file.Tensors).ToString());
        Assert.Null(file.Tensors[0].DType);
        Assert.Contains(type, Assert.Throws<CheckpointException>(() => file["x"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_is_not_aligned_reads_as_it_is()
    {
        byte[] data = [1, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2.5f), .. BitConverter.GetBytes((Half)0.5), .. BitConverter.GetBytes((Half)3)];
        using var file = Open("""{"mask":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"h":{"dtype":"F16","shape":[2],"data_offsets":[9,13]}}""", data);
        Assert.Equal([1.5f, -2.5f], file["x"].ToArray<float>());
        Assert.Equal([0.5f, 3f], file["h"].ToArray<float>());
    }

    [Fact]
    public void Names_are_unescaped()
    {
        using var file = Open("""{"\u0061\"\\":{"data_offsets":[0,1],"extra":{"deep":[1]},"shape":[],"dtype":"BOOL"}}   """, 1);
        Assert.True(file.Contains("a\"\\"));
        Assert.True(file["a\"\\"].Item<bool>());
    }

    [Fact]
    public void An_unknown_name_is_refused_with_examples()
    {
        using var file = Safetensors.Open(Path.Combine(Reference, "BertForMaskedLM.safetensors"));
        var error = Assert.Throws<CheckpointException>(() => file["bert.weight"]);
        Assert.Equal("bert.weight", error.Tensor);
        Assert.Contains("it holds 44, such as 'bert.embeddings.LayerNorm.bias'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_outlive_the_file_and_a_closed_file_says_so()
    {
        var file = Safetensors.Open(Path.Combine(Reference, "metrics.safetensors"));
        var x = file["binary/target"];
        file.Dispose();
        Assert.Equal(200, x.Length);
        Assert.Throws<ObjectDisposedException>(() => file["binary/target"]);
    }

    [Fact]
    public void Many_threads_read_one_file()
    {
        using var file = Safetensors.Open(Path.Combine(Reference, "ops.safetensors"));
        var expected = file.Tensors.Select(tensor => Numbers(file[tensor.Name])).ToArray();
        Parallel.For(0, 8, _ => Assert.Equal(expected, file.Tensors.Select(tensor => Numbers(file[tensor.Name]))));
    }

    [Fact]
    public void A_link_to_a_file_is_read_and_written_through()
    {
        Safetensors.Save(scratch["real"], [new("x", Tensor.From(1f, 2f))]);
        File.CreateSymbolicLink(scratch["link"], scratch["real"]);
        using (var file = Safetensors.Open(scratch["link"])) Assert.Equal([1f, 2f], file["x"].ToArray<float>());
        Safetensors.Save(scratch["link"], [new("x", Tensor.From(3f))]);
        using (var file = Safetensors.Open(scratch["real"])) Assert.Equal([3f], file["x"].ToArray<float>());
        Assert.Equal(["link", "real"], scratch.Names);
    }

    [Fact]
    public void A_file_open_for_reading_is_replaced_and_keeps_its_old_contents_for_its_readers()
    {
        Safetensors.Save(scratch["x"], [new("x", Tensor.From(1f, 2f))]);
        using var before = Safetensors.Open(scratch["x"]);
        Safetensors.Save(scratch["x"], [new("x", Tensor.From(3f))]);
        using var after = Safetensors.Open(scratch["x"]);
        Assert.Equal([1f, 2f], before["x"].ToArray<float>());
        Assert.Equal([3f], after["x"].ToArray<float>());
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_open_is_an_error()
    {
        Safetensors.Save(scratch["x"], [new("x", Tensor.Zeros([100_000]))]);
        using var file = Safetensors.Open(scratch["x"]);
        using (var other = File.Open(scratch["x"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(200);
        Assert.Contains("shorter now", Assert.Throws<CheckpointException>(() => file["x"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_the_format_cannot_hold_are_refused()
    {
        string Refusal(string name, string note) =>
            Assert.Throws<ArgumentException>(() => Safetensors.Save(scratch["x"], [new(name, Tensor.Ones([1]))], new Dictionary<string, string> { ["note"] = note })).Message;
        Assert.Contains("as metadata", Refusal("__metadata__", ""), StringComparison.Ordinal);
        Assert.Contains("not valid Unicode", Refusal("half \ud835", ""), StringComparison.Ordinal);
        Assert.Contains("not valid Unicode", Refusal("x", "\udc00"), StringComparison.Ordinal);
        Assert.Empty(scratch.Names);
    }

    [Fact]
    public void Names_that_occur_twice_are_refused() =>
        Assert.Contains("two tensors", Assert.Throws<ArgumentException>(() => Safetensors.Save(scratch["x"], [new("a", Tensor.Ones([1])), new("a", Tensor.Ones([2]))])).Message, StringComparison.Ordinal);
}
