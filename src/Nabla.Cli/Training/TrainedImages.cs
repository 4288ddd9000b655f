using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
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

    /// <summary>The model as a function of a picture's file: its likeliest classes, the likeliest first.</summary>
    /// <param name="top">How many.</param>
    public Func<string, IReadOnlyList<Guess>> Predictor(int top)
    {
        var model = ImageModels.Make(Configuration);
        Nabla.Checkpoints.Checkpoint.Load(model, Checkpoint);
        var (mean, deviation) = (Configuration.PerChannel(Configuration.Mean), Configuration.PerChannel(Configuration.Deviation));
        var size = new ImageSize(Configuration.Channels, Configuration.Height, Configuration.Width);
        return file =>
        {
            var x = ((ImageFile.Read(file, size) - mean) / deviation).Unsqueeze(0);                    // [1, channels, height, width]
            var probabilities = model.Forward(x).Softmax(axis: 1).ToArray<float>();
            return [.. probabilities.Select((probability, i) => new Guess(Configuration.Classes[i], probability)).OrderByDescending(guess => guess.Probability).Take(top)];
        };
    }
}
