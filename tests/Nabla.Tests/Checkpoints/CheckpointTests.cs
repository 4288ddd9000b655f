using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

public sealed partial class CheckpointTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    sealed partial class Dense(int inputs, int outputs) : IModule
    {
        public Parameter Weight { get; } = new([outputs, inputs], (shape, generator) => Tensor.Normal(shape, generator: generator));
        public Parameter Bias { get; } = new([outputs], (shape, _) => Tensor.Zeros(shape));
    }

    sealed partial class Model : IModule
    {
        public Dense First { get; } = new(2, 3);
        public Dense Second { get; } = new(3, 1);
        public ModuleBuffer Mean { get; } = new(Tensor.From(0.5f, 0.25f, 0));
        public ModuleBuffer Steps { get; } = new(Tensor.Scalar(7, DType.Int64));
    }

    sealed partial class Untouchable : IModule
    {
        public Parameter Weight { get; } = new([2], (_, _) => throw new InvalidOperationException("initialised in vain"));
    }

    static float[] Values(Tensor x) => x.ToArray<float>();

    [Fact]
    public void A_model_is_loaded_as_it_was_saved()
    {
        var (saved, loaded) = (new Model().Initialize(1), new Model().Initialize(2));
        saved.Mean.Set(Tensor.From(1f, 2f, 3f));
        Checkpoint.Save(saved, scratch["m"], new Dictionary<string, string> { ["epoch"] = "3" });
        var report = Checkpoint.Load(loaded, scratch["m"]);
        Assert.True(report.IsComplete);
        Assert.Equal($"{scratch["m"]} fits: 6 tensors.", report.ToString());
        foreach (var ((_, a), (_, b)) in saved.Parameters().Zip(loaded.Parameters())) Assert.Equal(Values(a), Values(b));
        Assert.Equal([1f, 2f, 3f], Values(loaded.Mean));
        Assert.Equal(7, loaded.Steps.Value.Item<long>());
        using var file = Safetensors.Open(scratch["m"]);
        Assert.Equal("3", file.Metadata["epoch"]);
        Assert.Equal(["first.bias", "first.weight", "mean", "second.bias", "second.weight", "steps"], file.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Loading_runs_no_initializer()
    {
        Safetensors.Save(scratch["m"], [new("weight", Tensor.From(3f, 4f))]);
        var model = new Untouchable();
        Checkpoint.Load(model, scratch["m"]);
        Assert.Equal([3f, 4f], Values(model.Weight));
    }

    [Fact]
    public void A_parameter_that_is_in_use_keeps_its_tensor()
    {
        var model = new Model().Initialize(1);
        var before = model.First.Weight.Value;
        Checkpoint.Save(new Model().Initialize(2), scratch["m"]);
        Checkpoint.Load(model, scratch["m"]);
        Assert.Same(before, model.First.Weight.Value);
    }

    static Dictionary<string, Tensor> Misfitting() => new()
    {
        ["first.weight"] = Tensor.Ones([2, 3]),
        ["first.bias"] = Tensor.From(1f, 2f, 3f),
        ["second.weight"] = Tensor.Ones([1, 3], DType.Int64),
        ["mean"] = Tensor.From(9f, 9f, 9f),
        ["steps"] = Tensor.Scalar(8, DType.Int32),
        ["head.weight"] = Tensor.Ones([1]),
    };

    [Fact]
    public void Strict_loading_lists_what_does_not_fit_and_changes_nothing()
    {
        Safetensors.Save(scratch["m"], Misfitting());
        var model = new Model().Initialize(1);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(model, scratch["m"]));
        Assert.Equal($"""
            {scratch["m"]}: 3 tensors fit, 1 are missing, 1 are unexpected, 2 are misshapen.
              missing: the model needs them, the file has no such name
                second.bias
              unexpected: the file has them, the model has no such place
                head.weight
              misshapen: the model needs ≠ the file has
                second.weight: Float32[1, 3] ≠ I64[1, 3]
                first.weight: Float32[3, 2] ≠ F32[2, 3]
            Nothing was loaded. Rename or ignore names with a KeyMap, or load what fits with strict: false.
            """, error.Message);
        Assert.Equal([0f, 0f, 0f], Values(model.First.Bias));
        Assert.Equal([0.5f, 0.25f, 0f], Values(model.Mean));
        Assert.Equal(["second.bias"], error.Report!.Missing);
    }

    [Fact]
    public void Partial_loading_loads_what_fits_and_reports_the_rest()
    {
        Safetensors.Save(scratch["m"], Misfitting());
        var (model, fresh) = (new Model().Initialize(1), new Model().Initialize(1));
        var report = Checkpoint.Load(model, scratch["m"], strict: false);
        Assert.Equal(["first.bias", "mean", "steps"], report.Loaded.Order(StringComparer.Ordinal));
        Assert.Equal([1f, 2f, 3f], Values(model.First.Bias));
        Assert.Equal(Values(fresh.First.Weight), Values(model.First.Weight));
        Assert.Equal(DType.Int64, model.Steps.Value.DType);
        Assert.Equal(8, model.Steps.Value.Item<long>());
        Assert.Equal(["head.weight"], report.Unexpected);
        Assert.Equal([new Misfit("second.weight", "second.weight", "Float32[1, 3]", "I64[1, 3]"), new("first.weight", "first.weight", "Float32[3, 2]", "F32[2, 3]")], report.Misshapen);
    }

    [Fact]
    public void Foreign_names_and_layouts_are_mapped()
    {
        var tensors = new Dictionary<string, Tensor>
        {
            ["net.h.0.kernel"] = Tensor.Arange(6).Reshape(2, 3),
            ["net.h.0.bias"] = Tensor.From(1f, 2f, 3f),
            ["net.h.1.kernel"] = Tensor.Arange(3, DType.Float64).Reshape(3, 1),
            ["net.h.1.bias"] = Tensor.From(4f),
            ["stats.mu"] = Tensor.From(5f, 6f, 7f),
            ["stats.steps"] = Tensor.Scalar(3, DType.Int64),
            ["rng"] = Tensor.From(1L),
        };
        Safetensors.Save(scratch["m"], tensors);
        var map = new KeyMap().Rename("net.h.0", "first").Rename("net.h.1", "second").Rename("kernel", "weight").Rename("stats.mu", "mean").Rename("stats.steps", "steps")
            .Transpose("kernel").Ignore("rng");
        var model = new Model();
        Assert.True(Checkpoint.Load(model, scratch["m"], map).IsComplete);
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], Values(model.First.Weight));
        Assert.Equal([0f, 1f, 2f], Values(model.Second.Weight));
        Assert.Equal(3, model.Steps.Value.Item<long>());
    }

    [Fact]
    public void A_transposed_tensor_must_be_a_matrix()
    {
        Checkpoint.Save(new Model(), scratch["m"]);
        var report = Checkpoint.Load(new Model(), scratch["m"], new KeyMap().Transpose("first.bias"), strict: false);
        Assert.Equal("F32[3] transposed", Assert.Single(report.Misshapen).Found);
    }

    [Fact]
    public void Two_names_for_one_path_are_refused()
    {
        Safetensors.Save(scratch["m"], [new("a.weight", Tensor.Ones([2])), new("weight", Tensor.Ones([2]))]);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(new Untouchable(), scratch["m"], new KeyMap().Rename("a", "")));
        Assert.Contains("the path weight, as it does 'a.weight'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_reports_are_cut()
    {
        var report = new LoadReport("f", [], [.. Enumerable.Range(0, 30).Select(i => $"p{i}")], [], []);
        Assert.Contains("    p19\n    … and 10 more", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p20", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_checkpoints_load_into_parameters()
    {
        byte[] data = [.. BitConverter.GetBytes((Half)1.5), .. BitConverter.GetBytes((Half)(-2))];
        File.WriteAllBytes(scratch["m"], PlainSafetensors.Write("""{"weight":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", data));
        var model = new Untouchable();
        Checkpoint.Load(model, scratch["m"]);
        Assert.Equal([1.5f, -2f], Values(model.Weight));
    }
}
