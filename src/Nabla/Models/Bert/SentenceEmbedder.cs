using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>
/// Vectors of texts whose cosines say how alike the texts are (Reimers and Gurevych 2019): a tokenizer, a <see cref="Bert"/>, a pooling of
/// its hidden states, and, where the model has them, dense layers and a normalisation to length 1. Any number of threads may embed at a
/// time.
/// </summary>
public sealed partial class SentenceEmbedder : IModule
{
    private const int TokensOfBatch = 512;

    /// <summary>A model put together by hand; <see cref="Load"/> reads one from a folder.</summary>
    /// <param name="tokenizer">Turns texts into ids of the model's vocabulary.</param>
    /// <param name="bert">Reads them.</param>
    /// <param name="recipe">What becomes of the hidden states.</param>
    /// <exception cref="ArgumentException">Tokenizer, model and recipe do not fit each other.</exception>
    public SentenceEmbedder(BertTokenizer tokenizer, Bert bert, SentenceRecipe? recipe = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(bert);
        (Tokenizer, Bert, Recipe) = (tokenizer, bert, recipe ?? new());
        if (tokenizer.Count > bert.Configuration.VocabularySize)
            throw new ArgumentException($"SentenceEmbedder: the tokenizer has {tokenizer.Count} tokens, the model {bert.Configuration.VocabularySize}. Take both from one model.");
        MaxTokens = Math.Min(Recipe.MaxTokens ?? int.MaxValue, bert.Configuration.MaxPositions);
        Dense = [.. Recipe.Dense.Select(shape => new SentenceDense(shape))];
        Dimensions = Recipe.Dense is [.., var last] ? last.Outputs : bert.Configuration.HiddenSize * Recipe.Pooling.Count;
    }

    /// <summary>
    /// A model of a folder: of sentence-transformers (<c>modules.json</c>), or any BERT, whose hidden states are then averaged.
    /// </summary>
    /// <param name="folder">A folder of Hugging Face's layout.</param>
    /// <exception cref="Checkpoints.CheckpointException">The weights cannot be read or do not fit.</exception>
    /// <exception cref="Data.DataFileException">A file of the folder cannot be used; the message says which and why.</exception>
    public static SentenceEmbedder Load(string folder) => SentenceFolder.Load(folder);

    /// <summary>Writes the model as a folder that <see cref="Load"/> and sentence-transformers read.</summary>
    /// <param name="folder">Is created if it does not exist.</param>
    /// <exception cref="Checkpoints.CheckpointException">A file cannot be written.</exception>
    public void Save(string folder) => SentenceFolder.Save(this, folder);

    /// <summary>Turns texts into ids.</summary>
    public BertTokenizer Tokenizer { get; }

    /// <summary>Reads the ids.</summary>
    public Bert Bert { get; }

    /// <summary>The dense layers after the pooling; most models have none.</summary>
    public IReadOnlyList<SentenceDense> Dense { get; }

    /// <summary>What becomes of the hidden states.</summary>
    public SentenceRecipe Recipe { get; }

    /// <summary>The length of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>The most tokens of a text that are read, special tokens included; longer texts are cut.</summary>
    public int MaxTokens { get; }

