using System.Text.Json.Nodes;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

/// <summary>Saving in other element types than those that tensors have in memory.</summary>
public sealed class StoredAsTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    static Dictionary<string, Tensor> Mixed() => new()
    {
        ["weight"] = Tensor.From(1f, -2.5f, 1 / 3f),
        ["double"] = Tensor.From(0.1, 1e-3),
        ["ids"] = Tensor.From(3L, 4L),
        ["mask"] = Tensor.From(true, false),
    };

    (JsonObject Header, byte[] Data) Plain(string name) => PlainSafetensors.Read(File.ReadAllBytes(scratch[name]));

    static byte[] DataOf((JsonObject Header, byte[] Data) file, string name)
    {
        var offsets = file.Header[name]!["data_offsets"]!;
        return file.Data[offsets[0]!.GetValue<int>()..offsets[1]!.GetValue<int>()];
    }

    static string TypeOf((JsonObject Header, byte[] Data) file, string name) => file.Header[name]!["dtype"]!.GetValue<string>();

    [Fact]
    public void Floats_are_stored_as_halves_and_the_rest_as_it_is()
    {
        Safetensors.Save(scratch["x"], Mixed(), floats: StoredType.Float16);
        var file = Plain("x");
        Assert.Equal(["I64", "F16", "F16", "BOOL"], new[] { "ids", "double", "weight", "mask" }.Select(name => TypeOf(file, name)));
        Assert.Equal(new[] { (Half)1, (Half)(-2.5), (Half)(1 / 3f) }.SelectMany(BitConverter.GetBytes), DataOf(file, "weight"));
        Assert.Equal(new[] { (Half)0.1, (Half)1e-3 }.SelectMany(BitConverter.GetBytes), DataOf(file, "double"));
        using var opened = Safetensors.Open(scratch["x"]);
        Assert.Equal([1f, -2.5f, (float)(Half)(1 / 3f)], opened["weight"].ToArray<float>());
        Assert.Equal(["ids", "double", "weight", "mask"], opened.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void Floats_are_stored_as_brain_floats()
    {
        Safetensors.Save(scratch["x"], Mixed(), floats: StoredType.BFloat16);
        Assert.Equal<byte>([0x80, 0x3F, 0x20, 0xC0, 0xAB, 0x3E], DataOf(Plain("x"), "weight"));
        Assert.Equal("BF16", TypeOf(Plain("x"), "double"));
    }

    [Theory]
    [InlineData("F32", DType.Float64), InlineData("F64", DType.Float32)]
    public void Floats_are_stored_wider_or_narrower(string name, DType dtype)
    {
        var x = Tensor.From(0.1f, -3f, float.NaN, float.PositiveInfinity).To(dtype);
        Safetensors.Save(scratch["x"], [new("x", x)], floats: StoredType.Named(name));
        using var file = Safetensors.Open(scratch["x"]);
        Assert.Equal(name, file.Tensors[0].StoredAs);
        Assert.Equal(x.To(DType.Float64).ToArray<double>(), file["x"].To(DType.Float64).ToArray<double>());
    }

    [Theory]
    [InlineData("F16", 70000.0, DType.Float32), InlineData("F16", -65520.0, DType.Float64), InlineData("BF16", 3.4e38, DType.Float32)]
    [InlineData("BF16", 1e39, DType.Float64), InlineData("F32", 1e39, DType.Float64)]
    public void A_number_that_overflows_is_an_error_that_names_tensor_position_and_value(string name, double value, DType dtype)
    {
        File.WriteAllText(scratch["x"], "old");
        var x = new double[300_000];
        x[123_456] = value;
        var error = Assert.Throws<CheckpointException>(() =>
            Safetensors.Save(scratch["x"], [new("layers.0.weight", Tensor.From(x, [300, 1000]).To(dtype))],
                floats: StoredType.Named(name)));
        Assert.Equal("layers.0.weight", error.Tensor);
        var shown = dtype == DType.Float32 ? (float)value : value;
        var expected = FormattableString.Invariant($"its element 123456, {shown:R}, is out of the range of {name}.");
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(scratch["x"]));
        Assert.Equal(["x"], scratch.Names);
    }

    [Fact]
    public void A_tensor_longer_than_what_is_converted_at_a_time_is_stored_whole()
    {
        var x = (Tensor.Arange(3 * 1_500_000) * 0.01f).Reshape(3, 1_500_000).Transpose();
        Safetensors.Save(scratch["x"], [new("x", x)], floats: StoredType.Float16);
        using var file = Safetensors.Open(scratch["x"]);
        Assert.Equal(x.ToArray<float>().Select(value => (float)(Half)value), file["x"].ToArray<float>());
    }

    [Theory]
    [InlineData("I8", DType.Int32, new[] { -128L, 127 }), InlineData("U8", DType.Int32, new[] { 0L, 255 })]
    [InlineData("I16", DType.Int32, new[] { -32768L, 32767 }), InlineData("U16", DType.Int32, new[] { 0L, 65535 })]
    [InlineData("U32", DType.Int64, new[] { 0L, 4294967295 }), InlineData("I32", DType.Int64, new[] { -2147483648L, 2147483647 })]
    [InlineData("I64", DType.Int32, new[] { -2147483648L, 2147483647 }), InlineData("U8", DType.Int64, new[] { 0L, 255 })]
    public void Integers_are_stored_in_the_listed_type_within_its_range(string name, DType dtype, long[] range)
    {
        var types = new Dictionary<string, StoredType> { ["x"] = StoredType.Named(name)! };
        Safetensors.Save(scratch["x"], [new("x", Tensor.From(range, [2]).To(dtype))], null, types);
        using (var file = Safetensors.Open(scratch["x"]))
        {
            Assert.Equal(types, file.Types);
            Assert.Equal(range, file["x"].To(DType.Int64).ToArray<long>());
        }
        foreach (var beyond in new[] { range[0] - 1, range[1] + 1 })
        {
            var x = Tensor.From(new[] { beyond }, [1]).To(dtype);
            if (x.To(DType.Int64).Item<long>() != beyond) continue;
            var error = Assert.Throws<CheckpointException>(() => Safetensors.Save(scratch["y"], [new("x", x)], null, types));
            Assert.Contains($"its element 0, {beyond}, is out of the range of {name}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_type_that_does_not_suit_the_tensor_is_refused()
    {
        Assert.Contains("floats cannot be stored as I8",
            Assert.Throws<ArgumentException>(() => Safetensors.Save(scratch["x"], Mixed(), floats: StoredType.Int8)).Message,
            StringComparison.Ordinal);
        var types = new Dictionary<string, StoredType> { ["ids"] = StoredType.BFloat16 };
        Assert.Contains("'ids' holds Int64, which cannot be stored as BF16",
            Assert.Throws<ArgumentException>(() => Safetensors.Save(scratch["x"], Mixed(), null, types)).Message, StringComparison.Ordinal);
        Assert.Empty(scratch.Names);
    }

    /// <summary>All that the format's readable types can hold, saved again as it was stored: the whole file is the same.</summary>
    [Fact]
    public void A_file_of_all_types_that_is_read_and_saved_as_it_was_stored_is_the_same_file()
    {
        var random = new Random(11);
        var names = new[] { "I64", "F64", "F32", "U32", "I32", "BF16", "F16", "U16", "I16", "I8", "U8" };
        var (header, data) = (new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } }, new List<byte>());
        foreach (var name in names)
        {
            var bytes = new byte[StoredType.Named(name)!.Bits / 8 * 4 * 1000];
            random.NextBytes(bytes);
            header[$"x.{name}"] = new JsonObject
            {
                ["dtype"] = name,
                ["shape"] = new JsonArray(4, 1000),
                ["data_offsets"] = new JsonArray(data.Count, data.Count + bytes.Length),
            };
            data.AddRange(bytes);
        }
        var text = header.ToJsonString();
        File.WriteAllBytes(scratch["x"], PlainSafetensors.Write(text.PadRight((text.Length + 7) / 8 * 8), [.. data]));
        using var file = Weights.Open(scratch["x"]);
        Safetensors.Save(scratch["y"], file.Tensors.Select(tensor => KeyValuePair.Create(tensor.Name, file[tensor.Name])), file.Metadata,
            file.Types);
        Assert.Equal(File.ReadAllBytes(scratch["x"]), File.ReadAllBytes(scratch["y"]));
    }
}
