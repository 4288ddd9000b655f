using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Reports;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Images;

/// <summary>A training on images.</summary>
sealed class ImageTraining : ITraining
{
    const int MostBatch = 64;

    /// <summary>With fewer steps in an epoch than this, batches are made smaller, though not too small for batch statistics.</summary>
    const int LeastSteps = 20, LeastBatch = 8;

    const int KeptMistakes = 24;

    readonly ImageSettings settings;
    readonly ImageSource source;

    ImageTraining(ImageSettings settings, ImageSource source, ImageParts parts) =>
        (this.settings, this.source, Parts) = (settings, source, parts);

    /// <summary>The parts of the data.</summary>
    public ImageParts Parts { get; }

    public TaskSettings Settings => settings;

    public string DataName => source.Name;

    public string ModelName => settings.Model;

    public string Unit => "images";

    public int? Epochs => settings.Epochs;

    public Goal Goal { get; } = new("accuracy", LargerIsBetter: true);

    public IReadOnlyList<(string Name, string Value)> Choices => ImageChoices.Of(settings, source, Parts);

    public static ImageTraining Begin(ImageSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException($"--data is missing: {ImageSource.Kinds}.");
        settings.Data.Set(Path.Exists(settings.Data) ? Path.GetFullPath(settings.Data) : settings.Data.Value);
        var earlier = EarlierRun.Of(settings);
        if (earlier is not null) EarlierRun.Inherit(settings, earlier);
        var size = settings.Size.OrNull();
        var form = earlier is null ? new(null, size, size) : ImageForm.Of(earlier);
        var source = ImageSource.Open(settings.Data, form with { SkipUnreadable = settings.SkipUnreadable });
        if (source.Classes.Count < 2) throw new UserException($"{settings.Data} has {source.Classes.Count} class; at least 2 are needed.");
        if (earlier is not null && earlier.Channels != source.Size.Channels)
            throw new UserException($"--model {settings.StartedFrom} was trained on images of {earlier.Channels} channels; these have " +
                $"{source.Size.Channels}. Name a model to train from scratch, such as --model {earlier.Model}.");
        var parts = ImageParts.Of(source, settings.Validation, settings.Test, settings.Split);
        if (source.Test is not null) settings.Test.Set(0);
        ChooseInputs(settings, source, parts);
        ChooseTraining(settings, parts);
        return new(settings, source, parts);
    }

    public static ImageTraining Continue(ImageSettings settings)
    {
        settings.Data.Set(Path.Exists(settings.Data) ? Path.GetFullPath(settings.Data) : settings.Data.Value);
        var source = ImageSource.Open(settings.Data, ImageForm.Of(settings));
        if (!source.Classes.SequenceEqual(settings.Classes.Value))
            throw new UserException($"{settings.Data} has the classes {ImageChoices.Listed(source.Classes)}; the run was begun with " +
                $"{ImageChoices.Listed(settings.Classes.Value)}. Restore the data, or begin a new run.");
        var parts = ImageParts.Of(source, settings.Validation, settings.Test, settings.Split);
        if (!parts.Counts.SequenceEqual(settings.Counts.Value))
        {
            throw new UserException(Invariant($"{settings.Data} has {parts.Counts.Sum():n0} images now, the run was begun with ") +
                Invariant($"{settings.Counts.Value.Sum():n0}, so that its position in them is lost. ") +
                "Restore the data, or begin a new run from the weights of this one: --model RUN.");
        }
        return new(settings, source, parts);
    }

    public TrainingResult Train(TrainingContext context)
    {
        var model = ImageModels.Make(settings);
        // A last layer for other classes keeps its initialisation.
        if (settings.StartedFrom.OrNull() is { } earlier && !context.Run.HasState)
            Checkpoint.Load(model, RunFolder.Open(earlier).Best, strict: false);
        var perEpoch = (Parts.Train.Count + settings.Batch - 1) / settings.Batch;
        var steps = settings.Epochs * ((perEpoch + settings.Accumulate - 1) / settings.Accumulate);
        var options = new CrossEntropyOptions { LabelSmoothing = settings.LabelSmoothing };
        var trainer = new Trainer<LabelledBatch>(model, ImageModels.Optimizer(settings, model), batch =>
            Loss(model.Forward(batch.Inputs), batch.Labels, options))
        {
            Epochs = settings.Epochs, Accumulate = settings.Accumulate, ClipNorm = settings.ClipNorm.OrNull(),
            Schedule = ImageModels.Schedule(settings, steps),
            Evaluator = new ClassificationEvaluator(model.Forward, settings.Classes.Value.Length), Goal = Goal,
        };
        return context.Fit(trainer, settings, ImageParts.Training(Parts.Train, settings),
            ImageParts.Evaluation(Parts.Validation, settings));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var (evaluator, test) = Evaluate(settings, run.Best, Parts.Test, KeptMistakes);
        var images = Invariant($"{Parts.Test.Count:n0} images");
        var headline = Headline("Test accuracy", test, images);
        TrainingReport.Write(run, $"{ModelName} on {DataName}", headline, [.. Choices, .. RunFacts.Of(result)],
            new($"{images} of the test part", evaluator.Matrix, settings.Classes.Value, [.. evaluator.Mistakes.Select(Drawn)]));
        return new(headline, TrainingOutcome.Metrics(result, test), [], $"nabla predict {run.Folder} IMAGE …");
    }

