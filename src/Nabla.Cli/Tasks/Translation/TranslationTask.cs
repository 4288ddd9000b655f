using Nabla.Training;

namespace Nabla.Cli.Tasks.Translation;

/// <summary><c>nabla train translate</c>: a model that reads a text and writes another.</summary>
sealed class TranslationTask : ITrainingTask
{
    public const string TaskName = "translate";

    public string Name => TaskName;

    public string Description => "Train a sequence-to-sequence model: translations, pronunciations. Settings that are not given are " +
        "chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train translate --data cmudict", "spelling to pronunciation, from the dictionary that travels with nabla"),
        ("nabla train translate --data verses.tsv --source-tokens bpe --target-tokens bpe",
            "a file of lines SOURCE⇥TARGET, tokenized into byte pairs"),
        ("nabla train translate --data cmudict --minutes 30 --output runs/cmu", "as far as it comes in half an hour"),
        ("nabla train translate --output runs/cmu --resume", "continue after that, a crash or Ctrl-C"),
    ];

    public TaskSettings NewSettings() => new TranslationSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => TranslationTraining.Begin((TranslationSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => TranslationTraining.Continue((TranslationSettings)settings, run);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others) => new Translator(first, others);
}
