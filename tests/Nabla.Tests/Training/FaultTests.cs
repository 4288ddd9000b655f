using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Optimizers;
using Nabla.Tests.Checkpoints;
using Nabla.Training;

namespace Nabla.Tests.Training;

/// <summary>What ends a training before its time, and what it leaves.</summary>
public sealed class FaultTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    RunFolder Run => RunFolder.Open(scratch["run"]);

    [Fact]
    public void A_loss_of_NaN_names_step_loss_and_state_and_leaves_the_model_whole()
    {
        var net = Small.Net();
        var (trainer, steps) = (Small.Trainer(net), 0);
        var poisoned = new Trainer<LabelledBatch>(net, trainer.Optimizer, batch => trainer.Loss(batch) * (++steps == 8 ? double.NaN : 1)) { SaveEvery = 3 };
        var error = Assert.Throws<TrainingException>(() => poisoned.Run(Small.Train(), Small.Validation, Run));
        Assert.Equal((TrainingFault.Diverged, 8, 6), (error.Fault, error.Step, error.SavedStep));
        Assert.StartsWith("Step 8 (epoch 1): the loss is NaN, at a learning rate of 0.01. The step was not taken. The state after step 6 is whole", error.Message, StringComparison.Ordinal);
        Assert.Contains("go on from there with a lower learning rate (0.0033) or clipped gradients", error.Message, StringComparison.Ordinal);
        Assert.All(net.Parameters(), member => Assert.All(member.Parameter.Value.ToArray<float>(), value => Assert.True(float.IsFinite(value))));
        poisoned.Run(Small.Train(), Small.Validation, Run, resume: true);
    }

    [Fact]
    public void Gradients_of_NaN_behind_a_finite_loss_are_found()
    {
        var net = Small.Net();
        var trainer = new Trainer<LabelledBatch>(net, new SGD(net, 0.1), batch => (net.Forward(batch.Inputs) * 0).Sqrt().Sum());
        var error = Assert.Throws<TrainingException>(() => trainer.Run(Small.Train()));
        Assert.Contains("the loss is 0, but the norm of its gradients is NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("No state has been saved yet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreadable_image_is_named_the_steps_before_it_are_kept_and_once_it_can_be_read_the_run_goes_on_to_the_same_bits()
    {
        static Pipeline<LabelledBatch> Data(bool broken) => Small.Examples(70).Shuffle(seed: 3)
            .Batch(8).Prefetch(2)
            .Map(batch => broken && batch.Labels.Shape[0] == 6 ? throw new InvalidDataException("cats/7.jpg: it ends in the middle.") : batch);
        var whole = RunFolder.Open(scratch["whole"]);
        Small.Trainer().Run(Data(broken: false), Small.Validation, whole);
        var error = Assert.Throws<TrainingException>(() => Small.Trainer().Run(Data(broken: true), Small.Validation, Run));
        Assert.Equal((TrainingFault.Data, 5, 4), (error.Fault, error.Step, error.SavedStep));
        Assert.StartsWith("Step 5 (epoch 1): the data could not be read: cats/7.jpg: it ends in the middle. The state after step 4 is whole", error.Message, StringComparison.Ordinal);
        Small.Trainer().Run(Data(broken: false), Small.Validation, Run, resume: true);
        Assert.Equal(File.ReadAllBytes(whole.Last), File.ReadAllBytes(Run.Last));
        Assert.Equal(File.ReadAllBytes(whole.Best), File.ReadAllBytes(Run.Best));
    }

    [Fact]
    public void Data_without_batches_is_an_error()
    {
        var error = Assert.Throws<TrainingException>(() => Small.Trainer().Run(Small.Examples(0).Batch(4)));
        Assert.Contains("has no batches", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_names_the_step_and_what_is_whole_and_the_run_goes_on_once_there_is_room()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full.");
        var run = Run;
        var trainer = Small.Trainer();
        trainer.Callbacks.Add(new FullDisk(from: 7));
        var error = Assert.Throws<TrainingException>(() => trainer.Run(Small.Train(), Small.Validation, run));
        Assert.Equal((TrainingFault.Disk, 7, 6), (error.Fault, error.Step, error.SavedStep));
        Assert.StartsWith("After step 7 (epoch 2): a file could not be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        Assert.Contains("The state after step 6 is whole", error.Message, StringComparison.Ordinal);
        var whole = RunFolder.Open(scratch["whole"]);
        Small.Trainer().Run(Small.Train(), Small.Validation, whole);
        Small.Trainer().Run(Small.Train(), Small.Validation, run, resume: true);
        Assert.Equal(File.ReadAllBytes(whole.Last), File.ReadAllBytes(run.Last));
    }

    [Fact]
    public void Metrics_that_find_no_room_end_the_training_with_the_reason()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Only Linux has a device that is always full.");
        var run = Run;
        File.CreateSymbolicLink(run.Metrics, "/dev/full");
        var error = Assert.Throws<TrainingException>(() => Small.Trainer().Run(Small.Train(), Small.Validation, run));
        Assert.Contains("a file could not be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.SavedStep);
    }

    [Fact]
    public void A_state_that_is_no_state_is_named()
    {
        var run = Run;
        Safetensors.Save(run.State, [new("x", Tensor.Zeros([1]))]);
        string Refusal() => Assert.Throws<CheckpointException>(() => Small.Trainer().Run(Small.Train(), null, run, resume: true)).Message;
        Assert.Contains("is no state of a training", Refusal(), StringComparison.Ordinal);
        Safetensors.Save(run.State, [], new Dictionary<string, string> { ["training"] = "{" });
        Assert.Contains("is no state of a training", Refusal(), StringComparison.Ordinal);
        Safetensors.Save(run.State, [], new Dictionary<string, string> { ["training"] = "{\"format\":7}" });
        Assert.Contains("was saved in another form (7) than this version's (1)", Refusal(), StringComparison.Ordinal);
    }

    /// <summary>Writes to the device that is always full, as a log on a full disk would.</summary>
    sealed class FullDisk(long from) : ITrainingCallback
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step < from) return;
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.WriteByte(1);
        }
    }
}
