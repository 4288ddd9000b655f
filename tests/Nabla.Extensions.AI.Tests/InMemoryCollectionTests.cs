using System.Numerics.Tensors;
using Microsoft.Extensions.VectorData;
using SemanticSearch;

namespace Nabla.Extensions.AI.Tests;

/// <summary>The vector store of samples/semantic-search, over a model of random weights.</summary>
public class InMemoryCollectionTests
{
    sealed class Note
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData]
        public string Tag { get; set; } = "";

        [VectorStoreVector(TinyModel.Dimensions)]
        public string Text { get; set; } = "";
    }

    sealed class Point
    {
        [VectorStoreKey]
        public string Name { get; set; } = "";

        [VectorStoreVector(2, DistanceFunction = DistanceFunction.CosineSimilarity)]
        public ReadOnlyMemory<float> Position { get; set; }
    }

    sealed class Far
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreVector(2, DistanceFunction = DistanceFunction.EuclideanDistance)]
        public ReadOnlyMemory<float> Position { get; set; }
    }

    sealed class Wide
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreVector(384)]
        public string Text { get; set; } = "";
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static async Task<InMemoryCollection<int, Note>> Notes()
    {
        var collection = new InMemoryCollection<int, Note>("notes", new NablaEmbeddingGenerator(TinyModel.Create()));
        await collection.EnsureCollectionExistsAsync(Cancellation);
        var notes = TinyModel.Texts.Select((text, i) => new Note { Id = i, Tag = i % 2 == 0 ? "even" : "odd", Text = text });
        await collection.UpsertAsync(notes, Cancellation);
        return collection;
    }

    static ValueTask<List<T>> List<T>(IAsyncEnumerable<T> items) => items.ToListAsync(Cancellation);

    static IEnumerable<int> Ids(IEnumerable<VectorSearchResult<Note>> results) => results.Select(result => result.Record.Id);

    [Fact]
    public async Task A_search_finds_the_most_similar_records_first()
    {
        var model = TinyModel.Create();
        var found = await List((await Notes()).SearchAsync("a man rides bread", top: 5, cancellationToken: Cancellation));
        var query = model.Embed("a man rides bread");
        var expected = TinyModel.Texts.Select((text, i) => (Id: i, Score: TensorPrimitives.CosineSimilarity(query, model.Embed(text))))
            .OrderByDescending(pair => pair.Score).Take(5).ToArray();
        Assert.Equal(expected.Select(pair => pair.Id), Ids(found));
        for (var i = 0; i < 5; i++) Assert.Equal(expected[i].Score, found[i].Score!.Value, 1e-5);
    }

    [Fact]
    public async Task A_search_respects_filter_skip_and_threshold()
    {
        var notes = await Notes();
        var all = await List(notes.SearchAsync("horses", top: 100, cancellationToken: Cancellation));
        Assert.Equal(TinyModel.Texts.Length, all.Count);
        Assert.Equal(("horses", 1.0), (all[0].Record.Text, Math.Round(all[0].Score!.Value, 5)));

        var odd = await List(notes.SearchAsync("horses", 100, new() { Filter = note => note.Tag == "odd" }, Cancellation));
        Assert.Equal(Ids(all.Where(result => result.Record.Tag == "odd")), Ids(odd));
        var skipped = await List(notes.SearchAsync("horses", 2, new() { Skip = 3 }, Cancellation));
        Assert.Equal(Ids(all.Skip(3).Take(2)), Ids(skipped));
        var close = await List(notes.SearchAsync("horses", 100, new() { ScoreThreshold = all[2].Score!.Value - 1e-6 }, Cancellation));
        Assert.Equal(Ids(all.Take(3)), Ids(close));
    }

    [Fact]
    public async Task Records_are_found_by_key_and_by_filter_in_order_replaced_and_deleted()
    {
        var notes = await Notes();
        Assert.Equal("horses", (await notes.GetAsync(2, cancellationToken: Cancellation))!.Text);
        await notes.UpsertAsync(new Note { Id = 2, Tag = "new", Text = "bread" }, Cancellation);
        Assert.Equal("bread", (await notes.GetAsync(2, cancellationToken: Cancellation))!.Text);
        await notes.DeleteAsync([0, 77], Cancellation);
        Assert.Null(await notes.GetAsync(0, cancellationToken: Cancellation));

        var ordered = await List(notes.GetAsync(note => note.Tag != "new", 3,
            new() { Skip = 1, OrderBy = by => by.Descending(note => note.Tag).Ascending(note => note.Id) }, Cancellation));
        Assert.Equal([3, 5, 7], ordered.Select(note => note.Id));
    }

    [Fact]
    public async Task Vectors_that_are_given_need_no_generator()
    {
        var points = new InMemoryCollection<string, Point>("points");
        await points.EnsureCollectionExistsAsync(Cancellation);
        Point[] axes = [new() { Name = "right", Position = new float[] { 2, 0 } }, new() { Name = "up", Position = new float[] { 0, 3 } }];
        await points.UpsertAsync(axes, Cancellation);
        var found = await List(points.SearchAsync(new float[] { 1, 3 }, top: 2, cancellationToken: Cancellation));
        Assert.Equal(["up", "right"], found.Select(result => result.Record.Name));
        Assert.Equal(3 / Math.Sqrt(10), found[0].Score!.Value, 1e-6);
        Func<Task> text = async () => await List(points.SearchAsync("up", 1, cancellationToken: Cancellation));
        Func<Task> longer = async () => await List(points.SearchAsync(new float[3], 1, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(text);
        await Assert.ThrowsAsync<ArgumentException>(longer);
    }

    [Fact]
    public async Task A_collection_that_does_not_exist_is_an_error_until_it_is_created()
    {
        var points = new InMemoryCollection<string, Point>("points");
        Assert.False(await points.CollectionExistsAsync(Cancellation));
        var origin = new Point { Name = "origin", Position = new float[2] };
        var error = await Assert.ThrowsAsync<VectorStoreException>(() => points.UpsertAsync(origin, Cancellation));
        Assert.Equal(("points", "UpsertAsync"), (error.CollectionName, error.OperationName));
        await points.EnsureCollectionExistsAsync(Cancellation);
        Assert.True(await points.CollectionExistsAsync(Cancellation));
        await points.EnsureCollectionDeletedAsync(Cancellation);
        Assert.False(await points.CollectionExistsAsync(Cancellation));
        Assert.Equal("points", ((VectorStoreCollectionMetadata)points.GetService(typeof(VectorStoreCollectionMetadata))!).CollectionName);
        Assert.Null(points.GetService(typeof(VectorStoreCollectionMetadata), "key"));
    }

    [Fact]
    public async Task What_a_record_asks_for_and_cannot_have_is_refused()
    {
        Assert.Throws<NotSupportedException>(() => new InMemoryCollection<int, Far>("far"));
        var notes = await Notes();
        Assert.Throws<NotSupportedException>(() => notes.SearchAsync("man", 1, new() { IncludeVectors = true }, Cancellation));
        var wide = new InMemoryCollection<int, Wide>("wide", new NablaEmbeddingGenerator(TinyModel.Create()));
        await wide.EnsureCollectionExistsAsync(Cancellation);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => wide.UpsertAsync(new Wide { Id = 1, Text = "man" }, Cancellation));
        Assert.Contains("12 dimensions; Wide.Text has 384", error.Message, StringComparison.Ordinal);
    }
}
