using System.Text;
using System.Text.Json.Nodes;

namespace Nabla.Training;

/// <summary>
/// Appends a JSON object to <c>metrics.jsonl</c> for each interval of steps and each evaluation, each handed to the system at once, so that a process that is
/// killed loses none.
/// </summary>
internal sealed class MetricsLog : ITrainingCallback, IDisposable
{
    private readonly FileStream file;

    public MetricsLog(string path) =>
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    public void OnStep(TrainingStep step)
    {
        if (step.Interval is not { } interval) return;
        var line = new JsonObject
        {
            ["step"] = step.Step, ["epoch"] = step.Epoch, ["loss"] = Number(interval.Loss), ["learning_rate"] = step.LearningRate,
            ["gradient_norm"] = Number(interval.GradientNorm),
            ["examples_per_second"] = Math.Round(step.Progress.ExamplesPerSecond, 1), ["seconds"] = Seconds(step.Progress.Elapsed),
        };
        if (interval.Terms is { } terms) line["terms"] = Numbers(terms);
        Append(line);
    }

    public void OnEvaluation(Evaluation evaluation)
    {
        var line = new JsonObject { ["step"] = evaluation.Step, ["epoch"] = evaluation.Epoch, ["evaluation"] = Numbers(evaluation.Metrics) };
        if (evaluation.AverageMetrics is { } average) line["average"] = Numbers(average);
        (line["best"], line["seconds"]) = (evaluation.IsBest, Seconds(evaluation.Elapsed));
        Append(line);
    }

    /// <summary>How long the file is, after it has reached the disk.</summary>
    public JsonNode Save()
    {
        file.Flush(flushToDisk: true);
        return file.Position;
    }

    /// <summary>Cuts off what was written after the saved state; without one everything.</summary>
    public void Load(JsonNode? state)
    {
        var length = Math.Min(state?.GetValue<long>() ?? 0, file.Length);
        if (length < file.Length) file.SetLength(length);
        file.Position = length;
    }

    public void Dispose() => file.Dispose();

    private void Append(JsonObject line)
    {
        try
        {
            file.Write(Encoding.UTF8.GetBytes(line.ToJsonString() + "\n"));
        }
        catch (ArgumentOutOfRangeException error)
        {
            // So .NET says that the file would become larger than the file system or a quota allows.
            throw new IOException(error.Message, error);
        }
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    internal static JsonObject Numbers(IReadOnlyDictionary<string, double> metrics) =>
        new(metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)Number(metric.Value))));

    /// <summary>JSON has no word for NaN.</summary>
    internal static JsonValue? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
