using System.Text.Json.Serialization;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Sweeps;

/// <summary>One combination of settings.</summary>
/// <param name="Settings">What differs from the other trials, by the option's name.</param>
/// <param name="Run">Its folder.</param>
/// <param name="Validation">The metrics of its best evaluation; null: it failed.</param>
/// <param name="Epoch">The epoch of that evaluation.</param>
/// <param name="Seconds">The time it took.</param>
/// <param name="Failure">Why there are no metrics.</param>
sealed record Trial(IReadOnlyDictionary<string, string> Settings, string Run, IReadOnlyDictionary<string, double>? Validation, int Epoch,
    double Seconds, string? Failure)
{
    [JsonIgnore]
    public string Described => string.Join("   ", Settings.Select(setting => $"{setting.Key} {setting.Value}"));

    public string Outcome(Goal goal) =>
        Validation is null ? Failure! : $"validation {MetricText.Of(goal.Metric, Validation[goal.Metric])} after epoch {Epoch}";

    /// <summary>Trials from the best to the worst; those that failed last.</summary>
    public static IReadOnlyList<Trial> Ranked(IEnumerable<Trial> trials, Goal goal)
    {
        double Rank(Trial trial) => trial.Validation is { } metrics && metrics[goal.Metric] is var value && !double.IsNaN(value)
            ? goal.LargerIsBetter ? value : -value : double.NegativeInfinity;
        return [.. trials.OrderByDescending(Rank).ThenBy(trial => trial.Validation?.GetValueOrDefault("loss") ?? 0)];
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Trial))]
[JsonSerializable(typeof(List<Trial>))]
sealed partial class SweepJson : JsonSerializerContext;
