using Nabla.Data;

namespace Nabla.Formats.Tests.Images;

public sealed class ImageFolderTests
{
    static readonly string Photos = Fixture.Of(Path.Combine("images", "folder"));

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void A_photograph_of_every_EXIF_orientation_is_upright(int orientation)
    {
        var upright = ImageFile.Read(Fixture.Of("images/upright.png"));
        var photograph = ImageFile.Read(Fixture.Of($"images/orientation/{orientation}.jpg"));
        Assert.Equal([3, 16, 24], photograph.Shape);
        // JPEG at quality 98 is off by 0.004 on average; turned any other way it is off by more than 0.2.
        Assert.InRange((double)(photograph - upright).Square().Mean().Sqrt(), 0, 0.01);
    }

    [Theory, InlineData("smaller.png"), InlineData("larger.png")]
    public void Resizing_agrees_with_ImageMagick_s_triangle_filter(string file)
    {
        var (upright, resized) = (ImageFile.Read(Fixture.Of("images/upright.png")), ImageFile.Read(Fixture.Of($"images/{file}")));
        var size = ImageSize.Of(resized.Shape);
        var result = Dataset.From([new Example(upright, 0)]).Transform(new Resize(size.Height, size.Width)).Single().Image;
        // ImageMagick rounds to bytes after each axis.
        Assert.InRange((double)(result - resized).Abs().Max(), 0, 1.5 / 255);
    }

    [Fact]
    public void A_subfolder_is_a_class_and_images_come_in_one_size()
    {
        var images = ImageFolder.Open(Photos, new(3, 6, 6));
        Assert.Equal(["cat", "dog"], images.Classes);
        Assert.Equal(["tall.jpg", "wide.png", "grey.bmp", "square.gif"], images.Files.Select(file => Path.GetFileName(file)));
        Assert.Equal([0, 0, 1, 1], images.Labels.ToArray());
        Assert.Empty(images.Skipped);
        Colour([10, 20, 30], images[0].Image);
        Colour([200, 100, 50], images[1].Image);
        Colour([128, 128, 128], images[2].Image);
        Colour([0, 255, 0], images[3].Image);
        Assert.Equal([4, 3, 6, 6], images.Batch(4).Single().Inputs.Shape);
        Assert.Equal([4, 1, 5, 7], ImageFolder.Open(Photos, new(1, 5, 7)).Batch(4).Single().Inputs.Shape);
    }

    [Fact]
    public void Covering_cuts_the_middle_out_and_stretching_keeps_all()
    {
        using var files = new Fixture();
        Directory.CreateDirectory(Path.Combine(files.Folder, "a"));
        File.Copy(Fixture.Of("images/upright.png"), Path.Combine(files.Folder, "a", "upright.png"));
        var whole = ImageFile.Read(Fixture.Of("images/upright.png"));
        Assert.Equal(whole[.., .., 4..20].ToArray<float>(), ImageFolder.Open(files.Folder, new(3, 16, 16))[0].Image.ToArray<float>());
        var stretched = Dataset.From([new Example(whole, 0)]).Transform(new Resize(16, 16)).Single().Image;
        Assert.Equal(stretched.ToArray<float>(), ImageFolder.Open(files.Folder, new(3, 16, 16), ImageFit.Stretch)[0].Image.ToArray<float>());
    }

    [Fact]
    public void Images_that_cannot_be_read_are_named_or_skipped_and_listed()
    {
        using var files = new Fixture();
        foreach (var source in Directory.EnumerateFiles(Photos, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(files.Folder, Path.GetRelativePath(Photos, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }
        var broken = files.Write(Path.Combine("cat", "broken.jpg"), "not an image");
        var notes = files.Write(Path.Combine("dog", "notes.txt"), "seen in May");
        files.Write(Path.Combine("dog", ".DS_Store"), "");

        var failing = ImageFolder.Open(files.Folder, new(3, 6, 6));
        Assert.Equal(5, failing.Count);
        Assert.Equal([notes], failing.Skipped.Select(skipped => skipped.File));
        var error = Assert.Throws<DataFileException>(() => failing.Batch(5).Single());
        Assert.StartsWith($"{broken}: is not an image that can be read", error.Message);
        Assert.EndsWith("Repair or remove it, or let Unreadable.Skip leave it out.", error.Message);

        var skipping = ImageFolder.Open(files.Folder, new(3, 6, 6), unreadable: Unreadable.Skip);
        Assert.Equal(4, skipping.Count);
        Assert.Equal([notes, broken], skipping.Skipped.Select(skipped => skipped.File));
        Assert.Equal(4, skipping.InMemory().Batch(4).Single().Labels.Shape[0]);
    }

    [Theory, InlineData("orientation/1.jpg"), InlineData("upright.png"), InlineData("folder/dog/square.gif"), InlineData("folder/dog/grey.bmp")]
    public void An_image_that_is_cut_off_is_an_error(string file)
    {
        using var files = new Fixture();
        var whole = File.ReadAllBytes(Fixture.Of($"images/{file}"));
        var path = Path.Combine(files.Folder, Path.GetFileName(file));
        File.WriteAllBytes(path, whole[..(whole.Length * 4 / 5)]);
        Assert.StartsWith($"{path}: is not an image that can be read", Assert.Throws<DataFileException>(() => ImageFile.Read(path)).Message);
    }

    [Fact]
    public void Folders_that_do_not_fit_are_refused_with_the_remedy()
    {
        Assert.Equal($"{Path.Combine(Photos, "dog")}: is none of the classes bird, cat. Rename or remove the subfolder, or add the class.",
            Assert.Throws<DataFileException>(() => ImageFolder.Open(Photos, new(3, 6, 6), classes: ["bird", "cat"])).Message);
        Assert.Equal([1, 1, 2, 2], ImageFolder.Open(Photos, new(3, 6, 6), classes: ["bird", "cat", "dog"]).Labels.ToArray());
        using var files = new Fixture();
        Assert.Contains("has no image in 0 subfolders. A subfolder for each class is expected", Assert.Throws<DataFileException>(() => ImageFolder.Open(files.Folder, new(3, 6, 6))).Message, StringComparison.Ordinal);
        Assert.Contains("there is no such folder", Assert.Throws<DataFileException>(() => ImageFolder.Open("absent", new(3, 6, 6))).Message, StringComparison.Ordinal);
    }

    static void Colour(int[] wanted, Tensor image)
    {
        for (var channel = 0; channel < 3; channel++)
            Assert.All(image[channel].ToArray<float>(), value => Assert.Equal(wanted[channel] / 255f, value, 2f / 255));
    }
}