    /// <summary>The vector of a text.</summary>
    public float[] Embed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Embed([text]).To(DType.Float32).ToArray<float>();
    }

    /// <summary>
    /// The vectors of texts, [texts, dimensions]. Texts are read in batches of similar lengths; a text's vector does not depend on the
    /// others.
    /// </summary>
    /// <param name="texts">Any number of texts; an empty one has a vector too, that of its special tokens.</param>
    /// <param name="progress">Is told how many texts are done.</param>
    /// <param name="cancellation">Is looked at between two batches.</param>
    public Tensor Embed(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellation = default) =>
        Embed(Encode(texts), progress, cancellation);

    /// <summary>The texts as the model reads them: with special tokens, cut to <see cref="MaxTokens"/>.</summary>
    public IReadOnlyList<EncodedText> Encode(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] read = Recipe is { Prompt: null, Lowercase: false } ? [.. texts]
            : [.. texts.Select(text => Recipe.Prompt + (Recipe.Lowercase ? text?.ToLowerInvariant() : text))];
        return Tokenizer.EncodeBatch(read, new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = MaxTokens, Offsets = false });
    }

    /// <summary>The vectors of texts that <see cref="Encode"/> has encoded, [texts, dimensions].</summary>
    /// <param name="texts">Their ids.</param>
    /// <param name="progress">Is told how many texts are done.</param>
    /// <param name="cancellation">Is looked at between two batches.</param>
    public Tensor Embed(IReadOnlyList<EncodedText> texts, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var (vectors, done) = (new Tensor[texts.Count], 0);
        foreach (var batch in LengthBatches.Of([.. texts.Select(text => text.Count)], TokensOfBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            var embedded = Forward(BertInput.From([.. batch.Select(i => texts[i])]));
            for (var i = 0; i < batch.Length; i++) vectors[batch[i]] = embedded[i];
            progress?.Report(done += batch.Length);
        }
        return texts.Count == 0 ? Tensor.Zeros([0, Dimensions]) : Tensor.Stack(0, vectors);
    }

    /// <summary>The vectors of a batch, [batch, dimensions], with gradients: for training.</summary>
    public Tensor Forward(BertInput input)
    {
        var hidden = Bert.Forward(input);
        Tensor[] pooled = [.. Recipe.Pooling.Select(pooling => Pool(hidden, pooling))];
        var x = Dense.Aggregate(pooled.Length == 1 ? pooled[0] : Tensor.Concat(1, pooled), (y, layer) => layer.Forward(y));
        return Recipe.Normalizes ? x / x.Square().Sum(1, keepDims: true).Sqrt().Clip(1e-12, double.PositiveInfinity) : x;
    }

    private static Tensor Pool(Ragged hidden, SentencePooling pooling) => pooling switch
    {
        SentencePooling.First => SequencePooling.First(hidden),
        SentencePooling.Max => SequencePooling.Max(hidden),
        SentencePooling.MeanBySquareRoot => SequencePooling.Mean(hidden) * SequencePooling.Lengths(hidden,
            hidden.Values.DType).Sqrt().Unsqueeze(1),
        _ => SequencePooling.Mean(hidden),
    };
}

/// <summary>How hidden states become one vector. Several are put beside each other.</summary>
public enum SentencePooling
{
    /// <summary>The mean over the tokens, special ones included.</summary>
    Mean,

    /// <summary>The first token, [CLS].</summary>
    First,

    /// <summary>The largest of each dimension.</summary>
    Max,

    /// <summary>The sum over the tokens divided by the square root of their number.</summary>
    MeanBySquareRoot,
}

/// <summary>What a <see cref="SentenceEmbedder"/> does besides its BERT.</summary>
public sealed record SentenceRecipe
{
    /// <summary>How hidden states become one vector.</summary>
    public IReadOnlyList<SentencePooling> Pooling { get; init; } = [SentencePooling.Mean];

    /// <summary>Dense layers after the pooling.</summary>
    public IReadOnlyList<SentenceDenseShape> Dense { get; init; } = [];

    /// <summary>Whether vectors are scaled to length 1, so that their products are cosines.</summary>
    public bool Normalizes { get; init; }

    /// <summary>The most tokens of a text, special ones included; null: as many as the model has positions.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether texts are lower-cased before they are encoded.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Stands before every text; null: nothing does.</summary>
    public string? Prompt { get; init; }
}

/// <summary>A dense layer after the pooling.</summary>
/// <param name="Inputs">The length of its input.</param>
/// <param name="Outputs">The length of its output.</param>
/// <param name="HasBias">Whether a bias is added.</param>
/// <param name="Activation">tanh, or identity, relu, gelu, sigmoid.</param>
public sealed record SentenceDenseShape(int Inputs, int Outputs, bool HasBias = true, string Activation = "tanh");

/// <summary>activation(W x + b).  x: [batch, inputs] → [batch, outputs]</summary>
public sealed partial class SentenceDense(SentenceDenseShape shape) : ILayer
{
    /// <summary>inputs → outputs</summary>
    public Linear Linear { get; } = new(shape.Inputs, shape.Outputs, shape.HasBias);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        var y = Linear.Forward(x);
        return shape.Activation switch
        {
            "tanh" => y.Tanh(), "relu" => y.Relu(), "gelu" => y.Gelu(), "sigmoid" => y.Sigmoid(), "identity" => y,
            _ => throw new ArgumentException($"SentenceDense: the activation \"{shape.Activation}\" is not known; tanh, identity, relu, gelu and sigmoid are."),
        };
    }
}
