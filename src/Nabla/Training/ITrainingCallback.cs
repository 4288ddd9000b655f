using System.Text.Json.Nodes;

namespace Nabla.Training;

/// <summary>Looks on while a model is trained: all on the thread that trains. What it does not implement is passed over.</summary>
public interface ITrainingCallback
{
    /// <summary>After each step of the optimizer.</summary>
    void OnStep(TrainingStep step)
    {
    }

    /// <summary>After each evaluation.</summary>
    void OnEvaluation(Evaluation evaluation)
    {
    }

    /// <summary>When training has ended or was stopped. Not called when it failed.</summary>
    void OnEnd(TrainingResult result)
    {
    }

    /// <summary>
    /// What it needs to go on from here, kept in the run's state; null: nothing. A callback that writes a file brings it to the disk and says how long it is.
    /// </summary>
    JsonNode? Save() => null;

    /// <summary>Goes on from what <see cref="Save"/> gave: what was written to files after it is taken back.</summary>
    void Load(JsonNode? state)
    {
    }
}

/// <summary>
/// A callback that also sees what the model gave for each batch that it is trained on: for metrics of training, without a forward pass of
/// their own. For a <see cref="Trainer{TBatch, TOutput}"/>.
/// </summary>
public interface ITrainingCallback<in TBatch, in TOutput> : ITrainingCallback
{
    /// <summary>
    /// After each batch's gradients have been computed, before the optimizer's step and <see cref="ITrainingCallback.OnStep"/>. The output
    /// is as before that step, with dropout and batch statistics as in training; its tensors are detached.
    /// </summary>
    void OnOutput(TBatch batch, TOutput output);
}

/// <summary>One step of training.</summary>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Epoch">The epoch it belongs to, from 1.</param>
/// <param name="Loss">The mean loss of its examples, before the step.</param>
/// <param name="LearningRate">With which the step was taken.</param>
/// <param name="GradientNorm">√Σ g² over all gradients, before they were clipped.</param>
/// <param name="Progress">How far the training is.</param>
public sealed record TrainingStep(long Step, int Epoch, double Loss, double LearningRate, double GradientNorm, TrainingProgress Progress)
{
    /// <summary>The summary of the interval that ends with this step; null while the interval goes on.</summary>
    public TrainingInterval? Interval { get; init; }
}

/// <summary>The steps since the last summary, together.</summary>
/// <param name="Steps">How many they were.</param>
/// <param name="Loss">The mean of their losses, each weighted by what it is a mean over.</param>
/// <param name="GradientNorm">The mean of their gradients' norms.</param>
public sealed record TrainingInterval(long Steps, double Loss, double GradientNorm)
{
    /// <summary>For a loss of several terms, the mean of each by its name; else null.</summary>
    public IReadOnlyDictionary<string, double>? Terms { get; init; }
}

/// <summary>How far a training is.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps in all, where that is known.</param>
/// <param name="Elapsed">The time taken, that of earlier stretches of a resumed run included.</param>
/// <param name="ExamplesPerSecond">Of the last interval.</param>
/// <param name="Remaining">The time left at the rate so far, where the number of steps is known.</param>
public sealed record TrainingProgress(long Step, long? Steps, TimeSpan Elapsed, double ExamplesPerSecond, TimeSpan? Remaining);

/// <summary>The model judged on data that it is not trained by.</summary>
/// <param name="Step">After how many steps.</param>
/// <param name="Epoch">In or after which epoch, from 1.</param>
/// <param name="Metrics">Each by its name: <c>loss</c>, <c>accuracy</c>, …</param>
/// <param name="AverageMetrics">The same of the moving average of the parameters, if there is one.</param>
/// <param name="IsBest">Whether it is the best so far.</param>
/// <param name="Elapsed">The time taken until then.</param>
public sealed record Evaluation(
    long Step, int Epoch, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double>? AverageMetrics, bool IsBest, TimeSpan Elapsed)
{
    /// <summary>The metrics of the model that one would use: the average's, if there is one.</summary>
    public IReadOnlyDictionary<string, double> Chosen => AverageMetrics ?? Metrics;
}

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs or steps are done.</summary>
    Complete,
    /// <summary>The evaluations no longer improved.</summary>
    EarlyStopping,
    /// <summary>It was asked to stop; it can go on.</summary>
    Stopped,
}

/// <summary>How a training ended.</summary>
/// <param name="End">Why.</param>
/// <param name="Steps">Steps taken in all.</param>
/// <param name="Epochs">Whole epochs in all.</param>
/// <param name="Elapsed">The time taken, that of earlier stretches included.</param>
/// <param name="Last">The last evaluation, if there was one.</param>
/// <param name="Best">The best evaluation, if there was one.</param>
public sealed record TrainingResult(TrainingEnd End, long Steps, int Epochs, TimeSpan Elapsed, Evaluation? Last, Evaluation? Best);
