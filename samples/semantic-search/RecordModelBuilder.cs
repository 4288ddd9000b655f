using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

#pragma warning disable MEVD9001 // See InMemoryCollection.

namespace SemanticSearch;

/// <summary>Reads the attributes of a record: a key and data of any type, and one vector.</summary>
sealed class RecordModelBuilder() : CollectionModelBuilder(new() { SupportsMultipleVectors = false, RequiresAtLeastOneVector = true })
{
    protected override bool SupportsKeyAutoGeneration(Type keyPropertyType) => false;

    protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = null;
        return true;
    }

    protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = "ReadOnlyMemory<float> and Embedding<float>";
        return type == typeof(ReadOnlyMemory<float>) || type == typeof(Embedding<float>);
    }
}
