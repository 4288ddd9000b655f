using Nabla.Checkpoints;
using Nabla.Cli.Training;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>Trains by a plan in a run folder, judges what came out of it and writes the report.</summary>
sealed class TranslationRun(TranslationPlan plan, RunFolder run)
{
    readonly TranslationConfiguration c = plan.Configuration;

    /// <summary>Trains to the end, or until it is asked to stop.</summary>
    public TrainingResult Train(bool resume, CancellationToken cancellation, params ReadOnlySpan<ITrainingCallback> watchers)
    {
        var model = TranslationModels.Make(c, plan.Tokenizers);
        var options = new CrossEntropyOptions { LabelSmoothing = c.LabelSmoothing };
        var trainer = new Trainer<PairBatch>(model, TranslationModels.Optimizer(c, model), batch => model.Forward(batch.Source, batch.Input).Values.CrossEntropy(batch.Wanted.Values, options))
        {
            Epochs = c.Epochs, Accumulate = c.Accumulate, ClipNorm = c.ClipNorm, Seed = c.Seed, Schedule = TranslationModels.Schedule(c), SaveEvery = c.SaveEvery,
            Average = c.Average is { } decay ? new MovingAverage(model, decay) : null,
            EarlyStopping = c.Patience is { } patience ? new EarlyStopping(patience) : null,
            Evaluator = new TranslationEvaluator(model, plan.Tokenizers, Greedy(c, plan.Tokenizers)),
            CountOf = batch => batch.Wanted.Values.Shape[0],
        };
        foreach (var watcher in watchers) trainer.Callbacks.Add(watcher);
        return trainer.Fit(PairParts.Training(plan.Pairs, plan.Tokenizers, c), PairParts.Evaluation(plan.Parts.Validation, plan.Tokenizers, c), run, resume, cancellation);
    }

    /// <summary>The best checkpoint on the test part, with the report.</summary>
    public (TrainingSummary Summary, IReadOnlyList<Translation> Examples) Judge(TrainingResult result)
    {
        var (metrics, translations) = Evaluate(plan, Load(c, plan.Tokenizers, run.Best), plan.Parts.Test);
        var facts = plan.Assumptions.Concat(metrics.Select(metric => ($"test: {metric.Key.Replace('_', ' ')}", Invariant($"{metric.Value:0.0000}"))));
        TrainingReport.Write(run, $"{c.Model} on {plan.Source.Name}", Said(plan, metrics, translations.Count), facts.Append(("time", ImageRun.Time(result.Elapsed))));
        return (new(run.Folder, result.End.ToString(), result.Steps, result.Epochs, Math.Round(result.Elapsed.TotalSeconds, 3), result.Best?.Chosen ?? metrics, metrics, run.Report), translations);
    }

    /// <summary>How a model does on texts, written by beam search.</summary>
    public static (IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<Translation> Translations) Evaluate(TranslationPlan plan, ISequenceToSequence model, IReadOnlyList<PairEntry> entries)
    {
        var c = plan.Configuration;
        var evaluator = new TranslationEvaluator(model, plan.Tokenizers, Beam(c, plan.Tokenizers));
        return (evaluator.Evaluate(PairParts.Evaluation(entries, plan.Tokenizers, c)), evaluator.Translations);
    }

    /// <summary>The scores of sources that are left as they are: what to compare a model with whose sides are of one language.</summary>
    public static IReadOnlyDictionary<string, double> Unchanged(TranslationPlan plan, IReadOnlyList<PairEntry> entries)
    {
        var scores = new TranslationScores(plan.Tokenizers);
        foreach (var entry in entries) scores.Update(new(entry, entry.Source));
        return scores.Values;
    }

    /// <summary>The model of a checkpoint.</summary>
    public static ISequenceToSequence Load(TranslationConfiguration configuration, Tokenizers tokenizers, string checkpoint)
    {
        var model = TranslationModels.Make(configuration, tokenizers);
        Checkpoint.Load(model, checkpoint);
        return model;
    }

    public static SequenceSearch Beam(TranslationConfiguration c, Tokenizers tokenizers) =>
        new BeamSearch(tokenizers.Start, tokenizers.TargetEnd, c.MaximumLength + 1, c.Beam) { LengthPenalty = c.LengthPenalty };

    static GreedySearch Greedy(TranslationConfiguration c, Tokenizers tokenizers) => new(tokenizers.Start, tokenizers.TargetEnd, c.MaximumLength + 1);

    /// <summary>The metrics in words.</summary>
    public static string Said(TranslationPlan plan, IReadOnlyDictionary<string, double> metrics, int sources)
    {
        var kind = plan.Source.Kind;
        var token = plan.Configuration.TargetTokens == Tokenizers.Characters ? "character" : kind.Token;
        return Invariant($"{token} error {metrics["token_error"]:0.00%}, {kind.Sequence} error {metrics["sequence_error"]:0.00%}, BLEU {metrics["bleu"]:0.00}, chrF {metrics["chrf"]:0.00} on {sources:n0} sources");
    }

    /// <summary>What the sources as they are would come to, in words; null where they have next to nothing in common with the targets.</summary>
    public static string? SaidOfUnchanged(TranslationPlan plan, IReadOnlyList<PairEntry> entries) =>
        Unchanged(plan, entries) is var metrics && metrics["bleu"] >= 1 ? $"The sources unchanged: {Said(plan, metrics, entries.Count)}." : null;
}
