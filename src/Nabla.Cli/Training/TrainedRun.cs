using Nabla.Cli.Characters;
using Nabla.Cli.Commands;
using Nabla.Cli.Forecasts;
using Nabla.Metrics;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>How a checkpoint does on data.</summary>
/// <param name="Headline">In words.</param>
/// <param name="Examples">How many there were.</param>
/// <param name="Metrics">By name.</param>
/// <param name="Matrix">What was taken for what.</param>
sealed record Verdict(string Headline, long Examples, IReadOnlyDictionary<string, double> Metrics, ConfusionMatrix Matrix);

/// <summary>A run that has a model to use.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Checkpoint">The file of the model.</param>
abstract record TrainedRun(RunFolder Run, string Checkpoint)
{
    /// <summary>What its classes are called.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Opens one of a run's checkpoints: best, last or average.</summary>
    public static TrainedRun Open(string folder, string checkpoint)
    {
        if (!RunFolder.Exists(folder)) throw new UserException($"{folder} holds no run. Train one: nabla train image --data … --output {folder}, or nabla train text.");
        var run = RunFolder.Open(folder);
        var task = RunConfiguration.TaskOf(run);
        if (task == CharacterConfiguration.Kind) throw new UserException($"{folder} is of `nabla train characters`, whose model goes on with texts: nabla generate {folder} --prompt TEXT. How it does is in {run.Report}.");
        if (task == ForecastConfiguration.Kind) throw new UserException($"{folder} is of `nabla train forecast`: its forecasts, and how good they are, are in {run.Report}.");
        var file = checkpoint switch { "last" => run.Last, "average" => run.Average, _ => run.Best };
        if (!File.Exists(file))
        {
            throw new UserException(checkpoint == "average" && File.Exists(run.Last) ? $"{folder} was trained without a moving average (--average)."
                : $"{folder} has no {checkpoint} checkpoint yet: its first epoch has not come to its end. Go on with it: nabla train {"image"} --output {folder} --resume.");
        }
        return new TrainedImages(run, ImageConfiguration.Read(run), file);
    }

    /// <summary>What an argument of <c>nabla predict</c> stands for: files of pictures, a text.</summary>
    public abstract IEnumerable<string> Inputs(string argument);

    /// <summary>What a user may not have meant by an argument; null: there is nothing to wonder about.</summary>
    public virtual string? Doubt(string argument) => null;

    /// <summary>The model as a function of an input: its likeliest classes, the likeliest first.</summary>
    /// <param name="top">How many.</param>
    public abstract Func<string, IReadOnlyList<Guess>> Predictor(int top);

    /// <summary>How it does on the test part of the run's own data, or on all of other data.</summary>
    public abstract Verdict Judge(string? data);

    /// <summary>The likeliest classes of probabilities.</summary>
    protected IReadOnlyList<Guess> Likeliest(float[] probabilities, int top) =>
        [.. probabilities.Select((probability, i) => new Guess(Classes[i], probability)).OrderByDescending(guess => guess.Probability).Take(top)];

    /// <summary>The numbers that the run has for the classes of other data, which may be fewer and in another order.</summary>
    protected int[] NumbersOf(string data, IReadOnlyList<string> classes)
    {
        var numbers = classes.Select(name => Classes.Index().Where(known => known.Item == name).Select(known => known.Index).DefaultIfEmpty(-1).First()).ToArray();
        if (Array.IndexOf(numbers, -1) is >= 0 and var stranger)
            throw new UserException($"{data} has the class {classes[stranger]}, which the run does not know. It knows {string.Join(", ", Classes)}.");
        return numbers;
    }
}
