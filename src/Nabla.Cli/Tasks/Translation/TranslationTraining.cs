using Nabla.Checkpoints;
using Nabla.Losses;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>A training on pairs of texts.</summary>
sealed class TranslationTraining : ITraining
{
    const int MostWarmUp = 4000, PrintedExamples = 8;

    readonly TranslationSettings settings;
    readonly PairSource source;
    readonly NumberedPair[] pairs;

    TranslationTraining(TranslationSettings settings, PairSource source, PairParts parts, Tokenizers tokenizers)
    {
        (this.settings, this.source, Parts, Tokenizers) = (settings, source, parts, tokenizers);
        pairs = PairParts.Numbered(parts.Train, tokenizers, settings.MaximumLength);
        if (pairs.Length == 0)
            throw new UserException($"No pair has at most {settings.MaximumLength} tokens on either side: raise --max-length.");
    }

    /// <summary>The parts of the data.</summary>
    public PairParts Parts { get; }

    public Tokenizers Tokenizers { get; }

    public TaskSettings Settings => settings;

    public string DataName => source.Name;

    public string ModelName => settings.Model;

    public string Unit => "tokens";

    public int? Epochs => settings.Epochs;

    public Goal Goal => TranslationEvaluator.TokenError;

    public IReadOnlyList<(string Name, string Value)> Choices => TranslationChoices.Of(settings, source, Parts, Tokenizers, pairs.Length);

    public static TranslationTraining Begin(TranslationSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException($"--data is missing: {PairSource.Kinds}.");
        var source = Open(settings);
        settings.SourceTokens.Choose(source.Kind.SourceTokens);
        settings.TargetTokens.Choose(source.Kind.TargetTokens);
        settings.FeedForward.Choose(4 * settings.Width);
        settings.Layers.Choose(settings.Model.Value == "lstm" ? 1 : 3);
        var parts = PairParts.Of(source, settings.Validation, settings.Test, settings.Split);
        settings.Sources.Set(parts.Counts);
        Validate(settings);
        var training = new TranslationTraining(settings, source, parts, Tokenizers.Train(parts.Train, settings));
        var batches = PairParts.Training(training.pairs, training.Tokenizers, settings).LongCount();
        settings.Steps.Set(settings.Epochs * ((batches + settings.Accumulate - 1) / settings.Accumulate));
        settings.WarmUp.Choose(Math.Clamp(settings.Steps / 10, 1, MostWarmUp));
        return training;
    }

    public static TranslationTraining Continue(TranslationSettings settings, RunFolder run)
    {
        var source = Open(settings);
        var parts = PairParts.Of(source, settings.Validation, settings.Test, settings.Split);
        if (!parts.Counts.SequenceEqual(settings.Sources.Value))
        {
            throw new UserException($"{settings.Data} has {parts.Counts.Sum()} sources now, the run was begun with " +
                $"{settings.Sources.Value.Sum()}, so that its position in them is lost. " +
                "Restore the data, or begin a new run.");
        }
        return new(settings, source, parts, Tokenizers.Load(run));
    }

    public void WriteFiles(RunFolder run) => Tokenizers.Save(run);

    public TrainingResult Train(TrainingContext context)
    {
        var model = TranslationModels.Make(settings, Tokenizers);
        var options = new CrossEntropyOptions { LabelSmoothing = settings.LabelSmoothing };
        Tensor Loss(PairBatch batch) => model.Forward(batch.Source, batch.Input).Values.CrossEntropy(batch.Wanted.Values, options);
        var greedy = new GreedySearch(Tokenizers.Start, Tokenizers.TargetEnd, settings.MaximumLength + 1);
        var trainer = new Trainer<PairBatch>(model, TranslationModels.Optimizer(settings, model), Loss)
        {
            Epochs = settings.Epochs, Accumulate = settings.Accumulate, ClipNorm = settings.ClipNorm,
            Schedule = TranslationModels.Schedule(settings),
            Evaluator = new TranslationEvaluator(model, Tokenizers, greedy),
            CountOf = batch => batch.Wanted.Values.Shape[0],
        };
        return context.Fit(trainer, settings, PairParts.Training(pairs, Tokenizers, settings),
            PairParts.Evaluation(Parts.Validation, Tokenizers, settings));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var (metrics, translations) = Evaluate(Load(settings, Tokenizers, run.Best), Parts.Test);
        var headline = $"Test: {Described(metrics, translations.Count)}.";
        var facts = Choices.Concat(metrics.Select(metric =>
            ($"test: {metric.Key.Replace('_', ' ')}", MetricText.ValueOf(metric.Key, metric.Value)))).Concat(RunFacts.Of(result));
        TrainingReport.Write(run, $"{ModelName} on {DataName}", headline, facts);
        return new(headline, TrainingOutcome.Metrics(result, metrics),
            [.. Unchanged(Parts.Test), .. translations.Take(PrintedExamples).Select(Printed)], $"nabla predict {run.Folder} TEXT …");
    }

