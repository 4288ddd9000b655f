using Nabla.Data;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class OutputTests
{
    /// <summary>Counts what is classified correctly while the model is trained.</summary>
    sealed class Accuracy : ITrainingCallback<LabelledBatch, Tensor>
    {
        public long Correct, Seen;

        public List<double> AtSteps { get; } = [];

        public List<Tensor> Logits { get; } = [];

        public void OnOutput(LabelledBatch batch, Tensor logits)
        {
            Correct += (long)logits.ArgMax(1).EqualTo(batch.Labels).To(DType.Float64).Sum().Item();
            Seen += batch.Labels.Length;
            Logits.Add(logits);
        }

        public void OnStep(TrainingStep step) => AtSteps.Add((double)Correct / Seen);
    }

    static Sequential Net() => new Sequential(new Flatten(), new Linear(4, 8), new ReLU(), new Linear(8, Small.Classes)).Initialize(1);

    static Trainer<LabelledBatch> Plain(Sequential net) =>
        new(net, new Adam(net, 0.01), batch => net.Forward(batch.Inputs).CrossEntropy(batch.Labels));

    [Fact]
    public void A_callback_sees_the_output_from_which_the_loss_was_computed()
    {
        var (net, accuracy, passes) = (Net(), new Accuracy(), 0);
        var trainer = new Trainer<LabelledBatch, Tensor>(net, new Adam(net, 0.01), batch =>
        {
            passes++;
            var logits = net.Forward(batch.Inputs);
            return (logits.CrossEntropy(batch.Labels), logits);
        }) { Epochs = 8, Accumulate = 2 };
        trainer.Callbacks.Add(accuracy);
        trainer.Run(Small.Examples(60).Batch(10));
        Assert.Equal((48, 48, 24, 480), (passes, accuracy.Logits.Count, accuracy.AtSteps.Count, accuracy.Seen));
        Assert.True(accuracy.AtSteps[^1] > accuracy.AtSteps[0]);
        Assert.Equal(Net().Forward(Small.Examples(60).Batch(10).First().Inputs).ToArray<float>(), accuracy.Logits[0].ToArray<float>());
        Assert.Null(accuracy.Logits[0].Creator);
    }

    [Fact]
    public void The_output_changes_no_bit_of_the_training()
    {
        var (with, without) = (Net(), Net());
        Tensor Loss(Sequential net, LabelledBatch batch) => net.Forward(batch.Inputs).CrossEntropy(batch.Labels);
        new Trainer<LabelledBatch, int>(with, new Adam(with, 0.01), batch => (Loss(with, batch), 1)) { Epochs = 2 }.Run(Small.Train());
        new Trainer<LabelledBatch>(without, new Adam(without, 0.01), batch => Loss(without, batch)) { Epochs = 2 }.Run(Small.Train());
        Assert.Equal(Values(without), Values(with));
    }

    [Fact]
    public void Terms_and_output_come_together()
    {
        var (net, accuracy, witness) = (Net(), new Accuracy(), new Witness());
        var trainer = new Trainer<LabelledBatch, Tensor>(net, new SGD(net, 0.1), batch =>
        {
            var logits = net.Forward(batch.Inputs);
            return ([logits.CrossEntropy(batch.Labels), logits.Square().Mean()], logits);
        }, [new("ce", batch => batch.LossCount), new("penalty", batch => batch.LossCount) { Weight = 0.01 }]) { Epochs = 1, LogEvery = 1 };
        trainer.Callbacks.Add(accuracy);
        trainer.Callbacks.Add(witness);
        trainer.Run(Small.Examples(16).Batch(8));
        Assert.Equal(2, accuracy.Logits.Count);
        Assert.Equal(accuracy.Logits[1].Square().Mean().Item(), witness.Steps[1].Interval!.Terms!["penalty"], 1e-12);
    }

    [Fact]
    public void Layers_are_unfrozen_while_a_training_runs()
    {
        var net = Net();
        net[1].Freeze();
        var (frozen, at) = (Values(net[1]), new List<bool>());
        var trainer = Plain(net);
        trainer.Epochs = 1;
        trainer.Callbacks.Add(new AtStep(step =>
        {
            at.Add(Values(net[1]).SequenceEqual(frozen));
            if (step.Step == 2) net[1].Unfreeze();
        }));
        trainer.Run(Small.Examples(40).Batch(8));
        Assert.Equal([true, true, false, false, false], at);
    }

    [Fact]
    public void A_training_of_nothing_but_frozen_parameters_is_refused()
    {
        var net = Net().Freeze();
        var trainer = Plain(net);
        var error = Assert.Throws<InvalidOperationException>(() => trainer.Run(Small.Examples(8).Batch(8)));
        Assert.Contains("Unfreeze", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_with_frozen_layers_and_terms_resumes_to_the_same_bits()
    {
        Trainer<LabelledBatch> Make(Sequential net)
        {
            net[1].Freeze();
            return new(net, new AdamW(net, 0.01), batch =>
            {
                var logits = net.Forward(batch.Inputs);
                return [logits.CrossEntropy(batch.Labels), logits.Square().Mean()];
            }, [new("ce", batch => batch.LossCount), new("penalty", batch => batch.LossCount)]) { Epochs = 2, LogEvery = 3, SaveEvery = 1 };
        }
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (whole, parts) = (RunFolder.Open(Path.Combine(folder.FullName, "a")), RunFolder.Open(Path.Combine(folder.FullName, "b")));
            Make(Net()).Run(Small.Examples(40).Batch(8), run: whole);
            var first = Make(Net());
            first.Steps = 4;
            first.Run(Small.Examples(40).Batch(8), run: parts);
            Make(Net()).Run(Small.Examples(40).Batch(8), run: parts, resume: true);
            Assert.Equal(File.ReadAllBytes(whole.Last), File.ReadAllBytes(parts.Last));
            static string[] Terms(RunFolder run) => [.. File.ReadLines(run.Metrics)
                .Where(line => line.Contains("terms", StringComparison.Ordinal)).Select(line => line.Split("terms")[1])];
            Assert.Equal(3, Terms(whole).Length);
            Assert.Equal(Terms(whole), Terms(parts));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static float[] Values(IModule model) => [.. model.Parameters().SelectMany(member => member.Parameter.Value.ToArray<float>())];
}
