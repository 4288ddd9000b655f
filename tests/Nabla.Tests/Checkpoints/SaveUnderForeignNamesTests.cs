using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed partial class SaveUnderForeignNamesTests : IDisposable
{
    static readonly KeyMap Map = new KeyMap().Rename("net.layer.*", "layers.*").Rename("kernel", "weight")
        .Rename("LayerNorm.gamma", "norm").Transpose("kernel").Ignore("position_ids");

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    sealed partial class Dense(int inputs, int outputs) : IModule
    {
        public Parameter Weight { get; } = new([outputs, inputs], (shape, generator) => Tensor.Normal(shape, generator: generator));
        public Parameter Bias { get; } = new([outputs], (shape, generator) => Tensor.Normal(shape, generator: generator));
    }

    sealed partial class Model : IModule
    {
        public IReadOnlyList<Dense> Layers { get; } = [new(2, 3), new(3, 4)];
        public Parameter Norm { get; } = new([4], (shape, _) => Tensor.Ones(shape));
        public ModuleBuffer Steps { get; } = new(Tensor.Scalar(7, DType.Int64));
    }

    static IEnumerable<double> Numbers(IModule model) =>
        model.Parameters().Select(member => member.Parameter.Value).Concat(model.Buffers().Select(member => member.Buffer.Value))
            .SelectMany(x => x.To(DType.Float64).ToArray<double>());

    [Fact]
    public void Saving_through_a_map_and_loading_through_it_is_the_identity()
    {
        var (saved, loaded) = (new Model().Initialize(1), new Model().Initialize(2));
        Checkpoint.Save(saved, scratch["m"], map: Map);
        using (var file = Safetensors.Open(scratch["m"]))
        {
            Assert.Equal(["LayerNorm.gamma", "net.layer.0.bias", "net.layer.0.kernel", "net.layer.1.bias", "net.layer.1.kernel", "steps"],
                file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
            Assert.Equal([2, 3], file.Find("net.layer.0.kernel")!.Shape);
            Assert.Equal("pt", file.Metadata["format"]);
        }
        Assert.True(Checkpoint.Load(loaded, scratch["m"], Map).IsComplete);
        Assert.Equal(Numbers(saved), Numbers(loaded));
    }

    [Theory]
    [InlineData("F16"), InlineData("BF16")]
    public void A_model_that_was_loaded_and_is_saved_as_it_was_stored_gives_the_same_file(string type)
    {
        var floats = StoredType.Named(type);
        Checkpoint.Save(new Model().Initialize(1), scratch["m"], new Dictionary<string, string> { ["author"] = "me" }, Map, floats);
        var model = new Model();
        using (var source = Weights.Open(scratch["m"]))
        {
            Assert.Equal(type, source.Find("net.layer.1.kernel")!.StoredAs);
            Checkpoint.Load(model, source, Map);
            Checkpoint.Save(model, scratch["again"], source, Map);
        }
        Assert.Equal(File.ReadAllBytes(scratch["m"]), File.ReadAllBytes(scratch["again"]));
        Checkpoint.Save(model, scratch["m2"], new Dictionary<string, string> { ["author"] = "me" }, Map, floats);
        Assert.Equal(File.ReadAllBytes(scratch["m"]), File.ReadAllBytes(scratch["m2"]));
    }

    [Fact]
    public void Names_types_and_notes_are_those_of_the_other_checkpoint()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["net.layer.0.kernel"] = Tensor.Arange(6).Reshape(2, 3),
            ["net.layer.0.bias"] = Tensor.Arange(3),
            ["layers.1.weight"] = Tensor.Arange(12).Reshape(4, 3),
            ["net.layer.1.bias"] = Tensor.Arange(4),
            ["norm"] = Tensor.Arange(4),
            ["steps"] = Tensor.Scalar(3, DType.Int64),
            ["position_ids"] = Tensor.Arange(5, DType.Int64),
        };
        var types = new Dictionary<string, StoredType>
        {
            ["net.layer.0.kernel"] = StoredType.BFloat16,
            ["norm"] = StoredType.Float16,
            ["steps"] = StoredType.UInt8,
        };
        Safetensors.Save(scratch["m"], tensors, new Dictionary<string, string> { ["format"] = "pt", ["model"] = "x" }, types);
        using var source = Weights.Open(scratch["m"]);
        var model = new Model();
        Assert.True(Checkpoint.Load(model, source, Map).IsComplete);
        Checkpoint.Save(model, scratch["again"], source, Map);
        using var again = Safetensors.Open(scratch["again"]);
        Assert.Equal(source.Metadata, again.Metadata);
        var expected = source.Tensors.Where(tensor => tensor.Name != "position_ids").Select(tensor => tensor.ToString());
        Assert.Equal(expected, again.Tensors.Select(tensor => tensor.ToString()));
        Assert.Equal(tensors["net.layer.0.kernel"].ToArray<float>(), again["net.layer.0.kernel"].ToArray<float>());
    }

    [Fact]
    public void What_the_other_checkpoint_lacks_is_named_by_the_map()
    {
        Safetensors.Save(scratch["m"], [new("net.layer.0.bias", Tensor.Zeros([3]))], null, StoredType.Float16);
        using var source = Weights.Open(scratch["m"]);
        var model = new Model().Initialize(1);
        Checkpoint.Load(model, source, Map, strict: false);
        Checkpoint.Save(model, scratch["again"], source, Map);
        var loaded = new Model();
        Assert.True(Checkpoint.Load(loaded, scratch["again"], Map).IsComplete);
        Assert.Equal(Numbers(model), Numbers(loaded));
        using var again = Safetensors.Open(scratch["again"]);
        Assert.Equal(("F16", "F32"), (again.Find("net.layer.0.bias")!.StoredAs, again.Find("net.layer.0.kernel")!.StoredAs));
    }

    [Fact]
    public void A_path_that_the_map_has_no_name_for_is_an_error()
    {
        var error = Assert.Throws<CheckpointException>(
            () => Checkpoint.Save(new Model().Initialize(1), scratch["m"], map: new KeyMap().Rename("norm", "LayerNorm")));
        Assert.Equal("norm", error.Tensor);
        Assert.Contains("the key map turns no name into this path", error.Message, StringComparison.Ordinal);
        Assert.Empty(scratch.Names);
    }

    [Fact]
    public void A_checkpoint_may_be_replaced_while_it_is_the_one_that_is_saved_like()
    {
        Checkpoint.Save(new Model().Initialize(1), scratch["m"], map: Map, floats: StoredType.Float16);
        var bytes = File.ReadAllBytes(scratch["m"]);
        using var source = Weights.Open(scratch["m"]);
        var model = new Model();
        Checkpoint.Load(model, source, Map);
        Checkpoint.Save(model, scratch["m"], source, Map);
        Assert.Equal(bytes, File.ReadAllBytes(scratch["m"]));
    }
}
