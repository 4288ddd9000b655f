using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class FashionMnistTests
{
    const string Folder = "/usr/share/datasets/fashion-mnist";

    static ImageDataset Read(string part)
    {
        Assert.SkipUnless(Directory.Exists(Folder), "Debian's package dataset-fashion-mnist is not installed.");
        return Idx.Images($"{Folder}/{part}-images-idx3-ubyte.gz", $"{Folder}/{part}-labels-idx1-ubyte.gz", [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
    }

    [Fact]
    public void The_training_images_are_the_published_ones()
    {
        var images = Read("train");
        Assert.Equal((60_000, new ImageSize(1, 28, 28)), (images.Count, images.Size));
        Assert.Equal([9, 0, 0, 3], images.Labels[..4].ToArray());
        Assert.Equal(Enumerable.Repeat(6_000L, 10), ClassBalance.Of(images).Counts);
        // As published again and again: mean 0.2860, deviation 0.3530.
        var statistics = ChannelStatistics.Of(images);
        Assert.Equal((0.2860, 0.3530), (Math.Round(statistics.Mean[0], 4), Math.Round(statistics.Deviation[0], 4)));
    }

    [Fact]
    public void Validation_parts_of_the_test_images_hold_every_class_alike()
    {
        var parts = Read("t10k").StratifiedSplit(seed: 1, 0.9, 0.1);
        Assert.Equal(Enumerable.Repeat(900L, 10), ClassBalance.Of(parts[0]).Counts);
        Assert.Equal(Enumerable.Repeat(100L, 10), ClassBalance.Of(parts[1]).Counts);
    }
}
