using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>A kind of training, <c>nabla train NAME</c>: its settings, its training and the use of what was trained.</summary>
interface ITrainingTask
{
    /// <summary>As the command line and configuration.json have it: text.</summary>
    string Name { get; }

    /// <summary>The command that trains it: <c>train text</c>.</summary>
    string Command => $"train {Name}";

    /// <summary>What <c>--help</c> says.</summary>
    string Description { get; }

    /// <summary>Command lines to try, each with what it does.</summary>
    IReadOnlyList<(string Line, string Meaning)> Examples { get; }

    /// <summary>Settings with nothing given yet.</summary>
    TaskSettings NewSettings();

    /// <summary>A new training: opens the data and chooses every setting that was not given.</summary>
    ITraining Begin(TaskSettings settings);

    /// <summary>The training of a run.</summary>
    /// <param name="settings">As saved, but for what may change.</param>
    /// <param name="run">Where its files are.</param>
    /// <exception cref="UserException">The data has changed.</exception>
    ITraining Continue(TaskSettings settings, RunFolder run);

    /// <summary>The model of a checkpoint, or that of several which predict together.</summary>
    /// <param name="first">The run.</param>
    /// <param name="others">Those that predict with it; most often none.</param>
    /// <exception cref="UserException">The task's models are used by another command, or not several together.</exception>
    ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others);
}
