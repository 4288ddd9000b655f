using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Tests.Training;

/// <summary>A training that takes milliseconds and has everything in it that a state must keep.</summary>
static class Small
{
    public const int Classes = 3;

    /// <summary>Points around three centres, as 1×2×2 images.</summary>
    public static Dataset<Example> Examples(int count, ulong seed = 5)
    {
        var random = new Generator(seed);
        var labels = Enumerable.Range(0, count).Select(i => i % Classes).ToArray();
        var images = labels.Select(label => (Tensor.Normal([1, 2, 2], 0, 0.7, random) + (label - 1)).Contiguous()).ToArray();
        return Dataset.From(count, i => new Example(images[i], labels[i]));
    }

    /// <summary>Shuffled, disturbed, batched and made ahead on other threads.</summary>
    public static Pipeline<LabelledBatch> Train(int count = 70, int batch = 8) => Examples(count).Shuffle(seed: 3)
        .Map((example, random) => example with { Image = example.Image + Tensor.Normal([1, 2, 2], 0, 0.1, random) }).Batch(batch).Prefetch(3, 2);

    public static Pipeline<LabelledBatch> Validation => Examples(30, seed: 6).Batch(16);

    public static Sequential Net(ulong seed = 1, double dropout = 0.2) => new Sequential(
        new Flatten(), new Linear(4, 16), new BatchNorm(16), new ReLU(), new Dropout(dropout), new Linear(16, Classes)).Initialize(seed);

    /// <summary>With everything switched on.</summary>
    public static Trainer<LabelledBatch> Trainer(Sequential? net = null)
    {
        net ??= Net();
        var model = net;
        return new(model, new AdamW(model, 0.01) { WeightDecay = 0.01 }, batch => model.Forward(batch.Inputs).CrossEntropy(batch.Labels))
        {
            Epochs = 4, Accumulate = 2, ClipNorm = 1, Average = new MovingAverage(model, 0.9), Seed = 11, LogEvery = 3, SaveEvery = 2,
            Evaluator = new ClassificationEvaluator(model.Forward, Classes),
            Schedule = new Plateau(0.01, patience: 0, largerIsBetter: true).WarmUp(4),
        };
    }

    /// <summary>Trains until the end, or until the test is to end.</summary>
    public static TrainingResult Run<TBatch>(
        this Trainer<TBatch> trainer, Pipeline<TBatch> train, Pipeline<TBatch>? validation = null, RunFolder? run = null, bool resume = false) =>
        trainer.Fit(train, validation, run, resume, TestContext.Current.CancellationToken);
}

/// <summary>Does something at each step.</summary>
sealed class AtStep(Action<TrainingStep> act) : ITrainingCallback
{
    public void OnStep(TrainingStep step) => act(step);
}

/// <summary>Keeps what it is told.</summary>
sealed class Witness : ITrainingCallback
{
    public List<TrainingStep> Steps { get; } = [];

    public List<Evaluation> Evaluations { get; } = [];

    public TrainingResult? Result { get; private set; }

    public void OnStep(TrainingStep step) => Steps.Add(step);

    public void OnEvaluation(Evaluation evaluation) => Evaluations.Add(evaluation);

    public void OnEnd(TrainingResult result) => Result = result;
}
