using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Cli.Training;
using Nabla.Training;

namespace Nabla.Cli.Forecasts;

/// <summary>What a run of <c>nabla train forecast</c> was begun with, every choice made: its configuration.json.</summary>
sealed record ForecastConfiguration
{
    public const string Kind = "forecast";

    /// <summary>Which kind of training it is.</summary>
    public string Task { get; init; } = Kind;

    public required string Data { get; init; }

    public string? Column { get; init; }

    /// <summary>How many values are to learn from, then watch the training, then are foretold at the end.</summary>
    public required int[] Values { get; init; }

    /// <summary>How many steps ahead.</summary>
    public required int Horizon { get; init; }

    /// <summary>How many values the model sees.</summary>
    public required int Window { get; init; }

    /// <summary>After how many steps the series resembles itself; null: there is no seasonal forecast to compare with.</summary>
    public int? Season { get; init; }

    public required string Model { get; init; }

    public required int Hidden { get; init; }

    public required long Steps { get; init; }

    public required double LearningRate { get; init; }

    public required ulong Seed { get; init; }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, ForecastConfigurationJson.Default.ForecastConfiguration)!.AsObject();

    /// <summary>The configuration of a run.</summary>
    public static ForecastConfiguration Read(RunFolder run) => RunConfiguration.Read(run, Kind, ForecastConfigurationJson.Default.ForecastConfiguration);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ForecastConfiguration))]
sealed partial class ForecastConfigurationJson : JsonSerializerContext;
