using System.Text.Json.Serialization;
using Nabla.Checkpoints;
using Nabla.Cli.Training;
using Nabla.Formats.TensorBoard;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Characters;

/// <summary>Trains by a plan in a run folder, judges what came out of it and writes the report.</summary>
sealed class CharacterRun(CharacterPlan plan, RunFolder run)
{
    /// <summary>Evaluations of a training, each with a sample.</summary>
    const int Evaluations = 10;

    readonly CharacterConfiguration configuration = plan.Configuration;

    /// <summary>Trains to the end, or until it is asked to stop.</summary>
    /// <param name="resume">Whether to go on from the run's state.</param>
    /// <param name="samples">Where to show what the model writes after each evaluation; null: nowhere.</param>
    /// <param name="cancellation">Stops it after a step.</param>
    /// <param name="watchers">They look on.</param>
    public TrainingResult Train(bool resume, Terminal? samples, CancellationToken cancellation, params ReadOnlySpan<ITrainingCallback> watchers)
    {
        var model = CharacterModels.Make(configuration, plan.Tokenizer.Count);
        var carried = new TruncatedBackpropagation(model, configuration.Batch);
        using var board = configuration.TensorBoard ? new TensorBoardCallback(run.Folder) : null;
        var trainer = new Trainer<TextStretch>(model, CharacterModels.Optimizer(configuration, model), carried.Loss)
        {
            Carried = carried, Epochs = int.MaxValue, Steps = configuration.Steps, EvaluateEvery = Math.Max(1, configuration.Steps / Evaluations), ClipNorm = configuration.ClipNorm, Seed = configuration.Seed,
            Average = configuration.Average is { } decay ? new MovingAverage(model, decay) : null,
            SaveEvery = configuration.SaveEvery, Evaluator = new CharacterEvaluator(model), CountOf = stretch => stretch.Next.Length,
        };
        foreach (var watcher in watchers) trainer.Callbacks.Add(watcher);
        if (samples is not null) trainer.Callbacks.Add(new Sampler(samples, new WrittenCharacters(model, plan.Tokenizer)));
        if (board is not null) trainer.Callbacks.Add(board);
        return trainer.Fit(plan.Training, plan.Validation, run, resume, cancellation);
    }

    /// <summary>The best checkpoint on the test part, with the report.</summary>
    public CharacterSummary Judge(TrainingResult result)
    {
        var (model, test) = Evaluate(plan, run.Best, plan.Test);
        var sample = new WrittenCharacters(model, plan.Tokenizer).After(null, new WritingOptions { Length = 500, Temperature = 0.8 });
        var facts = plan.Assumptions.Append(("best", Invariant($"step {result.Best?.Step:n0}"))).Append(("time", ImageRun.Time(result.Elapsed))).Append(("sample", sample.Trim()));
        TrainingReport.Write(run, $"{configuration.Model} on {plan.Source.Name}", Invariant($"{test["bits_per_character"]:0.000} bits per character on {plan.Test.Tokens:n0} characters that it had not seen."), facts);
        return new(run.Folder, result.End.ToString(), result.Steps, Math.Round(result.Elapsed.TotalSeconds, 3), result.Best?.Chosen ?? test, test, run.Report) { Sample = sample };
    }

    /// <summary>A checkpoint of a run, and how it foretells a text.</summary>
    public static (CharacterModel Model, IReadOnlyDictionary<string, double> Metrics) Evaluate(CharacterPlan plan, string checkpoint, TextStreams text)
    {
        var model = CharacterModels.Make(plan.Configuration, plan.Tokenizer.Count);
        Checkpoint.Load(model, checkpoint);
        return (model, new CharacterEvaluator(model).Evaluate(text));
    }

    /// <summary>Shows what the model writes as it learns.</summary>
    sealed class Sampler(Terminal terminal, WrittenCharacters writer) : ITrainingCallback
    {
        const int Length = 160;

        public void OnEvaluation(Evaluation evaluation) =>
            terminal.Line($"    [grey]{Markup.Escape(writer.After(null, new WritingOptions { Length = Length, Temperature = 0.8 }).Replace("\n", " ⏎ ", StringComparison.Ordinal).Trim())}[/]");
    }
}

/// <summary>What a training came to.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Seconds">The time taken.</param>
/// <param name="Validation">The best evaluation's metrics.</param>
/// <param name="Test">Those of the best checkpoint on the test part.</param>
/// <param name="Report">The page about it.</param>
sealed record CharacterSummary(string Run, string End, long Steps, double Seconds, IReadOnlyDictionary<string, double> Validation, IReadOnlyDictionary<string, double> Test, string Report)
{
    /// <summary>What the model writes.</summary>
    public required string Sample { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CharacterSummary))]
sealed partial class CharacterSummaryJson : JsonSerializerContext;
