using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Formats.TensorBoard;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Reports;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>Trains by a plan in a run folder, judges what came out of it and writes the report.</summary>
sealed class ImageRun(ImagePlan plan, RunFolder run)
{
    const int KeptMistakes = 24;

    readonly ImageConfiguration configuration = plan.Configuration;

    /// <summary>Trains to the end, or until it is asked to stop.</summary>
    public TrainingResult Train(bool resume, CancellationToken cancellation, params ReadOnlySpan<ITrainingCallback> watchers)
    {
        var model = ImageModels.Make(configuration);
        if (configuration.StartedFrom is { } earlier && !run.HasState) Begin(model, earlier);
        using var board = configuration.TensorBoard ? new TensorBoardCallback(run.Folder) : null;
        var trainer = Trainer(model);
        foreach (var watcher in watchers) trainer.Callbacks.Add(watcher);
        if (board is not null) trainer.Callbacks.Add(board);
        return trainer.Fit(ImageParts.Training(plan.Parts.Train, configuration), ImageParts.Evaluation(plan.Parts.Validation, configuration), run, resume, cancellation);
    }

    Trainer<LabelledBatch> Trainer(ILayer model)
    {
        var perEpoch = (plan.Parts.Train.Count + configuration.Batch - 1) / configuration.Batch;
        var steps = configuration.Epochs * ((perEpoch + configuration.Accumulate - 1) / configuration.Accumulate);
        var options = new CrossEntropyOptions { LabelSmoothing = configuration.LabelSmoothing };
        return new(model, ImageModels.Optimizer(configuration, model), batch => Loss(model.Forward(batch.Inputs), batch.Labels, options))
        {
            Epochs = configuration.Epochs, Accumulate = configuration.Accumulate, ClipNorm = configuration.ClipNorm, Seed = configuration.Seed,
            Average = configuration.Average is { } decay ? new MovingAverage(model, decay) : null,
            EarlyStopping = configuration.Patience is { } patience ? new EarlyStopping(patience) : null,
            Schedule = ImageModels.Schedule(configuration, steps), SaveEvery = configuration.SaveEvery,
            Evaluator = new ClassificationEvaluator(model.Forward, configuration.Classes.Length),
        };
    }

    /// <summary>Labels that mix-up has blended are shares of all classes: [batch, classes].</summary>
    static Tensor Loss(Tensor logits, Tensor labels, CrossEntropyOptions options) =>
        labels.Rank == 2 ? -(labels * logits.LogSoftmax(axis: 1)).Sum(axis: 1).Mean() : logits.CrossEntropy(labels, options);

    /// <summary>Takes over what fits from an earlier run; a last layer for other classes begins anew.</summary>
    static void Begin(ILayer model, string earlier) => Checkpoint.Load(model, RunFolder.Open(earlier).Best, strict: false);

    /// <summary>The best checkpoint on the test part, with the report.</summary>
    public TrainingSummary Judge(TrainingResult result)
    {
        var (evaluator, test) = Evaluate(configuration, run.Best, plan.Parts.Test, KeptMistakes);
        var size = plan.Parts.Test.Count;
        var facts = plan.Assumptions.Append(("best", Invariant($"step {result.Best?.Step:n0}, after epoch {result.Best?.Epoch}"))).Append(("time", Time(result.Elapsed)));
        TrainingReport.Write(run, $"{configuration.Model} on {plan.Source.Name}", Invariant($"{test["accuracy"]:0.00%} of {size:n0} pictures that it had not seen are called rightly."), facts,
            new(Invariant($"{size:n0} pictures that it had not seen"), evaluator.Matrix, configuration.Classes, [.. evaluator.Mistakes.Select(Picture)]));
        return new(run.Folder, result.End.ToString(), result.Steps, result.Epochs, Math.Round(result.Elapsed.TotalSeconds, 3), result.Best?.Chosen ?? test, test, run.Report);
    }

    /// <summary>How a checkpoint of a run does on pictures.</summary>
    public static (ClassificationEvaluator Evaluator, IReadOnlyDictionary<string, double> Metrics) Evaluate(
        ImageConfiguration configuration, string checkpoint, Dataset<Example> pictures, int keptMistakes = 0)
    {
        var model = ImageModels.Make(configuration);
        Checkpoint.Load(model, checkpoint);
        var evaluator = new ClassificationEvaluator(model.Forward, configuration.Classes.Length) { KeptMistakes = keptMistakes };
        return (evaluator, evaluator.Evaluate(ImageParts.Evaluation(pictures, configuration)));
    }

    (Tensor Image, string Words) Picture(Mistake mistake)
    {
        var pixels = (mistake.Input * configuration.PerChannel(configuration.Deviation)) + configuration.PerChannel(configuration.Mean);
        return (pixels, Invariant($"{configuration.Classes[mistake.Truth]}, taken for {configuration.Classes[mistake.Called]} ({mistake.Probability:0%})"));
    }

    public static string Time(TimeSpan time) => time.TotalMinutes < 1 ? Invariant($"{time.TotalSeconds:0.0} s") : time.TotalHours < 1 ? Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s") : Invariant($"{(int)time.TotalHours} h {time.Minutes} min");
}
