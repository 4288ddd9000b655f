using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Checkpoints;
using Nabla.Tests.Training;
using Nabla.Training;

namespace Nabla.Tests.Modules;

/// <summary>Modules that compute in float64: their values, files, optimizers and trainings.</summary>
public sealed partial class Float64Tests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    static readonly Tensor X = Tensor.Normal([5, 4], generator: new Generator(1));

    static Sequential Net() => new Sequential(new Linear(4, 3), new BatchNorm(3)).Initialize(seed: 2);

    static double[] Values(IModule module) =>
        [.. module.Parameters().SelectMany(member => member.Parameter.Value.To(DType.Float64).ToArray<double>()), .. module.Buffers().SelectMany(member => member.Buffer.Value.To(DType.Float64).ToArray<double>())];

    static Gradients GradientsOf(Sequential net, DType dtype) => Gradients.Of(() => net.Forward(X.To(dtype)).CrossEntropy(Tensor.From(0L, 1, 2, 0, 1))).Gradients;

    sealed partial class Counting : IModule
    {
        public Parameter Weight { get; } = new([2], (shape, _) => Tensor.Ones(shape));
        public ModuleBuffer Mean { get; } = new(Tensor.From(0.1f));
        public ModuleBuffer Count { get; } = new(Tensor.Scalar(3, DType.Int64));
    }

    [Fact]
    public void A_moved_module_has_the_same_values_in_the_new_type()
    {
        var (before, after) = (Net(), Net());
        var expected = Values(before);
        Assert.Same(before, before.To(DType.Float64));
        Assert.Equal(expected, Values(before));
        Assert.All(before.Parameters(), member => Assert.Equal((DType.Float64, DType.Float64), (member.Parameter.DType, member.Parameter.Value.DType)));
        Assert.All(before.Buffers(), member => Assert.Equal(DType.Float64, member.Buffer.Value.DType));
        // One that has no values yet gets the same.
        Assert.Equal(expected, Values(after.To(DType.Float64)));
        Assert.Equal(expected, Values(before.To(DType.Float32)));
        Assert.Equal(DType.Float32, before.Parameters()[0].Parameter.Value.DType);
    }

    [Fact]
    public void Whole_numbers_stay_whole_and_a_second_move_changes_nothing()
    {
        var module = new Counting().To(DType.Float64);
        Assert.Equal((DType.Float64, DType.Int64), (module.Mean.Value.DType, module.Count.Value.DType));
        var (weight, mean) = (module.Weight.Value, module.Mean.Value);
        module.To(DType.Float64);
        Assert.Same(weight, module.Weight.Value);
        Assert.Same(mean, module.Mean.Value);
    }

    [Fact]
    public void What_does_not_fit_is_said_with_its_remedy()
    {
        Assert.Contains("Int64: a module computes in Float32 or Float64", Assert.Throws<ArgumentException>(() => Net().To(DType.Int64)).Message, StringComparison.Ordinal);
        var net = Net().To(DType.Float64);
        Assert.Contains("x.To(DType.Float64)", Assert.Throws<ArgumentException>(() => net.Forward(X)).Message, StringComparison.Ordinal);
        var inside = Assert.Throws<InvalidOperationException>(() => Gradients.Of(() => net.To(DType.Float32).Forward(X).Sum()));
        Assert.Contains("Move the module before", inside.Message, StringComparison.Ordinal);
        Assert.Contains("module.To(DType.Float32)", Assert.Throws<ArgumentException>(() => new Counting().To(DType.Float64).Mean.Set(Tensor.From(1f))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fold_of_convolution_and_normalisation_is_made_anew()
    {
        var layer = new ConvBatchNorm(2, 3, 3).Initialize(1);
        var x = Tensor.Normal([2, 2, 5, 5], generator: new Generator(1));
        var narrow = layer.Forward(x);
        Reference.AssertClose(layer.To(DType.Float64).Forward(x.To(DType.Float64)), narrow, tolerance: 1e-6);
        Assert.Equal(narrow.ToArray<float>(), layer.To(DType.Float32).Forward(x).ToArray<float>());
    }

    [Fact]
    public void Checkpoints_are_widened_and_saved_to_the_bit()
    {
        Checkpoint.Save(Net(), scratch["narrow"]);
        var wide = new Sequential(new Linear(4, 3), new BatchNorm(3)).To(DType.Float64);
        Assert.True(Checkpoint.Load(wide, scratch["narrow"]).IsComplete);
        Assert.Equal(Values(Net()), Values(wide));
        new SGD(wide, 0.1).Step(GradientsOf(wide, DType.Float64));
        Checkpoint.Save(wide, scratch["wide"]);
        var again = Net().To(DType.Float64);
        Checkpoint.Load(again, scratch["wide"]);
        Assert.Equal(Values(wide), Values(again));
        using var file = Safetensors.Open(scratch["wide"]);
        Assert.All(file.Tensors, tensor => Assert.Equal("F64", tensor.StoredAs));
        var narrow = Net();
        Checkpoint.Load(narrow, scratch["wide"]);
        Assert.Equal(Values(wide).Select(value => (double)(float)value), Values(narrow));
    }

    [Fact]
    public void An_optimizer_keeps_its_state_when_the_model_moves()
    {
        var (moved, stayed) = (Net(), Net());
        var (first, second) = (Momentum(moved), Momentum(stayed));
        for (var step = 0; step < 3; step++)
        {
            first.Step(GradientsOf(moved, DType.Float32));
            second.Step(GradientsOf(stayed, DType.Float32));
        }
        moved.To(DType.Float64);
        for (var step = 0; step < 3; step++)
        {
            first.Step(GradientsOf(moved, DType.Float64));
            second.Step(GradientsOf(stayed, DType.Float32));
        }
        foreach (var (wide, narrow) in Values(moved).Zip(Values(stayed))) Assert.Equal(narrow, wide, 1e-5);
        Assert.Equal(DType.Float64, first.State.Single(entry => entry.Key == "0.weight.momentum").Value.DType);
        var other = Net().To(DType.Float64);
        var resumed = Momentum(other);
        resumed.Load(first.State);
        foreach (var ((path, from), (_, to)) in moved.Parameters().Zip(other.Parameters())) to.Set(from.Value);
        first.Step(GradientsOf(moved, DType.Float64));
        resumed.Step(GradientsOf(other, DType.Float64));
        Assert.Equal(moved.Parameters().SelectMany(p => p.Parameter.Value.ToArray<double>()), other.Parameters().SelectMany(p => p.Parameter.Value.ToArray<double>()));

        static SGD Momentum(Sequential net) => new(net, 0.1) { Momentum = 0.9 };
    }

    [Fact]
    public void An_optimizer_of_two_types_is_refused()
    {
        var (narrow, wide) = (new Linear(2, 2).Initialize(1), new Linear(2, 2).Initialize(2).To(DType.Float64));
        var optimizer = new SGD([new ParameterGroup(narrow), new ParameterGroup(wide)], 0.1);
        var gradients = Gradients.Of(() => wide.Forward(narrow.Forward(Tensor.Ones([1, 2])).To(DType.Float64)).Sum()).Gradients;
        Assert.Contains("weight is Float32, 1.weight is Float64", Assert.Throws<InvalidOperationException>(() => optimizer.Step(gradients)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_moving_average_follows_a_model_that_moves()
    {
        var net = Net();
        var average = new MovingAverage(net, 0.5);
        average.Update();
        var expected = Values(net);
        net.To(DType.Float64);
        average.Exchange();
        average.Exchange();
        average.Update();
        average.Exchange();
        foreach (var (wanted, found) in expected.Zip(Values(net))) Assert.Equal(wanted, found, 1e-7);
    }

    sealed class Crash : Exception;

    static Trainer<Nabla.Data.LabelledBatch> Trainer(Sequential net) => new(net, new AdamW(net, 0.01), batch => net.Forward(batch.Inputs.To(DType.Float64)).CrossEntropy(batch.Labels))
    {
        Epochs = 3, Accumulate = 2, ClipNorm = 1, Average = new MovingAverage(net, 0.9), Seed = 11, SaveEvery = 2,
        Evaluator = new ClassificationEvaluator(x => net.Forward(x.To(DType.Float64)), Small.Classes) { KeptMistakes = 3 },
    };

    [Fact]
    public void A_training_in_float64_that_crashes_goes_on_to_the_same_bits_and_not_in_float32()
    {
        var (whole, crashed) = (Small.Net().To(DType.Float64), Small.Net().To(DType.Float64));
        Trainer(whole).Run(Small.Train(), Small.Validation, RunFolder.Open(scratch["whole"]));
        var run = RunFolder.Open(scratch["crashed"]);
        var first = Trainer(crashed);
        first.Callbacks.Add(new AtStep(step => { if (step.Step == 7) throw new Crash(); }));
        Assert.Throws<Crash>(() => first.Run(Small.Train(), Small.Validation, run));
        var narrow = Small.Net();
        var error = Assert.Throws<CheckpointException>(() => Small.Trainer(narrow).Run(Small.Train(), Small.Validation, run, resume: true));
        Assert.Contains("1.weight Float32[16, 4]: saved as Float64[16, 4]", error.Message, StringComparison.Ordinal);
        var resumed = Small.Net(seed: 9).To(DType.Float64);
        Trainer(resumed).Run(Small.Train(), Small.Validation, run, resume: true);
        Assert.Equal(Values(whole), Values(resumed));
    }

    [Fact]
    public void What_a_training_carries_has_the_type_of_the_model()
    {
        var model = new CharacterModel(5, new Lstm(4, 6)).Initialize(2);
        var carried = new TruncatedBackpropagation(model, streams: 3);
        model.To(DType.Float64);
        var text = new Nabla.Text.TextStreams([.. Enumerable.Range(0, 200).Select(i => i * i / 3 % 5)], 3, 9);
        var trainer = new Trainer<Nabla.Text.TextStretch>(model, new Adam(model, 0.01), carried.Loss) { Carried = carried, Steps = 6, Epochs = 100 };
        trainer.Run(text);
        Assert.All(carried.Buffers(), member => Assert.Equal(DType.Float64, member.Buffer.Value.DType));
    }

    [Fact]
    public void Both_models_of_sequences_write_in_float64_what_they_write_in_float32()
    {
        foreach (var model in (ISequenceToSequence[])[new Seq2Seq(new(9, 11, new(8, 2, 12)) { EncoderLayers = 1, DecoderLayers = 1 }).Initialize(3), new RecurrentSeq2Seq(new(9, 11, 4, 6)).Initialize(3)])
        {
            var source = Ragged.From([[1, 2, 3], [4, 5, 6, 7]]);
            var search = new Nabla.Text.BeamSearch(0, 1, 8, 3);
            var narrow = search.Run(model.Begin(source));
            var wide = search.Run(model.To(DType.Float64).Begin(source));
            Assert.Equal(narrow.Select(one => string.Join(' ', one.Tokens)), wide.Select(one => string.Join(' ', one.Tokens)));
            Assert.All(narrow.Zip(wide), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-4));
        }
        var characters = new CharacterModel(5, new Gru(4, 6)).Initialize(2).To(DType.Float64);
        Assert.Equal(6, new Nabla.Text.GreedySearch(1, 5, 6).Run(new CharacterWriter(characters, [2, 3, 1]))[0].Tokens.Count);
    }
}
