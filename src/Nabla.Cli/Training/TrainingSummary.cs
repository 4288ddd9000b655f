using System.Text.Json.Serialization;

namespace Nabla.Cli.Training;

/// <summary>What a training came to.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Epochs">Whole epochs.</param>
/// <param name="Seconds">The time taken.</param>
/// <param name="Validation">The best evaluation's metrics.</param>
/// <param name="Test">Those of the best checkpoint on the test part.</param>
/// <param name="Report">The page about it.</param>
sealed record TrainingSummary(
    string Run, string End, long Steps, int Epochs, double Seconds, IReadOnlyDictionary<string, double> Validation, IReadOnlyDictionary<string, double> Test, string Report);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingSummary))]
sealed partial class TrainingSummaryJson : JsonSerializerContext;
