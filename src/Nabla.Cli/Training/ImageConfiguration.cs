using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>What a run of <c>nabla train image</c> was begun with, every choice made: its configuration.json.</summary>
sealed record ImageConfiguration
{
    public const string Kind = "image";

    /// <summary>Which kind of training it is.</summary>
    public string Task { get; init; } = Kind;

    public required string Data { get; init; }

    /// <summary>The shares of the data that are held out for validation and for the test, where it does not come in such parts itself.</summary>
    public required double ValidationShare { get; init; }

    public required double TestShare { get; init; }

    /// <summary>How many pictures are in the training, validation and test parts.</summary>
    public required long[] Pictures { get; init; }

    public required string[] Classes { get; init; }

    public required int Channels { get; init; }

    public required int Height { get; init; }

    public required int Width { get; init; }

    /// <summary>Of each channel of the training part, of pixels of 0–1.</summary>
    public required double[] Mean { get; init; }

    public required double[] Deviation { get; init; }

    /// <summary>Whether files that are no pictures, or broken ones, were left out.</summary>
    public bool SkipUnreadable { get; init; }

    public required string Model { get; init; }

    /// <summary>The run whose best checkpoint the training began with; null: from random values.</summary>
    public string? StartedFrom { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required int Accumulate { get; init; }

    public required string Optimizer { get; init; }

    public required double LearningRate { get; init; }

    public required string Schedule { get; init; }

    public required double WeightDecay { get; init; }

    public required double LabelSmoothing { get; init; }

    public required string[] Augment { get; init; }

    /// <summary>The largest norm of the gradients; null: any.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The decay of the moving average; null: none is kept.</summary>
    public double? Average { get; init; }

    /// <summary>Evaluations without improvement that end the training; null: none do.</summary>
    public int? Patience { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Chooses what is held out; null: the seed does.</summary>
    public ulong? SplitSeed { get; init; }

    public required int SaveEvery { get; init; }

    public required bool TensorBoard { get; init; }

    /// <summary>A number for each channel, to be calculated with pictures: [channels, 1, 1].</summary>
    public Tensor PerChannel(double[] values) => Tensor.From(Array.ConvertAll(values, value => (float)value), [Channels, 1, 1]);

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, ImageConfigurationJson.Default.ImageConfiguration)!.AsObject();

    /// <summary>The configuration of a run.</summary>
    public static ImageConfiguration Read(RunFolder run) => RunConfiguration.Read(run, Kind, ImageConfigurationJson.Default.ImageConfiguration);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageConfiguration))]
sealed partial class ImageConfigurationJson : JsonSerializerContext;
