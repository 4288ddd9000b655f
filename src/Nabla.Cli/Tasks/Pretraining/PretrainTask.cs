using Nabla.Training;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>
/// <c>nabla pretrain</c>: a BERT from texts alone, used by <c>nabla fill-mask</c> and fine-tuned by <c>nabla train text --model</c>.
/// </summary>
sealed class PretrainTask : ITrainingTask
{
    public const string TaskName = "pretrain";

    public string Name => TaskName;

    public string Command => "pretrain";

    public string Description =>
        "Pretrain a BERT on texts: masked tokens and next sentence. Settings that are not given are chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla pretrain", "a small BERT on the English texts that travel with nabla"),
        ("nabla pretrain --data books --documents file --steps 20000 --output runs/bert", "a folder of books, one in each file"),
        ("nabla pretrain --data corpus.txt --tokenizer bert-base-uncased --hidden 512 --heads 8", "with another model's vocabulary"),
        ("nabla pretrain --model google-bert/bert-base-uncased --data reports --layout sentences",
            "a published model goes on with one's own texts"),
        ("nabla pretrain --output runs/bert --resume", "continue after a crash, Ctrl-C or a power cut"),
    ];

    public TaskSettings NewSettings() => new PretrainSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => PretrainTraining.Begin((PretrainSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => PretrainTraining.Continue((PretrainSettings)settings, run);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others)
    {
        var model = PretrainTraining.ModelFolder(first.Run);
        throw new UserException($"{first.Run.Folder} is of `nabla pretrain`. Its model fills masks (nabla fill-mask TEXT --model {model}) and " +
            $"can be fine-tuned (nabla train text --model {model} --data FILE). Its metrics are in {first.Run.Report}.");
    }
}
