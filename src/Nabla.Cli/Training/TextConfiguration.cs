using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>What a run of <c>nabla train text</c> was begun with, every choice made: its configuration.json. The tokenizer lies beside it.</summary>
sealed record TextConfiguration
{
    public const string Kind = "text";

    /// <summary>Which kind of training it is.</summary>
    public string Task { get; init; } = Kind;

    public required string Data { get; init; }

    /// <summary>The columns of the text and of its class; null where the data is no table.</summary>
    public string? TextColumn { get; init; }

    public string? LabelColumn { get; init; }

    /// <summary>Whether a file to predict is a mail, of which the subject and the text count.</summary>
    public bool IsMail { get; init; }

    /// <summary>The shares of the data that are held out for validation and for the test.</summary>
    public required double ValidationShare { get; init; }

    public required double TestShare { get; init; }

    /// <summary>How many texts are in the training, validation and test parts.</summary>
    public required long[] Texts { get; init; }

    public required string[] Classes { get; init; }

    /// <summary>The most words that the model knows; the rest are one unknown word.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Whether words are told apart by their case.</summary>
    public required bool Cased { get; init; }

    /// <summary>How many tokens of a text are read: of a longer one half of them from its beginning, half from its end.</summary>
    public required int Tokens { get; init; }

    public required string Model { get; init; }

    /// <summary>The length of a token's embedding.</summary>
    public required int Width { get; init; }

    public required int Layers { get; init; }

    public required double Dropout { get; init; }

    /// <summary>The share of words that are taken for unknown ones in training (Iyyer et al. 2015, §2.3), so that no single one decides.</summary>
    public required double WordDropout { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Tokens of a batch.</summary>
    public required int Batch { get; init; }

    public required double LearningRate { get; init; }

    public required double WeightDecay { get; init; }

    /// <summary>The largest norm of the gradients.</summary>
    public required double ClipNorm { get; init; }

    /// <summary>The decay of the moving average; null: none is kept.</summary>
    public double? Average { get; init; }

    /// <summary>Evaluations without improvement that end the training; null: none do.</summary>
    public int? Patience { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Chooses what is held out; null: the seed does.</summary>
    public ulong? SplitSeed { get; init; }

    public required int SaveEvery { get; init; }

    public required bool TensorBoard { get; init; }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, TextConfigurationJson.Default.TextConfiguration)!.AsObject();

    /// <summary>The configuration of a run.</summary>
    public static TextConfiguration Read(RunFolder run) => RunConfiguration.Read(run, Kind, TextConfigurationJson.Default.TextConfiguration);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TextConfiguration))]
sealed partial class TextConfigurationJson : JsonSerializerContext;