    /// <summary>The metrics of a checkpoint on images.</summary>
    public static (ClassificationEvaluator Evaluator, IReadOnlyDictionary<string, double> Metrics) Evaluate(ImageSettings settings,
        string checkpoint, Dataset<Example> images, int keptMistakes = 0)
    {
        var model = ImageModels.Make(settings);
        Checkpoint.Load(model, checkpoint);
        var evaluator = new ClassificationEvaluator(model.Forward, settings.Classes.Value.Length) { KeptMistakes = keptMistakes };
        return (evaluator, evaluator.Evaluate(ImageParts.Evaluation(images, settings)));
    }

    /// <summary>Metrics in a sentence: Test accuracy 98.54% (179 images), loss 0.0512.</summary>
    public static string Headline(string accuracy, IReadOnlyDictionary<string, double> metrics, string data) =>
        Invariant($"{accuracy} {metrics["accuracy"]:0.00%} ({data}), loss {metrics["loss"]:0.0000}.");

    /// <summary>Labels that mix-up has blended are fractions of all classes: [batch, classes].</summary>
    static Tensor Loss(Tensor logits, Tensor labels, CrossEntropyOptions options) =>
        labels.Rank == 2 ? -(labels * logits.LogSoftmax(axis: 1)).Sum(axis: 1).Mean() : logits.CrossEntropy(labels, options);

    (Tensor Image, string Words) Drawn(Mistake mistake)
    {
        var pixels = (mistake.Input * settings.PerChannel(settings.Deviation)) + settings.PerChannel(settings.Mean);
        return (pixels, Invariant($"{settings.Classes.Value[mistake.Truth]}, predicted {settings.Classes.Value[mistake.Called]} ") +
            Invariant($"({mistake.Probability:0%})"));
    }

    /// <summary>The form of the images, and the model by it.</summary>
    static void ChooseInputs(ImageSettings settings, ImageSource source, ImageParts parts)
    {
        settings.Model.Choose(ImageModels.Default(source.Size));
        settings.Classes.Set([.. source.Classes]);
        settings.Channels.Set(source.Size.Channels);
        settings.Counts.Set(parts.Counts);
        // Photographs look the same in a mirror; letters and digits do not.
        settings.Augment.Choose(source.Size.Channels == 3 ? ["flip", "crop"] : []);
        if (settings.StartedFrom.HasValue) return;
        var (height, width) = SizeFor(settings.Model, source, settings.Size.OrNull());
        settings.Height.Set(height);
        settings.Width.Set(width);
        var statistics = ChannelStatistics.Of(parts.Train.Transform(new Resize(height, width)));
        settings.Mean.Set([.. statistics.Mean.Select(Short)]);
        settings.Deviation.Set([.. statistics.Deviation.Select(deviation => Math.Max(Short(deviation), 1e-3))]);

        static double Short(double value) => Math.Round(value, 4);
    }

    static void ChooseTraining(ImageSettings settings, ImageParts parts)
    {
        settings.Batch.Choose((int)Math.Clamp(parts.Train.Count / LeastSteps, LeastBatch, MostBatch));
        settings.Optimizer.Choose(ImageModels.DefaultOptimizer(settings.Model));
        settings.LearningRate.Choose(ImageModels.DefaultRate(settings.Optimizer) * (settings.StartedFrom.HasValue ? 0.1 : 1));
        settings.WeightDecay.Choose(ImageModels.DefaultDecay(settings.Optimizer));
    }

    static (int Height, int Width) SizeFor(string model, ImageSource source, int? asked)
    {
        var least = ImageModels.LeastSide(model);
        if (asked < least) throw new UserException($"--size {asked}: {model} needs images of at least {least} × {least}.");
        if (asked is { } side) return (side, side);
        // Twice as large as often as needed: pixels stay pixels.
        var larger = Math.Max(source.Size.Height, source.Size.Width);
        while (larger < least) larger *= 2;
        return model == "mlp" ? (source.Size.Height, source.Size.Width) : (larger, larger);
    }
}
