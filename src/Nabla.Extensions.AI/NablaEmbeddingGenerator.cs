using Microsoft.Extensions.AI;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Extensions.AI;

/// <summary>
/// Embeddings of texts by a <see cref="SentenceEmbedder"/>, as an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of
/// Microsoft.Extensions.AI. It computes on the CPU in this process. All members may be called by any number of threads at the same time.
/// </summary>
/// <example><code>
/// IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt; generator = NablaEmbeddingGenerator.Load("all-MiniLM-L6-v2");
/// ReadOnlyMemory&lt;float&gt; vector = await generator.GenerateVectorAsync("How do I get a new passport?");
/// </code></example>
public sealed class NablaEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Texts that are encoded at a time: memory and the wait for a cancellation stay the same for any number of texts.</summary>
    private const int ChunkSize = 1024;

    private readonly SentenceEmbedder model;
    private readonly EmbeddingGeneratorMetadata metadata;

    /// <summary>A generator that uses a model.</summary>
    /// <param name="model">The model. It must not be trained further while the generator is in use.</param>
    /// <param name="modelId">The model's name, as the metadata and every embedding give it; null: it has none.</param>
    public NablaEmbeddingGenerator(SentenceEmbedder model, string? modelId = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        metadata = new("nabla", providerUri: null, modelId, model.Dimensions);
    }

    /// <summary>A generator for the model in a folder: of sentence-transformers, or any BERT, whose hidden states are averaged.</summary>
    /// <param name="folder">
    /// A folder of Hugging Face's layout. <see cref="Hub.ModelFolder"/> finds or downloads the one of a model of the hub.
    /// </param>
    /// <param name="modelId">
    /// The model's name; null: the folder's name, or <c>ORG/NAME</c> for a folder of the hub's cache
    /// (<c>models--ORG--NAME/snapshots/COMMIT</c>).
    /// </param>
    /// <exception cref="Checkpoints.CheckpointException">The weights cannot be read or do not fit.</exception>
    /// <exception cref="Data.DataFileException">A file of the folder cannot be used; the message says which and why.</exception>
    public static NablaEmbeddingGenerator Load(string folder, string? modelId = null) =>
        new(SentenceEmbedder.Load(folder), modelId ?? ModelName.Of(folder));

    /// <summary>
    /// The embeddings of texts, in their order, each with a vector of its own: [dimensions]. The usage counts the tokens that the model
    /// read, special tokens included. The work is done on a thread of the pool.
    /// </summary>
    /// <param name="values">The texts, any number of them. A text longer than the model reads is truncated.</param>
    /// <param name="options">
    /// <c>Dimensions</c> and <c>ModelId</c> must be those of this model, or null. The other options are for other providers and ignored.
    /// </param>
    /// <param name="cancellationToken">Is checked before every batch.</param>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    /// <exception cref="ArgumentException">A text is null, or the options ask for other dimensions or another model.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; thrown by awaiting the task.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Validate(options);
        string[] texts = [.. values];
        if (Array.IndexOf(texts, null) is >= 0 and var index)
            throw new ArgumentException(
                $"NablaEmbeddingGenerator: the text at index {index} is null. Leave it out, or pass an empty text.", nameof(values));
        // Embedding is computation, not waiting: it must not block the caller's thread, which may be one of a user interface.
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// The <see cref="EmbeddingGeneratorMetadata"/>, the <see cref="SentenceEmbedder"/>, its <see cref="BertTokenizer"/>, or this
    /// generator; null for any other type and for any key.
    /// </summary>
    /// <exception cref="ArgumentNullException"><paramref name="serviceType"/> is null.</exception>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata
            : serviceType == typeof(SentenceEmbedder) ? model
            : serviceType == typeof(BertTokenizer) ? model.Tokenizer
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the generator holds managed memory only, which is freed when nothing refers to it and the model.</summary>
    public void Dispose()
    {
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellation)
    {
        // A caller that blocks on the task may run it on its own thread, in training mode: dropout must not drop here.
        using var evaluation = Mode.Evaluate();
        var (embeddings, tokens) = (new GeneratedEmbeddings<Embedding<float>>(texts.Length), 0L);
        foreach (var chunk in texts.Chunk(ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var encoded = model.Encode(chunk);
            var values = model.Embed(encoded, cancellation: cancellation).To(DType.Float32).ToArray<float>();
            var createdAt = DateTimeOffset.UtcNow;
            foreach (var vector in values.Chunk(model.Dimensions))
                embeddings.Add(new(vector) { ModelId = metadata.DefaultModelId, CreatedAt = createdAt });
            tokens += encoded.Sum(text => (long)text.Count);
        }
        embeddings.Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    private void Validate(EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != model.Dimensions)
            throw new ArgumentException(
                $"NablaEmbeddingGenerator: options ask for {dimensions} dimensions, the model has {model.Dimensions}. "
                + $"Set Dimensions to {model.Dimensions} or null.", nameof(options));
        if (options?.ModelId is { } id && id != metadata.DefaultModelId)
            throw new ArgumentException(
                $"NablaEmbeddingGenerator: options ask for the model \"{id}\", this generator has {Quoted(metadata.DefaultModelId)}. "
                + "Set ModelId to null, or load a generator for that model.", nameof(options));
    }

    private static string Quoted(string? name) => name is null ? "one without a name" : $"\"{name}\"";
}
