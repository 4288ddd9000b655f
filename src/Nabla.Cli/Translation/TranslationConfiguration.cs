using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Cli.Training;
using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>What a run of <c>nabla train translate</c> was begun with, every choice made: its configuration.json.</summary>
sealed record TranslationConfiguration
{
    public const string Kind = "translate";

    /// <summary>Which kind of training it is.</summary>
    public string Task { get; init; } = Kind;

    public required string Data { get; init; }

    /// <summary>How many columns behind the first are targets; null: all.</summary>
    public int? Targets { get; init; }

    /// <summary>The shares of the sources that are held out.</summary>
    public required double ValidationShare { get; init; }

    public required double TestShare { get; init; }

    /// <summary>How many sources are in the training, validation and test parts.</summary>
    public required int[] Sources { get; init; }

    /// <summary>How texts are cut: characters, words or bpe.</summary>
    public required string SourceTokens { get; init; }

    public required string TargetTokens { get; init; }

    /// <summary>Whether both sides are cut by one tokenizer (the joint encoding of Sennrich, Haddow, Birch 2016, §3.2).</summary>
    [JsonIgnore]
    public bool SharesVocabulary => SourceTokens == Tokenizers.BytePairs && TargetTokens == Tokenizers.BytePairs;

    /// <summary>The most tokens of each vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longer texts are left out of the training, and cut where the model writes.</summary>
    public required int MaximumLength { get; init; }

    /// <summary>transformer or lstm.</summary>
    public required string Model { get; init; }

    public required int Width { get; init; }

    public required int Heads { get; init; }

    public required int Inner { get; init; }

    /// <summary>Of the encoder and of the decoder each.</summary>
    public required int Layers { get; init; }

    public required double Dropout { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Tokens of sources and targets in a step.</summary>
    public required int Tokens { get; init; }

    public required int Accumulate { get; init; }

    public required double LearningRate { get; init; }

    public required string Schedule { get; init; }

    /// <summary>Steps in which the rate rises.</summary>
    public required long WarmUp { get; init; }

    /// <summary>Steps of all epochs, by which the rate falls.</summary>
    public required long Steps { get; init; }

    public required double WeightDecay { get; init; }

    public required double LabelSmoothing { get; init; }

    public required double ClipNorm { get; init; }

    /// <summary>The decay of the moving average; null: none is kept.</summary>
    public double? Average { get; init; }

    public required int Beam { get; init; }

    public required double LengthPenalty { get; init; }

    public int? Patience { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Chooses what is held out; null: the seed does.</summary>
    public ulong? SplitSeed { get; init; }

    public required int SaveEvery { get; init; }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, TranslationConfigurationJson.Default.TranslationConfiguration)!.AsObject();

    /// <summary>Whether a run is of this kind.</summary>
    public static bool IsOf(string folder) => RunFolder.Exists(folder) && RunFolder.Open(folder) is var run && File.Exists(run.Configuration) && RunConfiguration.TaskOf(run) == Kind;

    /// <summary>The configuration of a run.</summary>
    public static TranslationConfiguration Read(RunFolder run) => RunConfiguration.Read(run, Kind, TranslationConfigurationJson.Default.TranslationConfiguration);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TranslationConfiguration))]
sealed partial class TranslationConfigurationJson : JsonSerializerContext;
