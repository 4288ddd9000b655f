using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ImagePipelineTests
{
    static ImageDataset Images(int count = 50)
    {
        var pixels = new byte[count * 64];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 37);
        return ImageDataset.From(pixels, new(1, 8, 8), [.. Enumerable.Range(0, count).Select(i => i % 5)], ["a", "b", "c", "d", "e"]);
    }

    static Pipeline<LabelledBatch> Augmented(ImageDataset images) =>
        images.Shuffle(seed: 3).Transform(4, new RandomCrop(8, padding: 2), new HorizontalFlip(), new RandomRotation(20), new RandomErasing(), new Normalize([0.5], [0.25])).Batch(16);

    [Fact]
    public void A_batch_is_its_examples_one_after_another()
    {
        var images = Images();
        var batch = images.Batch(16).Skip(1).First();
        Assert.Equal(([16, 1, 8, 8], [16]), (batch.Inputs.Shape, batch.Labels.Shape));
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal(images[16 + i].Image.ToArray<float>(), batch.Inputs[i].ToArray<float>());
            Assert.Equal(images[16 + i].Label, batch.Labels[i].Item<long>());
        }
    }

    [Fact]
    public void Writing_straight_into_a_batch_gives_the_bits_of_transforming_one_by_one()
    {
        var pipeline = Images().Shuffle(seed: 3).Transform(4, new RandomCrop(8, padding: 2), new RandomRotation(20));
        // A map needs the example itself, so here every image becomes a tensor before it is copied into the batch.
        var apart = pipeline.Map(example => example).Batch(16);
        Assert.Equal(Bits(apart, 1), Bits(pipeline.Batch(16), 1));
    }

    [Fact]
    public void Augmentation_gives_the_same_bits_on_any_number_of_threads_and_other_bits_in_another_epoch()
    {
        var pipeline = Augmented(Images());
        var bits = Bits(pipeline, epoch: 2);
        for (var threads = 1; threads <= 4; threads++) Assert.Equal(bits, Bits(pipeline.Prefetch(3, threads), epoch: 2));
        Assert.NotEqual(bits, Bits(pipeline, epoch: 3));
    }

    [Fact]
    public void A_walk_goes_on_from_a_saved_position_with_the_same_bits()
    {
        var pipeline = Augmented(Images()).MixUp(classes: 5, seed: 9).Prefetch(2, threads: 2).Map(batch => batch.Inputs.ToArray<float>().Concat(batch.Targets.ToArray<float>()).ToArray());
        var whole = pipeline.Epoch(1);
        using var cursor = pipeline.Open(1);
        for (var at = 0; at <= whole.Count; at++)
        {
            using var again = pipeline.Open(cursor.State);
            Assert.Equal(whole[at..], again.Rest());
            cursor.MoveNext();
        }
    }

    [Fact]
    public void Two_transforms_of_one_seed_draw_different_numbers()
    {
        var once = Images(200).Transform(7, new HorizontalFlip());
        var twice = once.Transform(7, new HorizontalFlip());
        // Flips with the same numbers would undo each other in every image.
        var unchanged = twice.Zip(Images(200), (a, b) => a.Image.ToArray<float>().SequenceEqual(b.Image.ToArray<float>())).Count(same => same);
        Assert.InRange(unchanged, 70, 130);
    }

    [Fact]
    public void Mixing_up_blends_images_and_labels_alike()
    {
        // An image whose pixels are its class: the blend of two says how much of each there is, and the target must say the same.
        var pixels = Enumerable.Range(0, 64).SelectMany(i => Enumerable.Repeat((byte)(i % 2 * 255), 4)).ToArray();
        var images = ImageDataset.From(pixels, new(1, 2, 2), [.. Enumerable.Range(0, 64).Select(i => i % 2)], ["black", "white"]);
        foreach (var batch in images.Batch(16).MixUp(classes: 2, alpha: 1))
        {
            for (var i = 0; i < 16; i++)
            {
                Assert.Equal((float)batch.Inputs[i, 0, 0, 0], (float)batch.Targets[i, 1], 1e-6f);
                Assert.Equal(1, (float)batch.Targets[i].Sum(), 1e-6f);
            }
        }
    }

    [Theory, InlineData(0.05), InlineData(0.2), InlineData(1), InlineData(4)]
    public void Shares_of_a_mixture_have_the_moments_of_Beta(double alpha)
    {
        var random = new Generator(1);
        var draws = Enumerable.Range(0, 20_000).Select(_ => random.NextBeta(alpha)).ToArray();
        Assert.All(draws, x => Assert.InRange(x, 0, 1));
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(1 / (4 * ((2 * alpha) + 1)), draws.Average(x => (x - 0.5) * (x - 0.5)), 0.005);
    }

    [Fact]
    public void In_memory_an_image_is_rounded_to_bytes_and_stays_what_it_was_made_of()
    {
        var images = Images();
        var copy = new Passing(images).InMemory();
        Assert.Equal(images.Labels, copy.Labels);
        for (var i = 0; i < images.Count; i++) Assert.Equal(images[i].Image.ToArray<float>(), copy[i].Image.ToArray<float>());
    }

    [Fact]
    public void Images_of_different_sizes_do_not_make_a_batch()
    {
        var mixed = Dataset.From([new Example(Tensor.Zeros([1, 2, 2]), 0), new Example(Tensor.Zeros([1, 2, 3]), 0)]);
        Assert.Equal("Batch: image 1 of the batch is [1, 2, 3], the first is [1, 2, 2]. Bring them to one size before: Transform(new Resize(height, width)).",
            Assert.Throws<ArgumentException>(() => mixed.Batch(2).First()).Message);
        Assert.Equal(2, mixed.Transform(new Resize(4, 4)).Batch(2).Single().Inputs.Shape[0]);
    }

    [Fact]
    public void A_label_without_a_class_is_refused() =>
        Assert.Equal("ImageDataset: image 1 has label 2; there are 2 classes, 0 to 1.",
            Assert.Throws<ArgumentException>(() => ImageDataset.From(new byte[8], new(1, 2, 2), [0, 2], ["a", "b"])).Message);

    static float[][] Bits(Pipeline<LabelledBatch> pipeline, int epoch) =>
        [.. pipeline.Epoch(epoch).Select(batch => batch.Inputs.ToArray<float>().Concat(batch.Labels.ToArray<long>().Select(label => (float)label)).ToArray())];

    sealed class Passing(ImageDataset images) : ImageDataset(images.Size, images.Labels.ToArray(), images.Classes)
    {
        public override void Read(long index, Span<float> target) => images.Read(index, target);
    }
}
