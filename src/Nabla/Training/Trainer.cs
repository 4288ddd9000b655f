using Nabla.Data;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Training;

/// <summary>
/// Trains a model on batches: <c>new Trainer&lt;LabelledBatch&gt;(model, optimizer, batch => model.Forward(batch.Inputs).CrossEntropy(batch.Labels)) { Epochs = 5 }.Fit(train, validation)</c>.
/// With a <see cref="RunFolder"/> it keeps checkpoints, and goes on after whatever ended it to the same bits as if nothing had.
/// </summary>
/// <typeparam name="TBatch">What the loss is of.</typeparam>
public class Trainer<TBatch>
{
    private readonly Func<TBatch, BatchLosses> losses;
    private Func<TBatch, double>? countOf;

    /// <summary>A trainer with the usual settings.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What changes its parameters, or some of them.</param>
    /// <param name="loss">The mean loss of a batch: one number. What the mean is over: <see cref="CountOf"/>.</param>
    public Trainer(IModule model, Optimizer optimizer, Func<TBatch, Tensor> loss) : this(model, optimizer, Single(loss), null)
    {
    }

    /// <summary>
    /// A trainer for a loss of several terms, each a mean over something else:
    /// <c>new Trainer&lt;Pairs&gt;(model, optimizer, batch =&gt; [words, next], [new("mlm", batch =&gt; batch.Masked), new("nsp", batch
    /// =&gt; batch.Pairs)])</c>. The loss is their sum, each times its <see cref="LossTerm{TBatch}.Weight"/>.
    /// </summary>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">What changes its parameters, or some of them.</param>
    /// <param name="losses">The means of a batch, in the order of the terms: one number each.</param>
    /// <param name="terms">The terms: their names, and what each mean is over.</param>
    /// <exception cref="ArgumentException">There are no terms, or two have one name, or one is called loss.</exception>
    public Trainer(IModule model, Optimizer optimizer, Func<TBatch, IReadOnlyList<Tensor>> losses, IReadOnlyList<LossTerm<TBatch>> terms)
        : this(model, optimizer, Several(losses), Checked(terms))
    {
    }

    private protected Trainer(IModule model, Optimizer optimizer, Func<TBatch, BatchLosses> losses, IReadOnlyList<LossTerm<TBatch>>? terms)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        (Model, Optimizer, this.losses) = (model, optimizer, losses);
        Terms = terms ?? [new("loss", batch => CountOf(batch))];
        Evaluator = new LossEvaluator<TBatch>(Compute, Terms);
    }

    /// <summary>What is trained.</summary>
    public IModule Model { get; }

    /// <summary>What changes the parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The loss of a batch: its mean, or the weighted sum of the means of all terms.</summary>
    public Func<TBatch, Tensor> Loss => batch => new StepWeights<TBatch>(Terms, [batch]).Loss(0, Compute(batch).Means);

    /// <summary>What the loss adds up; one term named loss unless there are several.</summary>
    public IReadOnlyList<LossTerm<TBatch>> Terms { get; }

    /// <summary>The learning rate of each step; the optimizer's.</summary>
    public Schedule? Schedule { get => Optimizer.Schedule; set => Optimizer.Schedule = value; }

    /// <summary>How often to go through the data, at least 1.</summary>
    public int Epochs { get; set => field = AtLeastOne(value); } = 10;

    /// <summary>How many steps to take at most, at least 1; null: as many as the epochs have.</summary>
    public long? Steps { get; set => field = value is { } steps ? AtLeastOne(steps) : null; }

    /// <summary>
    /// How many batches make one step, at least 1: their gradients are averaged, each weighted by what its mean loss is over
    /// (<see cref="CountOf"/>, or that of each of the <see cref="Terms"/>), which is the gradient of the batch that they would make
    /// together, without its memory. The last step of an epoch takes what is left. Batch normalisation sees each batch by itself.
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

    /// <summary>
    /// What the mean loss of a batch is divided by, 0 or more: the weight of the batch among others, and the unit of examples per second.
    /// Unless set, what an <see cref="ICountedBatch"/> says, such as the number of labels of a <see cref="LabelledBatch"/>; for a loss of
    /// several terms that of the first; 1 for any other batch. With ignored labels or class weights:
    /// <c>batch =&gt; options.CountOf(batch.Labels)</c>. A batch of which it is 0 has no loss.
    /// </summary>
    public Func<TBatch, double> CountOf
    {
        get => countOf ?? (Terms.Count > 1 ? Terms[0].CountOf : static batch => batch is ICountedBatch counted ? counted.LossCount : 1);
        set => countOf = value;
    }

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
        if (Accumulate > 1 && countOf is null && Terms.Count == 1 && !typeof(ICountedBatch).IsAssignableFrom(typeof(TBatch)))
            throw new InvalidOperationException(
                $"Trainer: Accumulate = {Accumulate} averages the losses of several {typeof(TBatch).Name}, " +
                "and nothing says what the mean of one is over. " +
                "Set CountOf, such as batch => batch.Labels.Length, or implement ICountedBatch.");
        using var held = run?.Lock();
        using var log = run is null ? null : new MetricsLog(run.Metrics);
        var loop = new TrainingLoop<TBatch>(this, train, validation, run, log is null ? [.. Callbacks] : [log, .. Callbacks]);
        return loop.Run(resume, cancellation);
    }

    internal BatchLosses Compute(TBatch batch)
    {
        var computed = losses(batch);
        return computed.Means.Count == Terms.Count ? computed
            : throw new ArgumentException($"Trainer: the closure returned {computed.Means.Count} losses for {Terms.Count} terms " +
                $"({string.Join(", ", Terms.Select(term => term.Name))}): one each is needed, in this order.");
    }

    private static Func<TBatch, BatchLosses> Single(Func<TBatch, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return batch => new([loss(batch)]);
    }

    private static Func<TBatch, BatchLosses> Several(Func<TBatch, IReadOnlyList<Tensor>> losses)
    {
        ArgumentNullException.ThrowIfNull(losses);
        return batch => new(losses(batch));
    }

    private protected static IReadOnlyList<LossTerm<TBatch>> Checked(IReadOnlyList<LossTerm<TBatch>> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0) throw new ArgumentException("Trainer: a loss has at least one term.");
        var unusable = terms.GroupBy(term => term.Name).FirstOrDefault(same => same.Count() > 1 || (same.Key == "loss" && terms.Count > 1));
        return unusable is null ? [.. terms]
            : throw new ArgumentException($"Trainer: the name '{unusable.Key}' of a term is that of another or of their sum; " +
                "give each a name of its own.");
    }

    private static long AtLeastOne(long value) => value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Trainer: at least 1 is needed.");

    private static int AtLeastOne(int value) => value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Trainer: at least 1 is needed.");
}
