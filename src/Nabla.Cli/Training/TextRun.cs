using Nabla.Checkpoints;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Formats.TensorBoard;
using Nabla.Losses;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>Trains on texts by a plan in a run folder, judges what came out of it and writes the report.</summary>
sealed class TextRun(TextPlan plan, RunFolder run)
{
    readonly TextConfiguration configuration = plan.Configuration;

    /// <summary>Trains to the end, or until it is asked to stop.</summary>
    public TrainingResult Train(bool resume, CancellationToken cancellation, params ReadOnlySpan<ITrainingCallback> watchers)
    {
        TokenizerFile.Save(plan.Tokenizer, Path.Combine(run.Folder, TokenizerFile.Name));
        var model = TextModels.Make(configuration);
        using var board = configuration.TensorBoard ? new TensorBoardCallback(run.Folder) : null;
        var trainer = new Trainer<TextBatch>(model, TextModels.Optimizer(configuration, model), batch => model.Forward(batch.Tokens).CrossEntropy(batch.Labels))
        {
            Epochs = configuration.Epochs, ClipNorm = configuration.ClipNorm, Seed = configuration.Seed, SaveEvery = configuration.SaveEvery, CountOf = batch => batch.Labels.Length,
            Average = configuration.Average is { } decay ? new MovingAverage(model, decay) : null,
            EarlyStopping = configuration.Patience is { } patience ? new EarlyStopping(patience) : null,
            Schedule = TextModels.Schedule(configuration, TextParts.Steps(plan.Parts.Train, plan.Tokenizer, configuration)),
            Evaluator = new TextEvaluator(model, configuration.Classes.Length),
        };
        foreach (var watcher in watchers) trainer.Callbacks.Add(watcher);
        if (board is not null) trainer.Callbacks.Add(board);
        return trainer.Fit(TextParts.Training(plan.Parts.Train, plan.Tokenizer, configuration), TextParts.Evaluation(plan.Parts.Validation, plan.Tokenizer, configuration), run, resume, cancellation);
    }

    /// <summary>The best checkpoint on the test part, with the report.</summary>
    public (TrainingSummary Summary, string Sentence) Judge(TrainingResult result)
    {
        var (evaluator, test) = Evaluate(configuration, run.Best, plan.Parts.Test, plan.Tokenizer);
        var sentence = Sentence(evaluator, test, configuration.Classes, Invariant($"{plan.Parts.Test.Count:n0} texts that it had not seen"));
        var facts = plan.Assumptions.Append(("best", Invariant($"step {result.Best?.Step:n0}, after epoch {result.Best?.Epoch}"))).Append(("time", ImageRun.Time(result.Elapsed)));
        TrainingReport.Write(run, $"{configuration.Model} on {plan.Source.Name}", sentence, facts, new(Invariant($"{plan.Parts.Test.Count:n0} texts that it had not seen"), evaluator.Matrix, configuration.Classes, []));
        return (new(run.Folder, result.End.ToString(), result.Steps, result.Epochs, Math.Round(result.Elapsed.TotalSeconds, 3), result.Best?.Chosen ?? test, test, run.Report), sentence);
    }

    /// <summary>How a checkpoint of a run does on texts.</summary>
    public static (TextEvaluator Evaluator, IReadOnlyDictionary<string, double> Metrics) Evaluate(TextConfiguration configuration, string checkpoint, Dataset<LabelledText> texts, ITokenizer tokenizer)
    {
        var model = TextModels.Make(configuration);
        Checkpoint.Load(model, checkpoint);
        var evaluator = new TextEvaluator(model, configuration.Classes.Length);
        return (evaluator, evaluator.Evaluate(TextParts.Evaluation(texts, tokenizer, configuration)));
    }

    /// <summary>What the metrics say, in words.</summary>
    public static string Sentence(TextEvaluator evaluator, IReadOnlyDictionary<string, double> metrics, IReadOnlyList<string> classes, string texts) =>
        Invariant($"{metrics["accuracy"]:0.00%} of {texts} are called rightly; ") + (metrics.TryGetValue("f1", out var f1) ? Invariant($"F1 of {classes[evaluator.Rarer]} {f1:0.0000}.") : Invariant($"mean F1 {metrics["macro_f1"]:0.0000}."));
}
