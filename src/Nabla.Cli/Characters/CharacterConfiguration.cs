using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Cli.Training;
using Nabla.Training;

namespace Nabla.Cli.Characters;

/// <summary>What a run of <c>nabla train characters</c> was begun with, every choice made: its configuration.json.</summary>
sealed record CharacterConfiguration
{
    public const string Kind = "characters";

    /// <summary>Which kind of training it is.</summary>
    public string Task { get; init; } = Kind;

    public required string Data { get; init; }

    /// <summary>The shares of the text, from its end, that are held out for validation and for the test.</summary>
    public required double ValidationShare { get; init; }

    public required double TestShare { get; init; }

    /// <summary>How many characters are in the training, validation and test parts.</summary>
    public required long[] Characters { get; init; }

    public required string Model { get; init; }

    public required int Layers { get; init; }

    public required int Hidden { get; init; }

    public required int Embedding { get; init; }

    public required double Dropout { get; init; }

    public required long Steps { get; init; }

    /// <summary>Streams that are read side by side.</summary>
    public required int Batch { get; init; }

    /// <summary>Characters of a stream in a step: as far as the gradients go back.</summary>
    public required int Stretch { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>The largest norm of the gradients.</summary>
    public required double ClipNorm { get; init; }

    /// <summary>The decay of the moving average; null: none is kept.</summary>
    public double? Average { get; init; }

    public required ulong Seed { get; init; }

    public required int SaveEvery { get; init; }

    public required bool TensorBoard { get; init; }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, CharacterConfigurationJson.Default.CharacterConfiguration)!.AsObject();

    /// <summary>The configuration of a run.</summary>
    public static CharacterConfiguration Read(RunFolder run) => RunConfiguration.Read(run, Kind, CharacterConfigurationJson.Default.CharacterConfiguration);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CharacterConfiguration))]
sealed partial class CharacterConfigurationJson : JsonSerializerContext;
