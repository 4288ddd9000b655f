using Microsoft.Extensions.AI;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Extensions.AI.Tests;

public class NablaEmbeddingGeneratorTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static readonly SentenceEmbedder Model = TinyModel.Create();

    static NablaEmbeddingGenerator Generator() => new(Model, "tiny");

    static float[][] Vectors(IEnumerable<Embedding<float>> embeddings) => [.. embeddings.Select(embedding => embedding.Vector.ToArray())];

    [Fact]
    public async Task Vectors_are_those_of_the_model_in_the_order_of_the_texts()
    {
        var embeddings = await Generator().GenerateAsync(TinyModel.Texts, cancellationToken: Cancellation);
        Assert.Equal(TinyModel.Vectors(Model, TinyModel.Texts), Vectors(embeddings));
        for (var i = 0; i < TinyModel.Texts.Length; i++) AssertClose(Model.Embed(TinyModel.Texts[i]), embeddings[i].Vector.Span);
    }

    [Fact]
    public async Task Thousands_of_texts_keep_their_order()
    {
        var texts = TinyModel.Sentences(2500);
        var expected = TinyModel.Vectors(Model, texts);
        var embeddings = await Generator().GenerateAsync(texts, cancellationToken: Cancellation);
        Assert.Equal(texts.Length, embeddings.Count);
        for (var i = 0; i < texts.Length; i++) AssertClose(expected[i], embeddings[i].Vector.Span);
        Assert.Equal(Model.Encode(texts).Sum(text => text.Count), embeddings.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task An_embedding_has_memory_of_its_own_the_name_of_the_model_and_the_time()
    {
        var before = DateTimeOffset.UtcNow;
        var embeddings = await Generator().GenerateAsync(["man", "man"], cancellationToken: Cancellation);
        var second = embeddings[1].Vector.ToArray();
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(embeddings[0].Vector, out var array));
        Assert.Equal(TinyModel.Dimensions, array.Array!.Length);
        array.Array.AsSpan().Clear();
        Assert.Equal(second, embeddings[1].Vector.ToArray());
        Assert.All(embeddings, embedding =>
        {
            Assert.Equal("tiny", embedding.ModelId);
            Assert.Equal(TinyModel.Dimensions, embedding.Dimensions);
            Assert.InRange(embedding.CreatedAt!.Value, before, DateTimeOffset.UtcNow);
        });
    }

    [Fact]
    public async Task No_texts_have_no_embeddings_and_no_tokens()
    {
        var embeddings = await Generator().GenerateAsync([], cancellationToken: Cancellation);
        Assert.Empty(embeddings);
        Assert.Equal((0, 0), (embeddings.Usage!.InputTokenCount, embeddings.Usage.TotalTokenCount));
    }

    [Fact]
    public async Task Usage_counts_the_tokens_that_are_read_special_ones_included()
    {
        // [CLS] a man eats [SEP] · [CLS] [SEP] · [CLS] horse ##s [SEP] · cut to the 8 that the model reads
        string[] texts = ["a man eats", "", "horses", "a a a a a a a a a a"];
        var embeddings = await Generator().GenerateAsync(texts, cancellationToken: Cancellation);
        Assert.Equal(5 + 2 + 4 + 8, embeddings.Usage!.InputTokenCount);
        Assert.Equal(19, embeddings.Usage.TotalTokenCount);
        Assert.Null(embeddings.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task A_model_in_float64_has_vectors_in_float32()
    {
        using var generator = new NablaEmbeddingGenerator(TinyModel.Create().To(DType.Float64));
        var embeddings = await generator.GenerateAsync(TinyModel.Texts, cancellationToken: Cancellation);
        var expected = TinyModel.Vectors(Model, TinyModel.Texts);
        for (var i = 0; i < expected.Length; i++) AssertClose(expected[i], embeddings[i].Vector.Span);
        Assert.Null(embeddings[0].ModelId);
    }

    [Fact]
    public async Task Dropout_does_not_drop_when_the_caller_is_training()
    {
        var model = TinyModel.Create(dropout: 0.5);
        Task<GeneratedEmbeddings<Embedding<float>>> generating;
        using var generator = new NablaEmbeddingGenerator(model);
        using (Mode.Train()) generating = generator.GenerateAsync(TinyModel.Texts, cancellationToken: Cancellation);
        Assert.Equal(TinyModel.Vectors(model, TinyModel.Texts), Vectors(await generating));
    }

    [Fact]
    public async Task Calls_at_the_same_time_have_equal_vectors()
    {
        var (generator, expected) = (Generator(), TinyModel.Vectors(Model, TinyModel.Texts));
        var calls = Enumerable.Range(0, 32).Select(_ => generator.GenerateAsync(TinyModel.Texts, cancellationToken: Cancellation));
        Assert.All(await Task.WhenAll(calls), embeddings => Assert.Equal(expected, Vectors(embeddings)));
    }

    [Fact]
    public async Task A_text_that_is_null_is_refused_by_its_index()
    {
        var generator = Generator();
        string[] texts = ["man", null!];
        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(texts, cancellationToken: Cancellation));
        Assert.Contains("the text at index 1 is null", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentNullException>(() => generator.GenerateAsync(null!, cancellationToken: Cancellation));
        Assert.Throws<ArgumentNullException>(() => new NablaEmbeddingGenerator(null!));
    }

    [Fact]
    public async Task Options_of_this_model_are_accepted_and_left_as_they_are()
    {
        var options = new EmbeddingGenerationOptions { Dimensions = TinyModel.Dimensions, ModelId = "tiny" };
        Assert.Single(await Generator().GenerateAsync(["man"], options, Cancellation));
        Assert.Equal((TinyModel.Dimensions, "tiny"), (options.Dimensions, options.ModelId));
    }

    [Fact]
    public async Task Other_dimensions_are_refused()
    {
        var options = new EmbeddingGenerationOptions { Dimensions = 11 };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Generator().GenerateAsync(["man"], options, Cancellation));
        Assert.Contains("11 dimensions, the model has 12", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny", "this generator has \"tiny\"")]
    [InlineData(null, "this generator has one without a name")]
    public async Task Another_model_is_refused(string? name, string reason)
    {
        var generator = new NablaEmbeddingGenerator(Model, name);
        var options = new EmbeddingGenerationOptions { ModelId = "large" };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["man"], options, Cancellation));
        Assert.Contains("the model \"large\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_does_not_start()
    {
        var generating = Generator().GenerateAsync(["man"], cancellationToken: new(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generating);
        Assert.True(generating.IsCanceled);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_while_it_runs_stops()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        // Far more than are embedded before the cancellation below.
        var generating = Generator().GenerateAsync(Enumerable.Repeat("a man rides a horse", 2_000_000), cancellationToken: source.Token);
        SpinWait.SpinUntil(() => generating.Status >= TaskStatus.Running);
        await source.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generating);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(generating.IsCanceled);
    }

    [Fact]
    public void Services_are_the_metadata_the_model_its_tokenizer_and_the_generator()
    {
        var generator = Generator();
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("nabla", "tiny"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Equal(TinyModel.Dimensions, metadata.DefaultModelDimensions);
        Assert.Null(metadata.ProviderUri);
        Assert.Same(metadata, generator.GetRequiredService<EmbeddingGeneratorMetadata>());
        Assert.Same(Model, generator.GetService<SentenceEmbedder>());
        Assert.Same(Model.Tokenizer, generator.GetService<BertTokenizer>());
        Assert.Same(generator, generator.GetService<NablaEmbeddingGenerator>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Same(generator, generator.GetService(typeof(object)));
    }

    [Fact]
    public void Unknown_services_and_keys_are_null()
    {
        var generator = Generator();
        Assert.Null(generator.GetService<string>());
        Assert.Null(generator.GetService<IChatClient>());
        Assert.Null(generator.GetService(typeof(EmbeddingGeneratorMetadata), "key"));
        Assert.Null(generator.GetService(typeof(NablaEmbeddingGenerator), "key"));
        Assert.Throws<ArgumentNullException>(() => generator.GetService(null!));
    }

    [Fact]
    public async Task A_generator_that_was_disposed_of_still_generates()
    {
        var generator = Generator();
        generator.Dispose();
        generator.Dispose();
        Assert.Equal(Model.Embed("man"), (await generator.GenerateVectorAsync("man", cancellationToken: Cancellation)).ToArray());
    }

    static void AssertClose(float[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }
}
