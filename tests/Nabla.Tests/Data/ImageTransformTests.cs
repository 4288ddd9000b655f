using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ImageTransformTests
{
    static readonly ImageSize Coloured = new(3, 5, 7);

    static float[] Ramp(ImageSize size) => [.. Enumerable.Range(0, size.Length).Select(i => i / (float)size.Length)];

    static float[] Applied(ImageTransform transform, float[] image, ImageSize size, ulong seed = 0)
    {
        var result = new float[transform.Output(size).Length];
        Array.Fill(result, float.NaN);
        transform.Apply(image, result, size, new Generator(seed));
        return result;
    }

    [Fact]
    public void A_crop_is_a_window_of_the_bordered_image() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 6], Gen.Int[1, 6], Gen.Int[0, 4], Gen.ULong).Sample((channels, height, width, padding, seed) =>
        {
            var size = new ImageSize(channels, 6, 6);
            var image = Array.ConvertAll(Ramp(size), x => x + 1);
            var crop = Applied(new RandomCrop(height, width, padding, fill: -1), image, size, seed);
            var windows = from top in Enumerable.Range(-padding, 6 + (2 * padding) - height + 1)
                          from left in Enumerable.Range(-padding, 6 + (2 * padding) - width + 1)
                          select from i in Enumerable.Range(0, crop.Length)
                                 let y = top + (i / width % height)
                                 let x = left + (i % width)
                                 select y is < 0 or >= 6 || x is < 0 or >= 6 ? -1 : image[(i / (height * width) * 36) + (y * 6) + x];
            Assert.Contains(windows, window => window.SequenceEqual(crop));
        }, iter: 200);

    [Fact]
    public void Crops_reach_every_window_equally_often()
    {
        var counts = new int[9];
        for (var seed = 0UL; seed < 900; seed++) counts[(int)Applied(new RandomCrop(2), [0, 1, 2, 3, 3, 4, 5, 3, 6, 7, 8, 3, 3, 3, 3, 3], new(1, 4, 4), seed)[0]]++;
        Assert.All(counts, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void A_flip_reverses_each_row_and_the_other_each_column()
    {
        var image = Ramp(Coloured);
        var rows = Applied(new HorizontalFlip(1), image, Coloured);
        var columns = Applied(new VerticalFlip(1), image, Coloured);
        for (var i = 0; i < image.Length; i++)
        {
            var (c, y, x) = (i / 35, i / 7 % 5, i % 7);
            Assert.Equal(image[(c * 35) + (y * 7) + 6 - x], rows[i]);
            Assert.Equal(image[(c * 35) + ((4 - y) * 7) + x], columns[i]);
        }
        Assert.Equal(image, Applied(new HorizontalFlip(0), image, Coloured));
        Assert.Equal(image, Applied(new VerticalFlip(0), image, Coloured));
    }

    [Fact]
    public void A_quarter_turn_moves_every_pixel_to_its_place()
    {
        var size = new ImageSize(2, 6, 6);
        var (image, turned) = (Ramp(size), new float[size.Length]);
        RandomRotation.Rotate(image, turned, size, 90, fill: 0);
        for (var i = 0; i < image.Length; i++) Assert.Equal(image[(i / 36 * 36) + (i % 6 * 6) + 5 - (i / 6 % 6)], turned[i], 1e-5f);
    }

    [Fact]
    public void Bilinear_rotation_of_a_plane_is_the_turned_plane()
    {
        // f(x, y) = 2x + 3y is its own interpolation, so inside the image the turned values are known in closed form.
        var size = new ImageSize(1, 21, 21);
        var image = Enumerable.Range(0, size.Length).Select(i => (2f * (i % 21)) + (3f * (i / 21))).ToArray();
        var turned = new float[size.Length];
        RandomRotation.Rotate(image, turned, size, 17, fill: 0);
        var (sin, cos) = Math.SinCos(17 * Math.PI / 180);
        for (var y = 6; y <= 14; y++)
        {
            for (var x = 6; x <= 14; x++)
            {
                var (fromX, fromY) = (10 + (cos * (x - 10)) - (sin * (y - 10)), 10 + (sin * (x - 10)) + (cos * (y - 10)));
                Assert.Equal((2 * fromX) + (3 * fromY), turned[(y * 21) + x], 1e-4);
            }
        }
    }

    [Fact]
    public void Angles_stay_within_the_limit_and_no_angle_changes_nothing()
    {
        Assert.Equal(Ramp(Coloured), Applied(new RandomRotation(0), Ramp(Coloured), Coloured));
        Assert.Equal(9, Applied(new RandomRotation(180, fill: 9), new float[2000], new(1, 2, 1000), seed: 1).Max());
    }

    [Fact]
    public void Resizing_weighs_pixels_as_a_triangle_does()
    {
        Assert.Equal([0, 0.25f, 0.75f, 1], Applied(new Resize(1, 4), [0, 1], new(1, 1, 2)));
        // Halved: (1, 3, 3, 1) / 8 around each new pixel; at the border the weights that remain, (3, 3, 1) / 7.
        Assert.Equal([3 / 7f, 6 / 8f, 11 / 8f, 10 / 7f], Applied(new Resize(1, 4), [0, 1, 0, 1, 2, 1, 1, 2], new(1, 1, 8)), Near(1e-6f));
        Assert.Equal(Applied(new Resize(3, 2), Ramp(Coloured), Coloured)[6..12], Applied(new Resize(3, 2), Ramp(Coloured)[35..70], Coloured with { Channels = 1 }));
        Assert.All(Applied(new Resize(13, 2), Enumerable.Repeat(0.7f, 35).ToArray(), new(1, 5, 7)), x => Assert.Equal(0.7f, x, 1e-6f));
    }

    [Fact]
    public void Colours_change_by_their_formulas()
    {
        var image = Ramp(Coloured);
        // A generator of the same seed draws the same factors: brightness, contrast, saturation, each 1 ± strength.
        var random = new Generator(5);
        var (bright, steep, vivid) = (0.8 + (0.4 * random.NextDouble()), 0.5 + random.NextDouble(), 0.2 + (1.6 * random.NextDouble()));
        var wanted = Array.ConvertAll(image, x => Math.Clamp(x * bright, 0, 1));
        double Grey(double[] x, int i) => (0.299 * x[i]) + (0.587 * x[35 + i]) + (0.114 * x[70 + i]);
        var mean = Enumerable.Range(0, 35).Average(i => Grey(wanted, i));
        wanted = Array.ConvertAll(wanted, x => Math.Clamp((x * steep) + (mean * (1 - steep)), 0, 1));
        wanted = [.. wanted.Select((x, i) => Math.Clamp((x * vivid) + (Grey(wanted, i % 35) * (1 - vivid)), 0, 1))];
        var jittered = Applied(new ColorJitter(0.2, 0.5, 0.8), image, Coloured, seed: 5);
        for (var i = 0; i < image.Length; i++) Assert.Equal(wanted[i], jittered[i], 1e-5);
    }

    [Fact]
    public void Erasing_fills_one_rectangle_within_the_paper_s_bounds()
    {
        var (size, erased) = (new ImageSize(1, 32, 24), 0);
        for (var seed = 0UL; seed < 200; seed++)
        {
            var image = Applied(new RandomErasing(0.5), Enumerable.Repeat(-1f, size.Length).ToArray(), size, seed);
            var hit = Enumerable.Range(0, size.Length).Where(i => image[i] >= 0).ToArray();
            if (hit.Length == 0) continue;
            erased++;
            var (top, bottom, left, right) = (hit.Min(i => i / 24), hit.Max(i => i / 24), hit.Min(i => i % 24), hit.Max(i => i % 24));
            Assert.Equal((bottom - top + 1) * (right - left + 1), hit.Length);
            Assert.InRange(hit.Length / (double)size.Length, 0.015, 0.44);
            Assert.All(hit, i => Assert.InRange(image[i], 0, 1));
        }
        Assert.InRange(erased, 70, 130);
        Assert.Equal(size.Length, Applied(new RandomErasing(0, fill: 0), Enumerable.Repeat(-1f, size.Length).ToArray(), size).Count(x => x < 0));
    }

    [Fact]
    public void Normalizing_by_an_image_s_own_statistics_gives_mean_0_and_deviation_1()
    {
        var images = ImageDataset.From(new byte[] { 0, 10, 20, 30, 5, 5, 5, 100, 200, 100, 50, 0, 7, 8, 9, 10 }, new(2, 2, 2), [0, 0], ["a"]);
        var statistics = ChannelStatistics.Of(images);
        Assert.Equal([(0 + 10 + 20 + 30 + 200 + 100 + 50 + 0) / 8.0 / 255, (5 + 5 + 5 + 100 + 7 + 8 + 9 + 10) / 8.0 / 255], statistics.Mean, Near(1e-7));
        var after = ChannelStatistics.Of(images.Transform(statistics.ToNormalize()));
        Assert.Equal([0, 0], after.Mean, Near(1e-7));
        Assert.Equal([1, 1], after.Deviation, Near(1e-6));
        Assert.Equal(8, after.Pixels);
    }

    [Fact]
    public void Images_that_do_not_fit_are_refused_with_the_remedy()
    {
        Refused("RandomCrop: a window of 9 × 9 does not fit an image of [3, 5, 7] with 1 pixels of border. Crop less, or resize before.", () => new RandomCrop(9, padding: 1).Output(Coloured));
        Refused("Normalize: 2 means for an image of [3, 5, 7]: one, or one per channel, is needed.", () => new Normalize([0, 0], [1, 1]).Output(Coloured));
        Refused("Normalize: a deviation of 0: one above 0 is needed. A channel that never varies carries nothing: leave it out.", () => Applied(new Normalize([0], [0]), Ramp(Coloured), Coloured));
        Refused("ColorJitter: an image of [1, 5, 7]: three channels are needed, or one without a change of saturation.", () => new ColorJitter(0, 0, 1).Output(Coloured with { Channels = 1 }));
    }

    static void Refused(string message, Action action) => Assert.Equal(message, Assert.Throws<ArgumentException>(action).Message);

    static EqualityComparer<T> Near<T>(T tolerance) where T : struct, System.Numerics.INumber<T> =>
        EqualityComparer<T>.Create((a, b) => T.Abs(a - b) <= tolerance, _ => 0);
}
