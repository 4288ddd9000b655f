using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Extensions.AI.Tests;

/// <summary>The generator within the pipelines and containers of Microsoft.Extensions.AI.</summary>
public class PipelineTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pipeline_leads_to_the_generator()
    {
        var model = TinyModel.Create();
        using var inner = new NablaEmbeddingGenerator(model, "tiny");
        using var generator = inner.AsBuilder().ConfigureOptions(options => options.Dimensions = model.Dimensions).Build();
        Assert.NotSame(inner, generator);
        Assert.Same(inner, generator.GetService<NablaEmbeddingGenerator>());
        Assert.Equal("tiny", generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelId);

        var vector = model.Embed("a woman rides");
        Assert.Equal(vector, (await generator.GenerateVectorAsync("a woman rides", cancellationToken: Cancellation)).ToArray());
        Assert.Equal(vector, (await generator.GenerateAsync("a woman rides", cancellationToken: Cancellation)).Vector.ToArray());
        var pairs = await generator.GenerateAndZipAsync(["a woman rides", "bread"], cancellationToken: Cancellation);
        Assert.Equal(["a woman rides", "bread"], pairs.Select(pair => pair.Value));
    }

    [Fact]
    public async Task Options_that_a_pipeline_sets_are_validated()
    {
        using var inner = new NablaEmbeddingGenerator(TinyModel.Create());
        using var generator = inner.AsBuilder().ConfigureOptions(options => options.Dimensions = 1024).Build();
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["man"], cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_container_gives_the_same_generator_to_all()
    {
        var services = new ServiceCollection();
        services.AddEmbeddingGenerator(_ => new NablaEmbeddingGenerator(TinyModel.Create(), "tiny"));
        await using var provider = services.BuildServiceProvider();
        var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        Assert.Same(generator, provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Single(await generator.GenerateAsync(["man"], cancellationToken: Cancellation));
    }
}
