using Nabla.Training;

namespace Nabla.Cli.Tasks.Characters;

/// <summary><c>nabla train characters</c>: a language model of characters, used by <c>nabla generate</c>.</summary>
sealed class CharacterTask : ITrainingTask
{
    public const string TaskName = "characters";

    public string Name => TaskName;

    public string Description => "Train an RNN, LSTM or GRU to predict a text character by character, and to generate text. Settings " +
        "that are not given are chosen and printed.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train characters --data moby-dick", "the novel that travels with nabla"),
        ("nabla train characters --data tang-poems --model gru --output runs/tang", "quatrains of the Tang"),
        ("nabla train characters --data letters.txt --layers 2 --dropout 0.2 --steps 10000", "a text of your own"),
        ("nabla train characters --output runs/tang --resume", "continue after a crash, Ctrl-C or a power cut"),
    ];

    public TaskSettings NewSettings() => new CharacterSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => CharacterTraining.Begin((CharacterSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => CharacterTraining.Continue((CharacterSettings)settings, run);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others) =>
        throw new UserException($"{first.Run.Folder} is of `nabla train characters`, whose model generates text: nabla generate " +
            $"{first.Run.Folder} --prompt TEXT. Its metrics are in {first.Run.Report}.");
}
