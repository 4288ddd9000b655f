using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>Everything that can be trained.</summary>
static class TrainingTasks
{
    public static IReadOnlyList<ITrainingTask> All { get; } = [new Texts.TextTask()];

    /// <summary>Whether a folder holds a run of one of them.</summary>
    public static bool IsOf(string folder) => RunFolder.Exists(folder) && RunFolder.Open(folder) is var run && File.Exists(run.Configuration) && All.Any(task => task.Name == run.ReadConfiguration()["task"]?.ToString());

    /// <summary>The task of a run.</summary>
    public static ITrainingTask Of(RunFolder run)
    {
        var name = run.ReadConfiguration()["task"]?.ToString();
        return All.FirstOrDefault(task => task.Name == name)
            ?? throw new UserException($"{run.Configuration} is of the task \"{name}\", which this version of nabla does not know. It knows {string.Join(", ", All.Select(task => task.Name))}.");
    }
}
