namespace Nabla.Training;

/// <summary>What kept a training from going on.</summary>
public enum TrainingFault
{
    /// <summary>The loss or its gradients became NaN or infinite.</summary>
    Diverged,
    /// <summary>The data could not be read.</summary>
    Data,
    /// <summary>A file of the run could not be written.</summary>
    Disk,
}

/// <summary>
/// A training that cannot go on. The message says at which step, what happened, which state it can go on from and what to do; nothing that was whole before is lost.
/// </summary>
public sealed class TrainingException : Exception
{
    internal TrainingException(TrainingFault fault, long step, string problem, Exception? cause = null) : base(problem, cause) => (Fault, Step) = (fault, step);

    /// <summary>What kind of obstacle it is.</summary>
    public TrainingFault Fault { get; }

    /// <summary>The step that could not be taken, from 1; where a file could not be written, the step after which that was.</summary>
    public long Step { get; }

    /// <summary>The step after which the state was saved that the training can go on from; null: there is none.</summary>
    public long? SavedStep { get; internal init; }
}
