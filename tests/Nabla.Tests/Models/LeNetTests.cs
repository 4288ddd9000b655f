using System.Globalization;
using System.IO.Compression;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Tests.Models;

public class LeNetTests
{
    /// <summary>The layers of the published table: 156 in C1, 48,120 in C5, 10,164 in F6; C3 with all connections has 2,416, the output 850.</summary>
    [Fact]
    public void Has_the_published_number_of_parameters()
    {
        var counts = new LeNet().Parameters().GroupBy(p => p.Path.Split('.')[0]).Select(layer => (layer.Key, layer.Sum(p => p.Parameter.Shape.Length)));
        Assert.Equal([("c1", 156), ("c3", 2416), ("c5", 48120), ("f6", 10164), ("output", 850)], counts);
    }

    [Theory, InlineData(28, 400), InlineData(32, 576), InlineData(16, 64), InlineData(12, 16), InlineData(13, 16)]
    public void Takes_images_of_other_sizes(int side, int features)
    {
        var model = new LeNet(classes: 7, channels: 3, side).Initialize(1);
        Assert.Equal(features, model.C5.Weight.Shape[1]);
        Assert.Equal(Shape.Create(2, 7), model.Forward(Tensor.Ones([2, 3, side, side])).Shape);
    }

    [Fact]
    public void Images_of_the_wrong_size_are_refused_with_the_remedy()
    {
        var error = Assert.Throws<ArgumentException>(() => new LeNet().Forward(Tensor.Ones([2, 1, 8, 8])));
        Assert.Equal("LeNet: x [2, 1, 8, 8]: [batch, 1, 28, 28] is needed. Resize the images, or say their size: new LeNet(side: …).", error.Message);
        Assert.Contains("Enlarge them to 12 × 12", Assert.Throws<ArgumentOutOfRangeException>(() => new LeNet(side: 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_digits_after_five_epochs()
    {
        var (images, labels) = Digits();
        var order = new Generator(2);
        var places = order.Permutation(images.Shape[0]);
        var (training, held) = (places[..1400], Index(places[1400..]));
        var model = new LeNet(side: 16).Initialize(seed: 1);
        var optimizer = new AdamW(model, 4e-3);
        for (var epoch = 0; epoch < 5; epoch++)
            foreach (var batch in order.Permutation(1400).Select(i => training[i]).Chunk(32).Select(Index))
                optimizer.Step(Gradients.Of(() => model.Forward(images.IndexSelect(0, batch)).CrossEntropy(labels.IndexSelect(0, batch))).Gradients);
        var right = model.Forward(images.IndexSelect(0, held)).ArgMax(-1).EqualTo(labels.IndexSelect(0, held)).To(DType.Float32).Mean().Item();
        Assert.True(right > 0.9, $"{right:P1} of the digits it has not seen are read");
    }

    static Tensor Index(int[] places) => Tensor.From(Array.ConvertAll(places, place => (long)place));

    /// <summary>8 × 8 pixels, each as four: [1797, 1, 16, 16].</summary>
    static (Tensor Images, Tensor Labels) Digits()
    {
        using var file = File.OpenRead(Path.Combine(Sources.Root, "data/digits.csv.gz"));
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var rows = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var small = Tensor.From(rows.SelectMany(row => row[..64]).ToArray(), [rows.Length, 1, 8, 1, 8, 1]) / 16;
        return (small.Expand([rows.Length, 1, 8, 2, 8, 2]).Reshape(rows.Length, 1, 16, 16), Tensor.From(rows.Select(row => (long)row[64]).ToArray()));
    }
}
