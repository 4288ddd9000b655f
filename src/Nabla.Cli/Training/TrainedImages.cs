using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>A run that has a model to use.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Configuration">What it was trained with.</param>
/// <param name="Checkpoint">The file of the model.</param>
sealed record TrainedImages(RunFolder Run, ImageConfiguration Configuration, string Checkpoint)
{
    /// <summary>Opens one of a run's checkpoints: best, last or average.</summary>
    public static TrainedImages Open(string folder, string checkpoint)
    {
        if (!RunFolder.Exists(folder)) throw new UserException($"{folder} holds no run. Train one: nabla train image --data … --output {folder}.");
        var run = RunFolder.Open(folder);
        var file = checkpoint switch { "last" => run.Last, "average" => run.Average, _ => run.Best };
        if (!File.Exists(file))
        {
            throw new UserException(checkpoint == "average" && File.Exists(run.Last) ? $"{folder} was trained without a moving average (--average)."
                : $"{folder} has no {checkpoint} checkpoint yet: its first epoch has not come to its end. Go on with it: nabla train image --output {folder} --resume.");
        }
        return new(run, ImageConfiguration.Read(run), file);
    }
}
