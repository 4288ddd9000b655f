using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

/// <summary>Weights that a file may hold once or twice, in models that have them once or twice.</summary>
public sealed partial class TiedTests : IDisposable
{
    static readonly KeyMap Map = new KeyMap().Rename("decoder", "head").Tie("decoder.weight", "embeddings.weight");

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    sealed partial class Matrix : IModule
    {
        public Parameter Weight { get; } = new([2, 3], (shape, generator) => Tensor.Normal(shape, generator: generator));
    }

    /// <summary>Two parameters.</summary>
    sealed partial class Twice : IModule
    {
        public Matrix Embeddings { get; } = new();
        public Matrix Head { get; } = new();
    }

    /// <summary>One parameter in two places.</summary>
    sealed partial class Once : IModule
    {
        public Matrix Embeddings { get; } = new();
    }

    static Tensor Values(float first) => Tensor.From(first, 2f, 3f, 4f, float.NaN, 6f).Reshape(2, 3);

    void Save(params (string Name, Tensor Value)[] tensors) =>
        Safetensors.Save(scratch["m"], tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    string[] Names()
    {
        using var file = Safetensors.Open(scratch["m"]);
        return [.. file.Tensors.Select(tensor => tensor.Name)];
    }

    [Theory]
    [InlineData("embeddings.weight"), InlineData("decoder.weight")]
    public void One_name_of_the_file_serves_for_both(string name)
    {
        Save((name, Values(1)));
        var (twice, once) = (new Twice(), new Once());
        Assert.True(Checkpoint.Load(twice, scratch["m"], Map).IsComplete);
        Assert.Equal(Values(1).ToArray<float>(), twice.Head.Weight.Value.ToArray<float>());
        Assert.Equal(Values(1).ToArray<float>(), twice.Embeddings.Weight.Value.ToArray<float>());
        Assert.True(Checkpoint.Load(once, scratch["m"], Map).IsComplete);
        Assert.Equal(Values(1).ToArray<float>(), once.Embeddings.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Both_names_with_equal_values_load()
    {
        Save(("embeddings.weight", Values(1)), ("decoder.weight", Values(1)));
        Assert.True(Checkpoint.Load(new Twice(), scratch["m"], Map).IsComplete);
        Assert.True(Checkpoint.Load(new Once(), scratch["m"], Map).IsComplete);
        var onePath = new KeyMap().Rename("decoder", "embeddings").Tie("decoder.weight", "embeddings.weight");
        Assert.True(Checkpoint.Load(new Once(), scratch["m"], onePath).IsComplete);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Both_names_with_different_values_are_an_error(bool strict)
    {
        Save(("embeddings.weight", Values(1)), ("decoder.weight", Values(1.5f)));
        var model = new Twice().Initialize(1);
        var before = model.Head.Weight.Value.ToArray<float>();
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(model, scratch["m"], Map, strict));
        Assert.Equal("decoder.weight", error.Tensor);
        Assert.Contains("is tied to 'embeddings.weight', but the file has other values", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Head.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void A_tied_name_that_is_not_there_at_all_is_missing_and_one_without_place_unexpected()
    {
        Save(("other.weight", Values(1)));
        var report = Checkpoint.Load(new Twice(), scratch["m"], Map, strict: false);
        Assert.Equal(["embeddings.weight", "head.weight"], report.Missing);
        Save(("x.weight", Values(1)), ("y.weight", Values(1)));
        report = Checkpoint.Load(new Once(), scratch["m"], new KeyMap().Tie("x.weight", "y.weight"), strict: false);
        Assert.Equal(["x.weight", "y.weight"], report.Unexpected);
    }

    [Fact]
    public void Names_that_are_tied_through_a_third_are_one_tensor()
    {
        Save(("c", Values(1)));
        var map = new KeyMap().Rename("a", "embeddings.weight").Rename("b", "head.weight");
        foreach (var tied in new[] { map.Tie("a", "b").Tie("b", "c"), map.Tie("b", "c").Tie("a", "b"), map.Tie("a", "c").Tie("b", "a") })
        {
            var model = new Twice();
            Assert.True(Checkpoint.Load(model, scratch["m"], tied).IsComplete);
            Assert.Equal(Values(1).ToArray<float>(), model.Embeddings.Weight.Value.ToArray<float>());
            Assert.Equal(Values(1).ToArray<float>(), model.Head.Weight.Value.ToArray<float>());
            Checkpoint.Save(model, scratch["again"], map: tied);
            using var again = Weights.Open(scratch["again"]);
            Assert.Equal("c", Assert.Single(again.Tensors).Name);
        }
    }

    [Fact]
    public void Tied_weights_are_saved_once()
    {
        var model = new Twice().Initialize(1);
        model.Head.Weight.Set(model.Embeddings.Weight);
        Checkpoint.Save(model, scratch["m"], map: Map);
        Assert.Equal(["embeddings.weight"], Names());
        var loaded = new Twice();
        Checkpoint.Load(loaded, scratch["m"], Map);
        Assert.Equal(model.Head.Weight.Value.ToArray<float>(), loaded.Head.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void Tied_weights_are_saved_under_both_names_where_the_other_checkpoint_has_both()
    {
        Save(("embeddings.weight", Values(1)), ("decoder.weight", Values(1)));
        foreach (var model in new IModule[] { new Once(), new Twice() })
        {
            using var source = Weights.Open(scratch["m"]);
            Checkpoint.Load(model, source, Map);
            Checkpoint.Save(model, scratch["again"], source, Map);
            using var again = Weights.Open(scratch["again"]);
            Assert.Equal(["decoder.weight", "embeddings.weight"], again.Tensors.Select(tensor => tensor.Name));
        }
    }

    [Fact]
    public void Tied_weights_with_different_values_are_not_saved()
    {
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Save(new Twice().Initialize(1), scratch["m"], map: Map));
        Assert.Contains("is tied to 'embeddings.weight', but has other values", error.Message, StringComparison.Ordinal);
        Assert.Empty(scratch.Names);
    }

    [Fact]
    public void A_name_is_not_tied_to_itself() => Assert.Throws<ArgumentException>(() => new KeyMap().Tie("a", "a"));
}