    /// <summary>The metrics of a model on texts, which it writes by beam search.</summary>
    public (IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<Translated> Translations) Evaluate(ISequenceToSequence model,
        IReadOnlyList<PairEntry> entries)
    {
        var evaluator = new TranslationEvaluator(model, Tokenizers, Beam(settings, Tokenizers));
        return (evaluator.Evaluate(PairParts.Evaluation(entries, Tokenizers, settings)), evaluator.Translations);
    }

    /// <summary>Metrics in words.</summary>
    public string Described(IReadOnlyDictionary<string, double> metrics, int sources)
    {
        var token = settings.TargetTokens.Value == Tokenizers.Characters ? "character" : source.Kind.Token;
        var sequence = source.Kind.Sequence;
        return Invariant($"{token} error {metrics["token_error"]:0.00%}, {sequence} error {metrics["sequence_error"]:0.00%}, ") +
            Invariant($"BLEU {metrics["bleu"]:0.00}, chrF {metrics["chrf"]:0.00} ({sources:n0} sources)");
    }

    /// <summary>The metrics of the sources as they are: what to compare a model with whose sides are of one language. Nothing where they
    /// have next to nothing in common with the targets.</summary>
    public IEnumerable<string> Unchanged(IReadOnlyList<PairEntry> entries)
    {
        var scores = new TranslationScores(Tokenizers);
        foreach (var entry in entries) scores.Update(new(entry, entry.Source));
        var metrics = scores.Values;
        if (metrics["bleu"] >= 1) yield return $"The sources unchanged: {Described(metrics, entries.Count)}.";
    }

    /// <summary>The model of a checkpoint.</summary>
    public static ISequenceToSequence Load(TranslationSettings settings, Tokenizers tokenizers, string checkpoint)
    {
        var model = TranslationModels.Make(settings, tokenizers);
        Checkpoint.Load(model, checkpoint);
        return model;
    }

    public static BeamSearch Beam(TranslationSettings c, Tokenizers tokenizers, int least = 1) =>
        new(tokenizers.Start, tokenizers.TargetEnd, c.MaximumLength + 1, Math.Max(least, c.Beam)) { LengthPenalty = c.LengthPenalty };

    static string Printed(Translated translated)
    {
        var (entry, written) = translated;
        var correction = entry.Targets.Contains(written) ? "" : $"   (correct: {string.Join(" or ", entry.Targets)})";
        return $"{entry.Source} → {written}{correction}";
    }

    static PairSource Open(TranslationSettings settings)
    {
        settings.Data.Set(Path.Exists(settings.Data) ? Path.GetFullPath(settings.Data) : settings.Data.Value);
        return PairSource.Open(settings.Data, settings.Targets.OrNull());
    }

    static void Validate(TranslationSettings c)
    {
        var model = c.Model.Value;
        if (model == "transformer" && c.Width % c.Heads != 0)
            throw new UserException($"--width {c.Width} does not divide by --heads {c.Heads}.");
        if (model == "lstm" && c.Width % 2 != 0) throw new UserException($"--width {c.Width}: an lstm needs an even width.");
        var longest = 2 * (c.MaximumLength + 1);
        if (c.Tokens < longest) throw new UserException(
            $"--tokens {c.Tokens}: a pair of --max-length {c.MaximumLength} has up to {longest} tokens, which must fit into a batch.");
        var least = Math.Max(Tokenizers.Least(c.SourceTokens), Tokenizers.Least(c.TargetTokens));
        if (c.Vocabulary < least)
            throw new UserException($"--vocabulary {c.Vocabulary}: of {c.SourceTokens} → {c.TargetTokens} at least {least} are needed.");
    }
}
