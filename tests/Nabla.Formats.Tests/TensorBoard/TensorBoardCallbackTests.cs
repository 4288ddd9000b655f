using Nabla.Data;
using Nabla.Formats.TensorBoard;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Formats.Tests.TensorBoard;

public sealed class TensorBoardCallbackTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("nabla-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static Pipeline<LabelledBatch> Data => Dataset.From(12, i => new Example(Tensor.Full([1, 1, 2], i % 3), (int)(i % 3))).Batch(4);

    TrainingResult Train(string name, int stopAfter, bool resume)
    {
        var model = new Mlp(2, [], 3).Initialize(seed: 1);
        using var board = new TensorBoardCallback(Path.Combine(folder, name));
        using var stop = new CancellationTokenSource();
        var trainer = new Trainer<LabelledBatch>(model, new SGD(model, 0.1), batch => model.Forward(batch.Inputs.Reshape(-1, 2)).CrossEntropy(batch.Labels))
        {
            Epochs = 4, LogEvery = 1, SaveEvery = 5, Average = new MovingAverage(model), Callbacks = { board, new Stopper(stopAfter, stop) },
        };
        return trainer.Fit(Data, Data, RunFolder.Open(Path.Combine(folder, name)), resume, stop.Token);
    }

    [Fact]
    public void A_resumed_training_has_every_point_once_in_one_file()
    {
        Train("whole", int.MaxValue, resume: false);
        Assert.Equal(TrainingEnd.Stopped, Train("parts", 4, resume: false).End);
        Assert.Throws<InvalidOperationException>(() => Train("parts", -8, resume: true));
        Assert.Equal(TrainingEnd.Complete, Train("parts", int.MaxValue, resume: true).End);
        var (whole, parts) = (Points("whole"), Points("parts"));
        Assert.Equal(12, whole.Count(point => point.Tag == "train/loss"));
        Assert.Equal(4, whole.Count(point => point.Tag == "validation/loss"));
        Assert.Equal(4, whole.Count(point => point.Tag == "average/loss"));
        Assert.Equal(whole.Where(IsTimeless).Select(point => (point.Tag, point.Step, point.Value)), parts.Where(IsTimeless).Select(point => (point.Tag, point.Step, point.Value)));
    }

    static bool IsTimeless(Point point) => point.Tag != "train/examples_per_second";

    List<Point> Points(string name) => PlainEvents.Read(File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(folder, name), "*tfevents*")))).Points;

    /// <summary>Asks to stop after a step, or crashes at one if the number is negative.</summary>
    sealed class Stopper(int after, CancellationTokenSource stop) : ITrainingCallback
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == after) stop.Cancel();
            if (step.Step == -after) throw new InvalidOperationException();
        }
    }
}
