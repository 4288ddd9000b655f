using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>A run that has a model to use.</summary>
/// <param name="Task">What it was trained for.</param>
/// <param name="Settings">What it was trained with.</param>
/// <param name="Run">Its folder.</param>
/// <param name="Checkpoint">The file of the model.</param>
sealed record TrainedRun(ITrainingTask Task, TaskSettings Settings, RunFolder Run, string Checkpoint)
{
    /// <summary>Opens one of a run's checkpoints: best, last or average.</summary>
    public static TrainedRun Open(string folder, string checkpoint)
    {
        var run = RunFolder.Exists(folder) ? RunFolder.Open(folder)
            : throw new UserException($"There is no run in {folder}. Train one: nabla train TASK --data … --output {folder}.");
        var task = TrainingTasks.Of(run);
        var settings = task.NewSettings();
        settings.Read(run);
        return new(task, settings, run, FileOf(run, task, folder, checkpoint));
    }

    /// <summary>The model, or that of several runs which predict together.</summary>
    public ITrainedModel Load(IReadOnlyList<TrainedRun> others) =>
        others.FirstOrDefault(other => other.Task.Name != Task.Name) is { } stranger
        ? throw new UserException($"--with {stranger.Run.Folder}: it is of `nabla train {stranger.Task.Name}`, {Run.Folder} of `nabla " +
            $"train {Task.Name}`. Name runs of one task.")
        : Task.Open(this, others);

    static string FileOf(RunFolder run, ITrainingTask task, string folder, string checkpoint)
    {
        var file = checkpoint switch { "last" => run.Last, "average" => run.Average, _ => run.Best };
        if (File.Exists(file)) return file;
        throw new UserException(checkpoint == "average" && File.Exists(run.Last)
            ? $"{folder} was trained without a moving average (--average)."
            : $"{folder} has no {checkpoint} checkpoint yet: the first evaluation writes it. Continue the training: nabla train " +
                $"{task.Name} --output {folder} --resume.");
    }
}
