using Microsoft.Extensions.AI;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Extensions.AI;

/// <summary>
/// Vectors of texts by a <see cref="SentenceEmbedder"/>, as <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of Microsoft.Extensions.AI. It computes on the
/// processor, needs no service, and may be used by any number of threads at a time.
/// </summary>
public sealed class NablaEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly SentenceEmbedder model;
    private readonly EmbeddingGeneratorMetadata metadata;

    /// <summary>A generator over a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelId">Its name, as the metadata and each embedding give it; null: it has none.</param>
    public NablaEmbeddingGenerator(SentenceEmbedder model, string? modelId = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        metadata = new("nabla", providerUri: null, modelId, model.Dimensions);
    }

    /// <summary>A generator over the model of a folder of sentence-transformers or of a BERT.</summary>
    /// <param name="folder">The folder; its name is the model's.</param>
    public static NablaEmbeddingGenerator Load(string folder) => new(SentenceEmbedder.Load(folder), Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));

    /// <summary>The vectors of texts, in their order, with the number of tokens that were read.</summary>
    /// <param name="values">The texts. Those longer than the model reads are cut.</param>
    /// <param name="options">Dimensions and model may only be those of this model.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">A text is null, or the options ask for other dimensions or another model.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Validate(options);
        string[] texts = [.. values];
        if (Array.IndexOf(texts, null) is >= 0 and var missing) throw new ArgumentException($"NablaEmbeddingGenerator: text {missing} is null.", nameof(values));
        // It is work, not waiting: it does not belong on the caller's thread.
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellation)
    {
        var encoded = model.Encode(texts);
        var (vectors, now) = (model.Embed(encoded, cancellation: cancellation), DateTimeOffset.UtcNow);
        var values = vectors.ToArray<float>().AsMemory();
        var tokens = encoded.Sum(text => (long)text.Count);
        return new(texts.Select((_, i) => new Embedding<float>(values.Slice(i * model.Dimensions, model.Dimensions)) { ModelId = metadata.DefaultModelId, CreatedAt = now }))
        {
            Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private void Validate(EmbeddingGenerationOptions? options)
    {
        if (options?.Dimensions is { } dimensions && dimensions != model.Dimensions)
            throw new ArgumentException($"NablaEmbeddingGenerator: {dimensions} dimensions are asked for; the model has {model.Dimensions}. Leave Dimensions out.", nameof(options));
        if (options?.ModelId is { } id && id != metadata.DefaultModelId)
            throw new ArgumentException($"NablaEmbeddingGenerator: the model \"{id}\" is asked for; this generator has \"{metadata.DefaultModelId}\". Load another one for it.", nameof(options));
    }

    /// <summary>The <see cref="EmbeddingGeneratorMetadata"/>, the <see cref="SentenceEmbedder"/>, its <see cref="BertTokenizer"/>, or this generator; null for anything else.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(EmbeddingGeneratorMetadata) ? metadata
            : serviceType == typeof(SentenceEmbedder) ? model
            : serviceType == typeof(BertTokenizer) ? model.Tokenizer
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>There is nothing to release: the model's memory goes when nobody uses it.</summary>
    public void Dispose()
    {
    }
}
