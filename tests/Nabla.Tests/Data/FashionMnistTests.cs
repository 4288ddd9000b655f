using Nabla.Data;

namespace Nabla.Tests.Data;

[Collection(nameof(KnownDatasetTests))]
public sealed class FashionMnistTests
{
    static (ImageDataset Train, ImageDataset Test) Read()
    {
        var dataset = KnownDataset.Find("fashion-mnist");
        Assert.SkipWhen(dataset.Locate() is null, "Fashion-MNIST is not on this machine: apt install dataset-fashion-mnist");
        return dataset.Images();
    }

    [Fact]
    public void The_training_images_are_the_published_ones()
    {
        var images = Read().Train;
        Assert.Equal((60_000, new ImageSize(1, 28, 28)), (images.Count, images.Size));
        Assert.Equal([9, 0, 0, 3], images.Labels[..4].ToArray());
        Assert.Equal("Ankle boot", images.Classes[9]);
        Assert.Equal(Enumerable.Repeat(6_000L, 10), ClassBalance.Of(images).Counts);
        // As published again and again: mean 0.2860, deviation 0.3530.
        var statistics = ChannelStatistics.Of(images);
        Assert.Equal((0.2860, 0.3530), (Math.Round(statistics.Mean[0], 4), Math.Round(statistics.Deviation[0], 4)));
    }

    [Fact]
    public void Validation_parts_of_the_test_images_hold_every_class_alike()
    {
        var parts = Read().Test.StratifiedSplit(seed: 1, 0.9, 0.1);
        Assert.Equal(Enumerable.Repeat(900L, 10), ClassBalance.Of(parts[0]).Counts);
        Assert.Equal(Enumerable.Repeat(100L, 10), ClassBalance.Of(parts[1]).Counts);
    }
}
