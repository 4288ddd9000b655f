using Nabla.Cli.Tasks.FineTuning;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Texts;

/// <summary><c>nabla train text</c>: a classifier of texts.</summary>
sealed class TextTask : ITrainingTask
{
    public const string TaskName = "text";

    public string Name => TaskName;

    public string Description => "Train a classifier of texts, or fine-tune a pretrained BERT for classes, numbers, " +
        "tags or answers. Settings that are not given are chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train text --data reviews.csv", "a table with the columns text and label, or the like"),
        ("nabla train text --data tickets.jsonl --text body --label team", "the columns by their names"),
        ("nabla train text --data spam-assassin --output runs/spam", "a published dataset (nabla data get spam-assassin)"),
        ("nabla train text --data sick --model microsoft/xtremedistil-l6-h256-uncased",
            "fine-tune a pretrained BERT on pairs of sentences"),
        ("nabla train text --data train.conll --tags 4 --model models/bert", "a tag for each word"),
        ("nabla train text --data squad --model models/bert", "questions and answers, SQuAD's JSON"),
        ("nabla train text --output runs/spam --resume", "continue after a crash, Ctrl-C or a power cut"),
    ];

    public TaskSettings NewSettings() => new TextSettings(new SettingList());

    public ITraining Begin(TaskSettings settings)
    {
        var own = (TextSettings)settings;
        return own.IsPretrained ? FineTuningStart.Begin(own) : TextTraining.Begin(own);
    }

    public ITraining Continue(TaskSettings settings, RunFolder run)
    {
        var own = (TextSettings)settings;
        return own.IsPretrained ? FineTuningStart.Continue(own, run) : TextTraining.Continue(own, run);
    }

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others)
    {
        TrainedClassifier.RequireOne(others);
        var settings = (TextSettings)first.Settings;
        return settings.IsPretrained ? FineTuningStart.Open(first.Run, settings, first.Checkpoint)
            : new TextClassifier(first.Run, settings, first.Checkpoint);
    }
}
