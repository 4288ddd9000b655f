using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Checkpoints;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class ResumeTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    sealed class Crash : Exception;

    /// <summary>The run as nobody disturbs it: 5 steps in each of 4 epochs.</summary>
    RunFolder Undisturbed()
    {
        var run = RunFolder.Open(scratch["whole"]);
        Assert.Equal(20, Small.Trainer().Run(Small.Train(), Small.Validation, run).Steps);
        return run;
    }

    [Fact]
    public void A_run_that_crashes_at_any_step_ends_in_the_bits_of_one_that_does_not()
    {
        var whole = Undisturbed();
        // After the first step, between states, at an epoch's last step, at the next one's first, at the very end.
        foreach (var crash in new[] { 1, 4, 5, 6, 13, 20 })
        {
            var run = RunFolder.Open(scratch[$"crash{crash}"]);
            var first = Small.Trainer();
            first.Callbacks.Add(new AtStep(step => { if (step.Step == crash) throw new Crash(); }));
            Assert.Throws<Crash>(() => first.Run(Small.Train(), Small.Validation, run));
            Small.Trainer().Run(Small.Train(), Small.Validation, run, resume: true);
            AssertSame(whole, run);
        }
    }

    [Fact]
    public void A_run_that_is_stopped_after_every_few_steps_ends_in_the_same_bits()
    {
        var whole = Undisturbed();
        var run = RunFolder.Open(scratch["stopped"]);
        TrainingResult result;
        var stretches = 0;
        do
        {
            using var stop = new CancellationTokenSource();
            var trainer = Small.Trainer();
            var taken = 0;
            trainer.Callbacks.Add(new AtStep(_ => { if (++taken == 3) stop.Cancel(); }));
            result = trainer.Fit(Small.Train(), Small.Validation, run, resume: stretches++ > 0, stop.Token);
        }
        while (result.End == TrainingEnd.Stopped);
        Assert.Equal(7, stretches);
        AssertSame(whole, run);
    }

    [Fact]
    public void A_run_that_ended_is_taken_up_for_more_epochs()
    {
        var whole = Undisturbed();
        var run = RunFolder.Open(scratch["more"]);
        var first = Small.Trainer();
        first.Epochs = 2;
        Assert.Equal(10, first.Run(Small.Train(), Small.Validation, run).Steps);
        var result = Small.Trainer().Run(Small.Train(), Small.Validation, run, resume: true);
        Assert.Equal((20, 4), (result.Steps, result.Epochs));
        AssertSame(whole, run);
    }

    [Fact]
    public void To_resume_a_complete_run_changes_nothing()
    {
        var run = Undisturbed();
        var (state, metrics) = (File.ReadAllBytes(run.State), File.ReadAllBytes(run.Metrics));
        var result = Small.Trainer().Run(Small.Train(), Small.Validation, run, resume: true);
        Assert.Equal(TrainingEnd.Complete, result.End);
        Assert.NotNull(result.Best);
        Assert.Equal(state, File.ReadAllBytes(run.State));
        Assert.Equal(metrics, File.ReadAllBytes(run.Metrics));
    }

    [Fact]
    public void Resuming_without_a_state_begins_at_the_beginning()
    {
        var whole = Undisturbed();
        var run = RunFolder.Open(scratch["fresh"]);
        File.WriteAllText(run.Metrics, "{\"step\":1}\n{\"st");
        Small.Trainer().Run(Small.Train(), Small.Validation, run, resume: true);
        AssertSame(whole, run);
    }

    [Fact]
    public void A_folder_with_a_run_is_not_overwritten()
    {
        var run = Undisturbed();
        var error = Assert.Throws<IOException>(() => Small.Trainer().Run(Small.Train(), Small.Validation, run));
        Assert.Contains("Resume it, or choose another folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_trainings_do_not_share_a_folder()
    {
        var run = RunFolder.Open(scratch["run"]);
        var first = Small.Trainer();
        first.Callbacks.Add(new AtStep(_ =>
            Assert.Contains("another process is training here", Assert.Throws<IOException>(() => Small.Trainer().Run(Small.Train(), null, run)).Message, StringComparison.Ordinal)));
        first.Epochs = 1;
        first.Run(Small.Train(), Small.Validation, run);
    }

    [Fact]
    public void A_state_of_another_model_optimizer_or_seed_is_refused_and_nothing_is_changed()
    {
        var run = Undisturbed();
        var other = new Sequential(new Flatten(), new Linear(4, 8), new BatchNorm(8), new ReLU(), new Dropout(0.2), new Linear(8, 3)).Initialize(seed: 1);
        var before = other.Parameters()[0].Parameter.Value.ToArray<float>();
        var error = Assert.Throws<CheckpointException>(() => Small.Trainer(other).Run(Small.Train(), null, run, resume: true));
        Assert.Contains("1.weight Float32[8, 4]: saved as Float32[16, 4]", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, other.Parameters()[0].Parameter.Value.ToArray<float>());

        var net = Small.Net();
        var sgd = new Trainer<Nabla.Data.LabelledBatch>(net, new SGD(net, 0.1) { Momentum = 0.9 }, batch => net.Forward(batch.Inputs).CrossEntropy(batch.Labels));
        Assert.Contains("of another optimizer", Assert.Throws<CheckpointException>(() => sgd.Run(Small.Train(), null, run, resume: true)).Message, StringComparison.Ordinal);

        var seeded = Small.Trainer();
        seeded.Seed = 12;
        Assert.Contains("saved with the seed 11, here it is 12", Assert.Throws<CheckpointException>(() => seeded.Run(Small.Train(), null, run, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_was_writing_is_removed()
    {
        var run = RunFolder.Open(scratch["run"]);
        File.WriteAllText(Path.Combine(run.Checkpoints, ".abc.tmp"), "half");
        var trainer = Small.Trainer();
        trainer.Epochs = 1;
        trainer.Run(Small.Train(), Small.Validation, run);
        Assert.Equal(["average.safetensors", "best.safetensors", "last.safetensors", "state.safetensors"], Directory.GetFiles(run.Checkpoints).Select(path => Path.GetFileName(path)!).Order());
    }

    [Fact]
    public void Named_generators_go_on_where_they_were()
    {
        float[] Draw(int until, bool resume, RunFolder run)
        {
            var (net, own, drawn) = (new Mlp(4, [], 3).Initialize(seed: 1), new Generator(77), new List<float>());
            var trainer = new Trainer<Nabla.Data.LabelledBatch>(net, new SGD(net, 0.1), batch =>
            {
                var noise = Tensor.Normal(batch.Inputs.Shape, 0, 0.1, own);
                drawn.Add(noise.ToArray<float>()[0]);
                return net.Forward((batch.Inputs + noise).Reshape(-1, 4)).CrossEntropy(batch.Labels);
            }) { Steps = until, Generators = { own } };
            trainer.Run(Small.Train(), null, run, resume);
            return [.. drawn];
        }
        var whole = Draw(6, false, RunFolder.Open(scratch["a"]));
        var run = RunFolder.Open(scratch["b"]);
        float[] parts = [.. Draw(4, false, run), .. Draw(6, true, run)];
        Assert.Equal(whole, parts);
    }

    /// <summary>The checkpoints to the byte; the state and the metrics but for the time that things took.</summary>
    static void AssertSame(RunFolder expected, RunFolder actual)
    {
        foreach (var (a, b) in new[] { (expected.Last, actual.Last), (expected.Best, actual.Best), (expected.Average, actual.Average) })
            Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
        using var whole = Safetensors.Open(expected.State);
        using var state = Safetensors.Open(actual.State);
        Assert.Equal(whole.Tensors.Select(tensor => tensor.Name), state.Tensors.Select(tensor => tensor.Name));
        foreach (var tensor in whole.Tensors) Assert.Equal(whole[tensor.Name].To(DType.Float64).ToArray<double>(), state[tensor.Name].To(DType.Float64).ToArray<double>());
        Assert.Equal(expected.ReadMetrics().Select(Timeless), actual.ReadMetrics().Select(Timeless));
        Assert.Equal(File.ReadLines(expected.Metrics).Count(), File.ReadLines(actual.Metrics).Count());
    }

    static string Timeless(JsonObject line)
    {
        line.Remove("seconds");
        line.Remove("examples_per_second");
        return line.ToJsonString();
    }
}
