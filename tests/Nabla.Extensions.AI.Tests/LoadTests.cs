using Microsoft.Extensions.AI;
using Nabla.Data;

namespace Nabla.Extensions.AI.Tests;

public sealed class LoadTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("nabla-ai-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    string Saved(params string[] path)
    {
        var folder = Path.Combine([root, .. path]);
        TinyModel.Create().Save(folder);
        return folder;
    }

    static string? NameOf(IEmbeddingGenerator generator) => generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelId;

    [Fact]
    public async Task A_folder_gives_the_vectors_of_the_model_that_was_saved_under_its_name()
    {
        using var generator = NablaEmbeddingGenerator.Load(Saved("tiny") + Path.DirectorySeparatorChar);
        Assert.Equal("tiny", NameOf(generator));
        var vector = await generator.GenerateVectorAsync("a man eats", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(TinyModel.Create().Embed("a man eats"), vector.ToArray());
    }

    [Theory]
    [InlineData("models--some-org--tiny-bert", "some-org/tiny-bert")]
    [InlineData("models--tiny", "tiny")]
    public void A_folder_of_the_cache_of_the_hub_has_the_name_of_its_repository(string repository, string name)
    {
        var snapshot = Saved(repository, "snapshots", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf");
        Assert.Equal(name, NameOf(NablaEmbeddingGenerator.Load(snapshot)));
    }

    [Fact]
    public void A_name_that_is_given_is_taken() => Assert.Equal("mine", NameOf(NablaEmbeddingGenerator.Load(Saved("tiny"), "mine")));

    [Fact]
    public void A_file_that_cannot_be_used_is_named()
    {
        var folder = Saved("tiny");
        File.WriteAllText(Path.Combine(folder, "modules.json"), "{}");
        var error = Assert.Throws<DataFileException>(() => NablaEmbeddingGenerator.Load(folder));
        Assert.Contains("modules.json", error.Message, StringComparison.Ordinal);
    }
}
