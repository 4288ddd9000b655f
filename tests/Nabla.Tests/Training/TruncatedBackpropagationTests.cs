using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Checkpoints;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class TruncatedBackpropagationTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    sealed class Crash : Exception;

    static readonly int[] Text = [.. Enumerable.Range(0, 200).Select(i => (i * i / 3) % 5)];

    static CharacterModel Model(string kind) => new CharacterModel(5, kind == "gru" ? new Gru(4, 6) : new Lstm(4, 6, layers: 2)).Initialize(2);

    static Trainer<TextStretch> Trainer(CharacterModel model)
    {
        var carried = new TruncatedBackpropagation(model, streams: 3);
        return new(model, new Adam(model, 0.01), carried.Loss) { Carried = carried, Steps = 30, Epochs = 100, SaveEvery = 2, EvaluateEvery = 7, Evaluator = new CharacterEvaluator(model) };
    }

    static TextStreams Train => new(Text, 3, 9);

    static TextStreams Validation => new(Text.AsSpan(100), 2, 9);

    /// <summary>Without the state, the steps after the crash would begin from zeros in the middle of the text.</summary>
    [Theory]
    [InlineData("gru", 4)]
    [InlineData("lstm", 11)]
    public void A_crashed_training_goes_on_with_what_it_remembered(string kind, int crash)
    {
        var whole = Model(kind);
        Trainer(whole).Run(Train, Validation, RunFolder.Open(scratch["whole"]));
        var run = RunFolder.Open(scratch["crashed"]);
        var first = Trainer(Model(kind));
        first.Callbacks.Add(new AtStep(step => { if (step.Step == crash) throw new Crash(); }));
        Assert.Throws<Crash>(() => first.Run(Train, Validation, run));
        var model = Model(kind);
        Trainer(model).Run(Train, Validation, run, resume: true);
        foreach (var ((path, expected), (_, actual)) in whole.Parameters().Zip(model.Parameters()))
            Assert.True(expected.Value.ToArray<float>().AsSpan().SequenceEqual(actual.Value.ToArray<float>()), path);
    }

    [Fact]
    public void A_state_of_another_batch_is_refused()
    {
        var run = RunFolder.Open(scratch["run"]);
        Trainer(Model("lstm")).Run(Train, Validation, run);
        var model = Model("lstm");
        var other = Trainer(model);
        other.Carried = new TruncatedBackpropagation(model, streams: 4);
        Assert.Contains("hidden [2, 4, 6]: saved as [2, 3, 6]", Assert.Throws<CheckpointException>(() => other.Run(Train, Validation, run, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradients_do_not_reach_the_stretch_before_but_its_state_does()
    {
        var model = Model("lstm");
        var carried = new TruncatedBackpropagation(model, streams: 3);
        TextStretch[] stretches = [.. Train.Take(2)];
        carried.Loss(stretches[0]);
        var (_, state) = model.Forward(stretches[0].Ids);
        var (loss, gradients) = Gradients.Of(() => carried.Loss(stretches[1]));
        var (expected, alone) = Gradients.Of(() => model.Forward(stretches[1].Ids, new(state.Hidden.Clone(), state.Cell!.Clone())).Logits.CrossEntropy(stretches[1].Next));
        Assert.Equal(expected.Item(), loss.Item(), 1e-6);
        foreach (var (path, parameter) in model.Parameters()) Reference.AssertClose(alone[parameter], gradients[parameter], path, 1e-6);
    }

    /// <summary>A text whose next token is always clear comes to almost no bits; a model that knows nothing needs log₂ 5 of them.</summary>
    [Fact]
    public void Bits_per_character_are_those_of_the_text()
    {
        int[] text = [.. Enumerable.Range(0, 400).Select(i => i % 5)];
        var model = Model("lstm");
        var evaluator = new CharacterEvaluator(model);
        Assert.InRange(evaluator.Evaluate(new TextStreams(text, 2, 16))["bits_per_character"], 2.2, 2.5);
        var carried = new TruncatedBackpropagation(model, streams: 4);
        new Trainer<TextStretch>(model, new Adam(model, 0.03), carried.Loss) { Carried = carried, Steps = 120, Epochs = 100 }.Run(new TextStreams(text, 4, 16));
        var metrics = evaluator.Evaluate(new TextStreams(text, 2, 16));
        Assert.InRange(metrics["bits_per_character"], 0, 0.2);
        Assert.Equal(metrics["loss"] / Math.Log(2), metrics["bits_per_character"], 1e-12);
        Assert.Equal(Math.Exp(metrics["loss"]), metrics["perplexity"], 1e-9);
        Assert.True(metrics["accuracy"] > 0.97);
    }
}
