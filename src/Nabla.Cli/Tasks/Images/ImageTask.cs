using Nabla.Training;

namespace Nabla.Cli.Tasks.Images;

/// <summary><c>nabla train image</c>: a classifier of images.</summary>
sealed class ImageTask : ITrainingTask
{
    public const string TaskName = "image";

    public string Name => TaskName;

    public string Description => "Train an image classifier. Settings that are not given are chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train image --data digits", "the digits that travel with nabla"),
        ("nabla train image --data my-pictures", "a folder with a folder of images for each class"),
        ("nabla train image --data fashion-mnist --model lenet --epochs 10 --output runs/lenet", ""),
        ("nabla train image --output runs/lenet --resume", "continue after a crash, Ctrl-C or a power cut"),
        ("nabla train image --data my-pictures --model runs/lenet", "start from the weights of an earlier run"),
    ];

    public TaskSettings NewSettings() => new ImageSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => ImageTraining.Begin((ImageSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => ImageTraining.Continue((ImageSettings)settings);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others)
    {
        TrainedClassifier.RequireOne(others);
        return new ImageClassifier((ImageSettings)first.Settings, first.Checkpoint);
    }
}
