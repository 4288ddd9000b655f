using Nabla.Data;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Training;

/// <summary>
/// Trains a model on batches: <c>new Trainer&lt;LabelledBatch&gt;(model, optimizer, batch => model.Forward(batch.Inputs).CrossEntropy(batch.Labels)) { Epochs = 5 }.Fit(train, validation)</c>.
/// With a <see cref="RunFolder"/> it keeps checkpoints, and goes on after whatever ended it to the same bits as if nothing had.
/// </summary>
/// <typeparam name="TBatch">What the loss is of.</typeparam>
public sealed class Trainer<TBatch>
{
    /// <summary>A trainer with the usual settings.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What changes its parameters, or some of them.</param>
    /// <param name="loss">The mean loss of a batch's examples: one number.</param>
    public Trainer(IModule model, Optimizer optimizer, Func<TBatch, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        (Model, Optimizer, Loss) = (model, optimizer, loss);
        CountOf = batch => batch is LabelledBatch labelled ? labelled.Labels.Shape[0] : 1;
        Evaluator = new LossEvaluator<TBatch>(loss, batch => CountOf(batch));
    }

    /// <summary>What is trained.</summary>
    public IModule Model { get; }

    /// <summary>What changes the parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The mean loss of a batch.</summary>
    public Func<TBatch, Tensor> Loss { get; }

    /// <summary>The learning rate of each step; the optimizer's.</summary>
    public Schedule? Schedule { get => Optimizer.Schedule; set => Optimizer.Schedule = value; }

    /// <summary>How often to go through the data, at least 1.</summary>
    public int Epochs { get; set => field = AtLeastOne(value); } = 10;

    /// <summary>How many steps to take at most, at least 1; null: as many as the epochs have.</summary>
    public long? Steps { get; set => field = value is { } steps ? AtLeastOne(steps) : null; }

    /// <summary>
    /// How many batches make one step, at least 1: their gradients are averaged, each by the number of its examples, which is the gradient of the batch that
    /// they would make together, without its memory. The last step of an epoch takes what is left. Batch normalisation sees each batch by itself.
    /// </summary>
    public int Accumulate { get; set => field = AtLeastOne(value); } = 1;

    /// <summary>Scales the gradients down together when their norm is above this. Above 0; null: it does not.</summary>
    public double? ClipNorm { get; set => field = value is not <= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "ClipNorm: above 0 is needed."); }

    /// <summary>Holds each element of the gradients between −this and this. Above 0; null: it does not.</summary>
    public double? ClipValue { get; set => field = value is not <= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "ClipValue: above 0 is needed."); }

    /// <summary>The moving average of the model's parameters, evaluated and saved beside it; null: none.</summary>
    public MovingAverage? Average { get; set; }

    /// <summary>Ends the training when the evaluations no longer improve; null: it does not.</summary>
    public EarlyStopping? EarlyStopping { get; set; }

    /// <summary>Judges the model on the validation data. Unless set: the mean loss.</summary>
    public Evaluator<TBatch> Evaluator { get; set; }

    /// <summary>Which metric decides what is best; null: the evaluator's choice.</summary>
    public Goal? Goal { get; set; }

    /// <summary>Steps between evaluations, at least 1; null: one after each epoch.</summary>
    public long? EvaluateEvery { get; set => field = value is { } steps ? AtLeastOne(steps) : null; }

    /// <summary>Steps between two lines of metrics, at least 1.</summary>
    public long LogEvery { get; set => field = AtLeastOne(value); } = 10;

    /// <summary>Steps between two states in the run folder, at least 1: the most that a crash loses. One is saved after each evaluation too.</summary>
    public long SaveEvery { get; set => field = AtLeastOne(value); } = 100;

    /// <summary>Chooses what the training draws without a generator of its own, dropout above all. The data's order has seeds of its own, in its pipeline.</summary>
    public ulong Seed { get; set; }

    /// <summary>Generators that the model or the loss draw from and that a resumed training must find where they were. The trainer's own is not one of them.</summary>
    public IList<Generator> Generators { get; } = [];

    /// <summary>What goes on from step to step beside the model, such as a recurrent network's state: its buffers, which a resumed training must find as they were. Null: nothing does.</summary>
    public IModule? Carried { get; set; }

    /// <summary>They look on.</summary>
    public IList<ITrainingCallback> Callbacks { get; } = [];

    /// <summary>How many examples a batch holds: the weight of its loss. Unless set: the labels of a <see cref="LabelledBatch"/>, 1 for any other batch.</summary>
    public Func<TBatch, long> CountOf { get; set; }

    /// <summary>Trains.</summary>
    /// <param name="train">Its epoch e is the training's e-th, from 0.</param>
    /// <param name="validation">What the model is judged on; null: it is not.</param>
    /// <param name="run">Where metrics and checkpoints go; null: nowhere.</param>
    /// <param name="resume">Whether to go on from the state in the run folder, from the beginning if there is none yet. The model, the optimizer, the data and the settings
    /// must be as they were; more epochs or steps than before are fine.</param>
    /// <param name="cancellation">Stops the training after the step that is under way; the state is saved.</param>
    /// <exception cref="TrainingException">The loss became NaN, the data could not be read, or a file could not be written. The message says what to do.</exception>
    /// <exception cref="IOException">The run folder holds another run, its state is not of this model and optimizer, or another process trains there.</exception>
    public TrainingResult Fit(
        Pipeline<TBatch> train, Pipeline<TBatch>? validation = null, RunFolder? run = null, bool resume = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var held = run?.Lock();
        using var log = run is null ? null : new MetricsLog(run.Metrics);
        var loop = new TrainingLoop<TBatch>(this, train, validation, run, log is null ? [.. Callbacks] : [log, .. Callbacks]);
        return loop.Run(resume, cancellation);
    }

    private static long AtLeastOne(long value) => value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Trainer: at least 1 is needed.");

    private static int AtLeastOne(int value) => value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Trainer: at least 1 is needed.");
}
