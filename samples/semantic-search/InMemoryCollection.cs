using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

#pragma warning disable MEVD9001 // What providers of vector stores read the attributes of a record with is marked experimental.

namespace SemanticSearch;

/// <summary>
/// A collection of records in memory, searched exactly: the query's cosine similarity to every vector. A record's vector is given
/// (<c>ReadOnlyMemory&lt;float&gt;</c>, <c>Embedding&lt;float&gt;</c>) or generated from its text (<c>string</c>). Records are stored by
/// reference. Thread-safe.
/// </summary>
sealed class InMemoryCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>
    where TKey : notnull
    where TRecord : class
{
    private const string SystemName = "in-memory";

    private readonly CollectionModel model;
    private volatile ConcurrentDictionary<TKey, Entry>? entries;

    /// <param name="name">The collection's name.</param>
    /// <param name="generator">Generates the vectors of records and queries that are texts; null: vectors are given.</param>
    /// <exception cref="NotSupportedException">The record asks for another distance function than cosine similarity.</exception>
    public InMemoryCollection(string name, IEmbeddingGenerator? generator = null)
    {
        Name = name;
        model = new RecordModelBuilder().Build(typeof(TRecord), typeof(TKey), definition: null, generator);
        if (model.VectorProperty.DistanceFunction is not (null or DistanceFunction.CosineSimilarity))
            throw new NotSupportedException($"{PropertyName} asks for {model.VectorProperty.DistanceFunction}; "
                + $"the collection has {DistanceFunction.CosineSimilarity} only.");
    }

    public override string Name { get; }

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(entries is not null);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.CompareExchange(ref entries, new(), null);
        return Task.CompletedTask;
    }

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        entries = null;
        return Task.CompletedTask;
    }

    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        RefuseGeneratedVectors(options?.IncludeVectors ?? false);
        return Task.FromResult(Entries().GetValueOrDefault(key)?.Record);
    }

    public override IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new();
        RefuseGeneratedVectors(options.IncludeVectors);
        var records = Entries().Values.Select(entry => entry.Record).Where(filter.Compile());
        // The first criterion decides; sorting is stable, so it comes last.
        foreach (var criterion in (options.OrderBy?.Invoke(new()).Values ?? []).Reverse())
        {
            var property = criterion.PropertySelector.Compile();
            records = criterion.Ascending ? records.OrderBy(property) : records.OrderByDescending(property);
        }
        return records.Skip(options.Skip).Take(top).ToAsyncEnumerable();
    }

    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        Entries().TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default) =>
        UpsertAsync([record], cancellationToken);

    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        TRecord[] batch = [.. records];
        var target = Entries();
        var vectors = await VectorsAsync(batch, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < batch.Length; i++) target[(TKey)model.KeyProperty.GetValueAsObject(batch[i])!] = new(batch[i], vectors[i]);
    }

    public override IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new();
        RefuseGeneratedVectors(options.IncludeVectors);
        _ = model.GetVectorPropertyOrSingle(options); // refuses a property that holds no vectors
        return Search(searchValue, top, options, cancellationToken);
    }

    private async IAsyncEnumerable<VectorSearchResult<TRecord>> Search(
        object searchValue, int top, VectorSearchOptions<TRecord> options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = await VectorOfQueryAsync(searchValue, cancellationToken).ConfigureAwait(false);
        var matches = options.Filter?.Compile() ?? (_ => true);
        var results = from entry in Entries().Values
                      where matches(entry.Record)
                      let score = TensorPrimitives.CosineSimilarity(query.Span, entry.Vector.Span)
                      where options.ScoreThreshold is not { } least || score >= least
                      orderby score descending
                      select new VectorSearchResult<TRecord>(entry.Record, score);
        foreach (var result in results.Skip(options.Skip).Take(top)) yield return result;
    }

    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(VectorStoreCollectionMetadata)
            ? new VectorStoreCollectionMetadata { VectorStoreSystemName = SystemName, CollectionName = Name }
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    private string PropertyName => $"{typeof(TRecord).Name}.{model.VectorProperty.ModelName}";

    private bool GeneratesVectors => model.VectorProperty.Type != model.VectorProperty.EmbeddingType;

    private ConcurrentDictionary<TKey, Entry> Entries([CallerMemberName] string operation = "") => entries
        ?? throw new VectorStoreException($"The collection \"{Name}\" does not exist. Call EnsureCollectionExistsAsync first.")
        {
            VectorStoreSystemName = SystemName, CollectionName = Name, OperationName = operation,
        };

    private void RefuseGeneratedVectors(bool included)
    {
        if (included && GeneratesVectors)
            throw new NotSupportedException($"IncludeVectors: {PropertyName} is a text, which cannot hold the vector generated from it.");
    }

    /// <summary>The vectors of records, all generated by one call.</summary>
    private async Task<ReadOnlyMemory<float>[]> VectorsAsync(TRecord[] records, CancellationToken cancellationToken)
    {
        var values = Array.ConvertAll(records, model.VectorProperty.GetValueAsObject);
        if (!GeneratesVectors) return Array.ConvertAll(values, value => VectorOf(value!));
        var embeddings = await model.VectorProperty.GenerateEmbeddingsAsync(values, cancellationToken).ConfigureAwait(false);
        return [.. embeddings.Select(VectorOf)];
    }

    private async Task<ReadOnlyMemory<float>> VectorOfQueryAsync(object value, CancellationToken cancellationToken)
    {
        var isVector = value is ReadOnlyMemory<float> or float[] or Embedding<float>;
        return VectorOf(isVector || model.VectorProperty.EmbeddingGenerationDispatcher is null ? value
            : await model.VectorProperty.GenerateEmbeddingAsync(value, cancellationToken).ConfigureAwait(false));
    }

    private ReadOnlyMemory<float> VectorOf(object value)
    {
        var vector = value switch
        {
            ReadOnlyMemory<float> given => given,
            float[] given => given,
            Embedding<float> embedding => embedding.Vector,
            _ => throw new NotSupportedException(
                $"A {value.GetType().Name} is not a vector, and the collection \"{Name}\" has no generator to make one of it."),
        };
        return vector.Length == model.VectorProperty.Dimensions ? vector : throw new ArgumentException(
            $"The vector has {vector.Length} dimensions; {PropertyName} has {model.VectorProperty.Dimensions}.");
    }

    private sealed record Entry(TRecord Record, ReadOnlyMemory<float> Vector);
}
