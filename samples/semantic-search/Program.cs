// Finds the chapters of Moby-Dick whose openings are closest in meaning to a query, by a model on this machine's CPU.
//   dotnet run -c Release --project samples/semantic-search -- MODEL [QUERY]...
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Nabla.Extensions.AI;
using Nabla.Hub;
using SemanticSearch;

if (args is not [var model, .. var queries])
{
    Console.WriteLine("Get a model by `nabla models get sentence-transformers/all-MiniLM-L6-v2`, then run "
        + "`dotnet run -c Release --project samples/semantic-search -- sentence-transformers/all-MiniLM-L6-v2 \"a storm at sea\"`; "
        + "or pass a model's folder.");
    return;
}

var folder = await ModelFolder.ResolveAsync(model);
var services = new ServiceCollection();
services.AddEmbeddingGenerator(_ => NablaEmbeddingGenerator.Load(folder));
services.AddSingleton<VectorStoreCollection<int, Chapter>>(provider =>
    new InMemoryCollection<int, Chapter>("moby-dick", provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()));
await using var provider = services.BuildServiceProvider();

var chapters = provider.GetRequiredService<VectorStoreCollection<int, Chapter>>();
await chapters.EnsureCollectionExistsAsync();
await chapters.UpsertAsync(Chapter.ReadAll());

foreach (var query in queries is [] ? ["a storm at sea", "pictures of whales by painters", "the anatomy of a whale's head"] : queries)
{
    Console.WriteLine(query);
    await foreach (var result in chapters.SearchAsync(query, top: 3))
        Console.WriteLine($"  {result.Score:F3}  {result.Record.Number}. {result.Record.Title} {result.Record.OpeningWords(15)} …");
}
