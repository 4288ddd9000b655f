using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Initializers;
using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// The sizes of a <see cref="Bert"/>, as in the <c>config.json</c> of a Hugging Face model. The defaults are those of BERT-base
/// (Devlin et al. 2018, §3). Every key of a file is honoured, known to change nothing here, or refused by its name.
/// </summary>
public sealed partial record BertConfiguration
{
    /// <summary>The name of the file in a model's folder.</summary>
    public const string FileName = "config.json";

    /// <summary>How many tokens there are.</summary>
    public int VocabularySize { get; init => field = AtLeastOne(value, "vocab_size"); } = 30522;

    /// <summary>The length of a token's vector.</summary>
    public int HiddenSize { get; init => field = AtLeastOne(value, "hidden_size"); } = 768;

    /// <summary>Layers of the encoder.</summary>
    public int HiddenLayers { get; init => field = AtLeastOne(value, "num_hidden_layers"); } = 12;

    /// <summary>Heads of each attention; the hidden size is a multiple of them.</summary>
    public int AttentionHeads { get; init => field = AtLeastOne(value, "num_attention_heads"); } = 12;

    /// <summary>The width of the feed-forward network.</summary>
    public int IntermediateSize { get; init => field = AtLeastOne(value, "intermediate_size"); } = 3072;

    /// <summary>The activation of the feed-forward network and of the masked-language head: gelu, gelu_new, relu, silu, tanh, …</summary>
    public string HiddenActivation { get; init => field = Known(value); } = "gelu";

    /// <summary>The probability of an element of embeddings and of what is added to the residuals to be dropped during training.</summary>
    public double HiddenDropout { get; init => field = Probability(value, "hidden_dropout_prob"); } = 0.1;

    /// <summary>The probability of an attention weight to be dropped during training.</summary>
    public double AttentionDropout { get; init => field = Probability(value, "attention_probs_dropout_prob"); } = 0.1;

    /// <summary>
    /// The probability of an element before the classifier to be dropped during training; null: as <see cref="HiddenDropout"/>.
    /// </summary>
    public double? ClassifierDropout { get; init => field = value is { } given ? Probability(given, "classifier_dropout") : null; }

    /// <summary>The longest sequence, in tokens.</summary>
    public int MaxPositions { get; init => field = AtLeastOne(value, "max_position_embeddings"); } = 512;

    /// <summary>How many segments there are.</summary>
    public int TokenTypes { get; init => field = AtLeastOne(value, "type_vocab_size"); } = 2;

    /// <summary>The standard deviation of initial weights.</summary>
    public double InitializerRange { get; init => field = Positive(value, "initializer_range"); } = 0.02;

    /// <summary>ε of the layer normalisations.</summary>
    public double LayerNormEpsilon { get; init => field = Positive(value, "layer_norm_eps"); } = 1e-12;

    /// <summary>The id of the padding token; null: there is none.</summary>
    public int? PaddingId { get; init; } = 0;

    /// <summary>Whether the masked-language head multiplies by the token embeddings themselves.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>The names of the classes of a classifier, in the order of its outputs; of a regression one.</summary>
    public IReadOnlyList<string> Labels { get; init; } = ["LABEL_0", "LABEL_1"];

    /// <summary>What a classifier of texts learns: <c>single_label_classification</c>, <c>regression</c>; null: it is not said.</summary>
    public string? ProblemType { get; init; }

    /// <summary>The probability before a classifier.</summary>
    internal double HeadDropout => ClassifierDropout ?? HiddenDropout;

    /// <summary>Keys of the file that change nothing here; they are written again as they were.</summary>
    internal JsonObject Other { get; init; } = [];

    /// <summary>A linear layer with BERT's initial values: normal weights, bias 0.</summary>
    internal Linear Linear(int inputs, int outputs) => new(inputs, outputs, initializer: Initialize.Normal(0, InitializerRange));

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file, or the folder that it is in.</param>
    /// <exception cref="DataFileException">The file cannot be read, a key is missing, of the wrong type, unknown, or asks for what Nabla
    /// does not have.</exception>
    public static BertConfiguration Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) path = Path.Combine(path, FileName);
        using var stream = DataFile.OpenRead(path);
        try
        {
            return Parse(JsonNode.Parse(stream) as JsonObject ?? throw new FormatException("it is JSON, but not an object"));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new DataFileException(path, null, $"is no configuration of a BERT that can be used: {error.Message}", error);
        }
    }

    /// <summary>Writes the <c>config.json</c> of a folder, replacing it as a whole.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="architecture">The name of Hugging Face's class that opens the model, such as BertForSequenceClassification.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Save(string folder, string architecture)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.WriteJson(Path.Combine(folder, FileName), ToJson(architecture));
    }

    private static int AtLeastOne(int value, string key) => value >= 1 ? value
        : throw new ArgumentException($"\"{key}\" is {value}; at least 1 is needed");

    private static double Positive(double value, string key) => value > 0 && double.IsFinite(value) ? value
        : throw new ArgumentException($"\"{key}\" is {value}; a number above 0 is needed");

    private static double Probability(double value, string key) => value is >= 0 and < 1 ? value
        : throw new ArgumentException($"\"{key}\" is {value}; a probability of 0 or more and below 1 is needed");
}
