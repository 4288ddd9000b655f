using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Formats.TensorBoard;

/// <summary>
/// Writes a training's curves for TensorBoard: <c>train/loss</c>, <c>train/learning_rate</c>, <c>train/gradient_norm</c> and <c>train/examples_per_second</c>
/// of each interval, <c>validation/METRIC</c> and <c>average/METRIC</c> of each evaluation. A resumed training goes on in the same file.
/// </summary>
/// <param name="folder">TensorBoard's <c>--logdir</c>, or a folder below it.</param>
public sealed class TensorBoardCallback(string folder) : ITrainingCallback, IDisposable
{
    private EventFile? file;

    /// <inheritdoc/>
    public void OnStep(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Interval is not { } interval) return;
        File.Scalar("train/loss", step.Step, interval.Loss);
        File.Scalar("train/learning_rate", step.Step, step.LearningRate);
        File.Scalar("train/gradient_norm", step.Step, interval.GradientNorm);
        File.Scalar("train/examples_per_second", step.Step, step.Progress.ExamplesPerSecond);
    }

    /// <inheritdoc/>
    public void OnEvaluation(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        foreach (var (name, value) in evaluation.Metrics) File.Scalar($"validation/{name}", evaluation.Step, value);
        foreach (var (name, value) in evaluation.AverageMetrics ?? new Dictionary<string, double>()) File.Scalar($"average/{name}", evaluation.Step, value);
    }

    /// <inheritdoc/>
    public JsonNode Save()
    {
        File.Flush();
        return new JsonObject { ["file"] = Path.GetFileName(File.FullPath), ["length"] = File.Length };
    }

    /// <inheritdoc/>
    public void Load(JsonNode? state)
    {
        if (state is null) return;
        var path = Path.Combine(folder, state["file"]!.GetValue<string>());
        if (System.IO.File.Exists(path)) file = EventFile.Continue(path, state["length"]!.GetValue<long>());
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file?.Dispose();

    private EventFile File => file ??= EventFile.Create(folder);
}
