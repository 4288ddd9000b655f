using Nabla.Cli.Tasks.Characters;
using Nabla.Cli.Tasks.Forecasts;
using Nabla.Cli.Tasks.Images;
using Nabla.Cli.Tasks.Pretraining;
using Nabla.Cli.Tasks.Texts;
using Nabla.Cli.Tasks.Translation;
using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>Everything that can be trained.</summary>
static class TrainingTasks
{
    /// <summary>The tasks of <c>nabla train</c>.</summary>
    public static IReadOnlyList<ITrainingTask> All { get; } =
        [new ImageTask(), new TextTask(), new TranslationTask(), new CharacterTask(), new ForecastTask()];

    /// <summary>The task of <c>nabla pretrain</c>.</summary>
    public static ITrainingTask Pretraining { get; } = new PretrainTask();

    /// <summary>The task of a run.</summary>
    public static ITrainingTask Of(RunFolder run)
    {
        var name = run.ReadConfiguration()["task"]?.ToString();
        return All.Append(Pretraining).FirstOrDefault(task => task.Name == name)
            ?? throw new UserException($"{run.Configuration} is of the task \"{name}\", which this version of nabla does not know. It " +
                $"knows {string.Join(", ", All.Select(task => task.Name))}.");
    }
}
