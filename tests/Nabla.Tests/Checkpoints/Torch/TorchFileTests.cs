using System.Globalization;
using System.Text.Json;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>Files that torch.save itself wrote, against what torch says is in them.</summary>
public sealed partial class TorchFileTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    static Weights Open(string name) => Weights.Open(CheckpointFixtures.Path(name));

    static JsonElement Expected(string file)
    {
        using var json = JsonDocument.Parse(CheckpointFixtures.Read("torch/expected.json"));
        return json.RootElement.GetProperty(file).Clone();
    }

    static object Number(string text) => text switch
    {
        "True" => 1.0,
        "False" => 0.0,
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => long.TryParse(text, CultureInfo.InvariantCulture, out var integer) ? (object)integer
            : double.Parse(text, CultureInfo.InvariantCulture),
    };

    static IEnumerable<object> Numbers(Tensor x) => x.DType == DType.Int64 ? x.ToArray<long>().Cast<object>()
        : x.DType == DType.Int32 ? x.ToArray<int>().Select(value => (object)(long)value)
        : x.To(DType.Float64).ToArray<double>().Cast<object>();

    static void Check(Weights weights, JsonElement expected)
    {
        Assert.Equal(expected.EnumerateObject().Select(tensor => tensor.Name), weights.Tensors.Select(tensor => tensor.Name));
        foreach (var tensor in expected.EnumerateObject())
        {
            var x = weights[tensor.Name];
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(dim => dim.GetInt32()), x.Shape);
            Assert.Equal(tensor.Value.GetProperty("values").EnumerateArray().Select(value => Number(value.GetString()!)), Numbers(x));
            Assert.Equal(TypeName(tensor.Value.GetProperty("type").GetString()!), weights.Find(tensor.Name)!.StoredAs);
        }
    }

    static string TypeName(string type) => type switch
    {
        "float32" => "F32",
        "float64" => "F64",
        "float16" => "F16",
        "bfloat16" => "BF16",
        "uint8" => "U8",
        "bool" => "BOOL",
        _ => "I" + type[3..],
    };

    [Theory]
    [InlineData("zip.bin", "zip.bin"), InlineData("legacy.bin", "zip.bin")]
    [InlineData("protocol3.bin", "protocol4.bin"), InlineData("protocol4.bin", "protocol4.bin")]
    [InlineData("protocol5.bin", "protocol4.bin"), InlineData("state_dict.bin", "state_dict.bin")]
    public void Names_types_shapes_and_numbers_are_those_of_torch(string file, string expected)
    {
        using var weights = Open("torch/" + file);
        Check(weights, Expected(expected));
        Assert.Empty(weights.Metadata);
    }

    [Fact]
    public void The_legacy_form_of_protocol_4_is_read()
    {
        using var weights = Open("torch/legacy4.bin");
        Assert.Equal(["float32", "tied.a"], weights.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i / 8f), weights["float32"].ToArray<float>());
        Assert.Equal([1.5f, float.NaN, float.NegativeInfinity, -0f], weights["tied.a"].ToArray<float>());
    }

    [Fact]
    public void The_tensors_of_dicts_and_lists_are_named_by_their_path()
    {
        using var weights = Open("torch/training.bin");
        Assert.Equal(
            [
                "model.0.weight", "model.0.bias", "model.1.weight", "model.1.bias",
                "model.1.running_mean", "model.1.running_var", "model.1.num_batches_tracked",
                .. from i in Enumerable.Range(0, 4)
                   from name in new[] { "step", "exp_avg", "exp_avg_sq" }
                   select $"optimizer.state.{i}.{name}",
            ],
            weights.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(1f, weights["optimizer.state.3.step"].Item<float>());
        using var model = Open("torch/state_dict.bin");
        Assert.Equal(model["0.weight"].ToArray<float>(), weights["model.0.weight"].ToArray<float>());
    }

    sealed partial class Dense : IModule
    {
        public Parameter Weight { get; } = new([2, 3], (_, _) => throw new InvalidOperationException("initialised in vain"));
        public Parameter Bias { get; } = new([2], (_, _) => throw new InvalidOperationException("initialised in vain"));
    }

    [Fact]
    public void A_model_is_loaded_from_a_training_checkpoint_and_saved_as_safetensors_like_it()
    {
        var (model, again) = (new Dense(), new Dense());
        var map = new KeyMap().Rename("model.0", "").Ignore("optimizer").Ignore("model.1");
        using var weights = Open("torch/training.bin");
        Assert.True(Checkpoint.Load(model, weights, map).IsComplete);
        Assert.Equal(weights["model.0.weight"].ToArray<float>(), model.Weight.Value.ToArray<float>());
        Checkpoint.Save(model, scratch["model.safetensors"], weights, map);
        using (var saved = Weights.Open(scratch.Folder))
        {
            Assert.Equal(["model.0.bias", "model.0.weight"], saved.Tensors.Select(tensor => tensor.Name));
            Assert.Equal("pt", saved.Metadata["format"]);
        }
        Assert.True(Checkpoint.Load(again, scratch.Folder, map).IsComplete);
        Assert.Equal(model.Weight.Value.ToArray<float>(), again.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Every_tensor_is_the_same_after_it_was_saved_as_safetensors_in_its_own_type()
    {
        using var weights = Open("torch/zip.bin");
        Safetensors.Save(scratch["x"], weights.Tensors.Select(tensor => KeyValuePair.Create(tensor.Name, weights[tensor.Name])),
            weights.Metadata, weights.Types);
        using var saved = Safetensors.Open(scratch["x"]);
        foreach (var stored in weights.Tensors)
        {
            Assert.Equal(stored.ToString(), saved.Find(stored.Name)!.ToString());
            Assert.Equal(Numbers(weights[stored.Name]), Numbers(saved[stored.Name]));
        }
    }

    [Fact]
    public void A_folder_with_pytorch_model_bin_and_one_with_its_shards_open()
    {
        File.WriteAllBytes(scratch["pytorch_model-00001-of-00002.bin"], CheckpointFixtures.Read("torch/protocol4.bin"));
        File.WriteAllBytes(scratch["pytorch_model-00002-of-00002.bin"], CheckpointFixtures.Read("torch/state_dict.bin"));
        string Entries(string file, string shard) =>
            string.Join(',', Expected(file).EnumerateObject().Select(tensor => $"\"{tensor.Name}\":\"pytorch_model-{shard}.bin\""));
        var map = $"{Entries("protocol4.bin", "00001-of-00002")},{Entries("state_dict.bin", "00002-of-00002")}";
        File.WriteAllText(scratch["pytorch_model.bin.index.json"], $$$"""{"metadata":{"total_size":1},"weight_map":{{{{map}}}}}""");
        using (var weights = Weights.Open(scratch.Folder))
        {
            Assert.Equal(12, weights.Tensors.Count);
            Assert.Equal([long.MinValue, long.MaxValue], weights["int64"].ToArray<long>());
            Assert.Equal(1, weights["1.num_batches_tracked"].Item<long>());
        }
        File.WriteAllBytes(scratch["pytorch_model.bin"], CheckpointFixtures.Read("torch/legacy.bin"));
        using var single = Weights.Open(scratch.Folder);
        Check(single, Expected("zip.bin"));
    }

    [Fact]
    public void What_torch_2_adds_is_read()
    {
        using var weights = Open("emulated/torch2.bin");
        Assert.Equal(["weight F32[2, 3]", "ids I64[1]", "uint16 U16[2]", "uint32 U32[2]", "uint64 U64[1]"],
            weights.Tensors.Select(tensor => tensor.ToString()));
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], weights["weight"].ToArray<float>());
        Assert.Equal([8L], weights["ids"].ToArray<long>());
        Assert.Equal([65535, 258], weights["uint16"].ToArray<int>());
        Assert.Equal([0L, uint.MaxValue], weights["uint32"].ToArray<long>());
        Assert.Contains("U64 cannot be read", Assert.Throws<CheckpointException>(() => weights["uint64"]).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.bin", null, "wants torch.nn.modules.container.Sequential")]
    [InlineData("script.pt", null, "is a TorchScript archive")]
    [InlineData("expanded.bin", "x", "its shape [3, 2] with strides [0, 1] gives several elements one position")]
    [InlineData("sparse.bin", null, "wants torch._utils._rebuild_sparse_tensor")]
    [InlineData("numpy.bin", null, "wants numpy.core.multiarray.scalar")]
    [InlineData("nameless.bin", null, "holds a tensor without a name")]
    public void What_is_not_made_of_plain_tensors_is_refused(string name, string? tensor, string expected)
    {
        var error = Assert.Throws<CheckpointException>(() => Open("torch/" + name));
        Assert.Equal((CheckpointFixtures.Path("torch/" + name), tensor), (error.File, error.Tensor));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_file_says_so_and_its_tensors_stay()
    {
        var weights = Open("torch/zip.bin");
        var x = weights["permuted"];
        weights.Dispose();
        Assert.Equal(24, x.Length);
        Assert.Throws<ObjectDisposedException>(() => weights["permuted"]);
    }
}
