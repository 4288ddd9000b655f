using Nabla.Training;

namespace Nabla.Cli.Tasks.Texts;

/// <summary><c>nabla train text</c>: a classifier of texts.</summary>
sealed class TextTask : ITrainingTask
{
    public const string TaskName = "text";

    public string Name => TaskName;

    public string Description => "Train a text classifier. Settings that are not given are chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train text --data reviews.csv", "a table with the columns text and label, or the like"),
        ("nabla train text --data tickets.jsonl --text body --label team", "the columns by their names"),
        ("nabla train text --data spam-assassin --output runs/spam", "a published dataset (nabla data get spam-assassin)"),
        ("nabla train text --output runs/spam --resume", "continue after a crash, Ctrl-C or a power cut"),
    ];

    public TaskSettings NewSettings() => new TextSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => TextTraining.Begin((TextSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => TextTraining.Continue((TextSettings)settings, run);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others)
    {
        TrainedClassifier.RequireOne(others);
        return new TextClassifier(first.Run, (TextSettings)first.Settings, first.Checkpoint);
    }
}
