using Nabla.Hub;
using Nabla.Tests.Servers;

namespace Nabla.Tests.Hub;

/// <summary>A hub with a small model, and an empty cache.</summary>
public abstract class HubTest : IDisposable
{
    /// <summary>Several reads long, as weights are.</summary>
    protected static readonly byte[] Weights = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i / 7))];

    protected static readonly byte[] Config = """{"model_type":"bert"}"""u8.ToArray();

    protected static readonly ModelReference Model = ModelReference.Parse("acme/tiny-bert");

    protected HubTest()
    {
        Server.Files["config.json"] = Config;
        Server.Files["vocab.txt"] = "[PAD]\n[UNK]\n"u8.ToArray();
        Server.Files["model.safetensors"] = Weights;
        Server.Large.Add("model.safetensors");
    }

    private protected HubServer Server { get; } = new();

    private protected Arrivals Arrivals { get; init; } = new();

    private protected Pauses Pauses { get; } = new();

    protected string Folder { get; } = Directory.CreateTempSubdirectory("nabla-hub-").FullName;

    protected string Repository => Path.Combine(Folder, "models--acme--tiny-bert");

    protected string Snapshot => Path.Combine(Repository, "snapshots", HubServer.Commit);

    protected string Blob(string file) => Path.Combine(Repository, "blobs", Server.Etag(file));

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected ModelHubOptions Options => new()
    {
        Endpoint = Server.Address, CacheFolder = Folder, Token = null, IsOffline = false, Retry = new() { Delay = Pauses.Delay },
    };

    private protected Task<string> Download(ModelHubOptions? options = null, string[]? patterns = null) =>
        new ModelHub(options ?? Options).DownloadAsync(Model, patterns, Arrivals, Cancellation);

    private protected async Task<ModelHubException> Refused(ModelHubFault fault, ModelHubOptions? options = null, string[]? patterns = null)
    {
        var error = await Assert.ThrowsAsync<ModelHubException>(() => Download(options, patterns));
        Assert.Equal(fault, error.Fault);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private protected void AssertHere(string file) => Assert.Equal(Server.Files[file], File.ReadAllBytes(Path.Combine(Snapshot, file)));

    public virtual void Dispose()
    {
        Server.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
