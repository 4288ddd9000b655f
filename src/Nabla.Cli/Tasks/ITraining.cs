using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Data;
using Nabla.Formats.TensorBoard;
using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>A training with its data opened and every setting chosen.</summary>
interface ITraining
{
    TaskSettings Settings { get; }

    /// <summary>What the data is called, fit for a folder's name.</summary>
    string DataName { get; }

    /// <summary>What is trained, fit for a folder's name.</summary>
    string ModelName { get; }

    /// <summary>What is counted: texts, images, tokens.</summary>
    string Unit { get; }

    /// <summary>Passes through the data; null: the training counts steps.</summary>
    int? Epochs { get; }

    /// <summary>Which metric of the validation data decides what is best.</summary>
    Goal Goal { get; }

    /// <summary>Each choice by its name, with the options that change it; those named <see cref="RunIntroduction.Warning"/> are
    /// doubtful.</summary>
    IReadOnlyList<(string Name, string Value)> Choices { get; }

    /// <summary>Writes what a new run needs beside its configuration.json, such as tokenizers.</summary>
    void WriteFiles(RunFolder run)
    {
    }

    /// <summary>Trains to the end, or until cancelled.</summary>
    TrainingResult Train(TrainingContext context);

    /// <summary>Evaluates the best checkpoint on the test data and writes the report.</summary>
    TrainingOutcome Conclude(RunFolder run, TrainingResult result);
}

/// <summary>Where and how a training runs.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Resume">Whether it continues from the run's state.</param>
/// <param name="Cancellation">Stops it after a step.</param>
/// <param name="Terminal">Where samples may be shown; null: nowhere.</param>
/// <param name="Callbacks">They are told of steps and evaluations.</param>
sealed record TrainingContext(RunFolder Run, bool Resume, CancellationToken Cancellation, Terminal? Terminal = null,
    params IReadOnlyList<ITrainingCallback> Callbacks)
{
    /// <summary>Trains with the settings that all tasks have.</summary>
    public TrainingResult Fit<TBatch>(Trainer<TBatch> trainer, TaskSettings settings, Pipeline<TBatch> train, Pipeline<TBatch> validation)
    {
        trainer.Seed = settings.Seed;
        trainer.SaveEvery = settings.SaveEvery.Value;
        if (settings.Average.OrNull() is { } decay) trainer.Average = new MovingAverage(trainer.Model, decay);
        if (settings.Patience.OrNull() is { } patience) trainer.EarlyStopping = new EarlyStopping(patience);
        foreach (var callback in Callbacks) trainer.Callbacks.Add(callback);
        using var board = settings.TensorBoard ? new TensorBoardCallback(Run.Folder) : null;
        if (board is not null) trainer.Callbacks.Add(board);
        return trainer.Fit(train, validation, Run, Resume, Cancellation);
    }
}

/// <summary>How well the best checkpoint does.</summary>
/// <param name="Headline">In a sentence.</param>
/// <param name="Fields">For the summary in JSON: the validation and test metrics, and what else the task has.</param>
/// <param name="Lines">Further lines to print.</param>
/// <param name="Next">The command line that uses the model; null: there is none.</param>
sealed record TrainingOutcome(string Headline, JsonObject Fields, IReadOnlyList<string> Lines, string? Next)
{
    /// <summary>The fields of a training with metrics: <c>validation</c> of the best evaluation and <c>test</c>.</summary>
    public static JsonObject Metrics(TrainingResult result, IReadOnlyDictionary<string, double> test) => new()
    {
        ["validation"] = Metrics(result.Best?.Chosen ?? test), ["test"] = Metrics(test),
    };

    /// <summary>Metrics by name. NaN and infinities are texts.</summary>
    public static JsonObject Metrics(IReadOnlyDictionary<string, double> metrics) =>
        System.Text.Json.JsonSerializer.SerializeToNode(new Dictionary<string, double>(metrics),
            MetricsJson.Default.DictionaryStringDouble)!.AsObject();
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(double[]))]
sealed partial class MetricsJson : JsonSerializerContext;
