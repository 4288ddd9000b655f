using Nabla.Checkpoints;
using Nabla.Cli.Sentences;
using Nabla.Cli.Tasks.Texts;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>The fine-tuning of a pretrained BERT.</summary>
sealed class FineTuningTraining<T> : ITraining
{
    readonly TextSettings settings;
    readonly Head<T> head;
    readonly FineTuningSource<T> source;
    readonly ExampleParts<T> parts;
    readonly Pretrained pretrained;
    readonly IBertModel model;
    readonly IReadOnlyList<string> labels;

    public FineTuningTraining(TextSettings settings, Head<T> head, FineTuningSource<T> source, ExampleParts<T> parts, Pretrained pretrained)
    {
        (this.settings, this.head, this.source, this.parts, this.pretrained) = (settings, head, source, parts, pretrained);
        labels = settings.Classes.Value;
        model = head.NewModel(Configuration(settings, head, pretrained.Configuration));
    }

    public TaskSettings Settings => settings;

    public string DataName => source.Name;

    public string ModelName => FineTuningChoices.NameOf(settings.Model);

    public string Unit => head.Unit;

    public int? Epochs => settings.Epochs;

    public Goal Goal => head.NewEvaluator(model, new([], [])).Goal;

    public IReadOnlyList<(string Name, string Value)> Choices => field ??=
        FineTuningChoices.Of(settings, head, source, parts, model, pretrained);

    /// <summary>The configuration of the model with its labels and dropout.</summary>
    public static BertConfiguration Configuration(TextSettings settings, Head<T> head, BertConfiguration pretrained)
    {
        var configuration = head.Configure(pretrained, settings.Classes.Value);
        return settings.Dropout.IsGiven ? configuration with { HiddenDropout = settings.Dropout, AttentionDropout = settings.Dropout,
            ClassifierDropout = null } : configuration;
    }

    public void WriteFiles(RunFolder run)
    {
        var folder = Directory.CreateDirectory(PretrainedModel.InRun(run.Folder)).FullName;
        model.Bert.Configuration.Save(folder, model.GetType().Name);
        pretrained.Tokenizer.Save(folder);
    }

    public TrainingResult Train(TrainingContext context)
    {
        model.Initialize(settings.Seed);
        if (!context.Resume || !context.Run.HasState) Pretrained.Open(settings.Model).LoadInto(model);
        FineTuningChoices.Freeze(settings, model);
        var (train, validation) = (Encode(parts.Train), Encode(parts.Validation));
        var steps = FineTuningChoices.StepsOf(train.Encoded.Count, settings.Batch) * settings.Epochs;
        var optimizer = Nabla.Training.FineTuning.Optimizer(model, settings.LearningRate, settings.WeightDecay,
            settings.LayerDecay.OrNull() ?? 1);
        var trainer = new Trainer<FineTuningBatch>(model, optimizer, batch => Nabla.Training.FineTuning.Loss(model, batch))
        {
            Epochs = settings.Epochs, ClipNorm = settings.ClipNorm,
            Schedule = new LinearWithWarmUp(settings.LearningRate, FineTuningChoices.WarmUp(steps), steps),
            Evaluator = head.NewEvaluator(model, validation),
        };
        return context.Fit(trainer, settings, Nabla.Training.FineTuning.Batches(train.Encoded, settings.Batch, settings.Seed),
            Nabla.Training.FineTuning.Batches(validation.Encoded));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        Checkpoint.Load(model, run.Best);
        BertCheckpoint.Save(model, PretrainedModel.InRun(run.Folder));
        var test = Encode(parts.Test);
        var (metrics, said) = Evaluate(head, model, test, labels, "test ", parts.Train.ToArray());
        var facts = Choices.Concat(metrics.Select(metric => ($"test {metric.Key}", MetricText.ValueOf(metric.Key, metric.Value))))
            .Concat(RunFacts.Of(result));
        TrainingReport.Write(run, $"{ModelName} on {DataName}", said.Headline, facts, said.Judgement, said.Write);
        return new(said.Headline, TrainingOutcome.Metrics(result, metrics), [.. said.Lines.TakeWhile(line => line.Length > 0)],
            $"nabla predict {run.Folder} \"TEXT\"{(head.SecondOption is { } option ? $" {option} \"TEXT\"" : "")}");
    }

    /// <summary>The metrics of the model of a checkpoint on the test part.</summary>
    public (long Count, IReadOnlyDictionary<string, double> Metrics, EvaluationText Said) EvaluateTest(IBertModel trained)
    {
        var (metrics, said) = Evaluate(head, trained, Encode(parts.Test), labels, "test ", parts.Train.ToArray());
        return (parts.Test.Count, metrics, said);
    }

    /// <summary>The metrics of a model on examples.</summary>
    public static (IReadOnlyDictionary<string, double> Metrics, EvaluationText Said) Evaluate(Head<T> head, IBertModel model,
        EncodedPart<T> part, IReadOnlyList<string> labels, string prefix, IReadOnlyList<T>? train)
    {
        var evaluator = head.NewEvaluator(model, part);
        var metrics = evaluator.Evaluate(Nabla.Training.FineTuning.Batches(part.Encoded));
        return (metrics, head.Describe(prefix, evaluator, metrics, part, labels, train));
    }

    EncodedPart<T> Encode(IEnumerable<T> examples) => head.Encode([.. examples], pretrained.Tokenizer, settings.Tokens, labels);
}

/// <summary>Begins and continues fine-tunings.</summary>
static class FineTuningTraining
{
    /// <summary>A new one.</summary>
    public static ITraining Begin<T>(TextSettings settings, Pretrained pretrained, Head<T> head, FineTuningSource<T>? source = null)
    {
        source ??= head.Open(settings.Data, settings);
        var parts = PartsOf(settings, head, source);
        head.SetColumns(settings);
        FineTuningChoices.Choose(settings, pretrained, head, source, parts);
        return new FineTuningTraining<T>(settings, head, source, parts, pretrained);
    }

    /// <summary>That of a run.</summary>
    public static FineTuningTraining<T> Continue<T>(TextSettings settings, RunFolder run, Head<T> head)
    {
        var source = head.Open(settings.Data, settings, settings.Classes.Value);
        var parts = PartsOf(settings, head, source);
        if (!source.Labels.SequenceEqual(settings.Classes.Value) || !parts.Counts.SequenceEqual(settings.Texts.Value))
            throw new UserException(Invariant($"{settings.Data} has {parts.Counts.Sum():n0} {head.Unit} with the labels ") +
                Invariant($"{TextChoices.Listed(source.Labels)} now; the run was begun with {settings.Texts.Value.Sum():n0} with ") +
                $"{TextChoices.Listed(settings.Classes.Value)}. Restore the data, or begin a new run.");
        return new(settings, head, source, parts, Pretrained.OfFolder(PretrainedModel.InRun(run.Folder)));
    }

    static ExampleParts<T> PartsOf<T>(TextSettings settings, Head<T> head, FineTuningSource<T> source)
    {
        var parts = ExampleParts.Of(source.Given, head.KeyOf, head.ClassOf, settings.Validation, settings.Test, settings.Split, head.Unit);
        if (!settings.Examples.HasValue || settings.Examples >= parts.Train.Count) return parts;
        return parts with
        {
            Train = parts.Train.At(new Generator(settings.Split).Permutation((int)parts.Train.Count).AsSpan(0, settings.Examples)),
            Origin = Invariant($"{parts.Origin}; {settings.Examples:n0} of {parts.Train.Count:n0} to learn from (--examples)"),
        };
    }
}
