using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Images;

/// <summary>A folder with a folder of images for each class, or with such a one for each part: <c>train</c> and <c>test</c>.</summary>
static class ImageFolders
{
    static readonly string[] TrainNames = ["train", "training"], TestNames = ["test", "val", "valid", "validation"];

    /// <summary>Photographs are brought to this side unless told otherwise: enough to tell most things apart, and quick.</summary>
    const int UsualSide = 64;

    /// <summary>How many images are looked at to find out what they are like.</summary>
    const int Samples = 50;

    /// <summary>Images that take more than this, as bytes, are read anew in each epoch.</summary>
    const long MemoryBytes = 1L << 30;

    public static ImageSource Open(string folder, ImageForm form)
    {
        var (train, test) = (Part(folder, TrainNames), Part(folder, TestNames));
        var root = train ?? folder;
        var (size, words) = SizeFor(root, form);
        var all = Read(root, size, form, null);
        var held = train is not null && test is not null ? Read(test, size, form, all.Images.Classes) : default;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var skipped = all.Skipped + held.Skipped;
        return new(name, Invariant($"{all.Images.Count + (held.Images?.Count ?? 0):n0} images of {Path.GetFullPath(folder)}, ") +
            Invariant($"{words}{(skipped > 0 ? $"; {skipped} files left out" : "")}"), all.Images, held.Images);
    }

    static string? Part(string folder, string[] names) =>
        Directory.EnumerateDirectories(folder).FirstOrDefault(path =>
            names.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase) && Directory.EnumerateDirectories(path).Any());

    static (ImageDataset Images, int Skipped) Read(string folder, ImageSize size, ImageForm form, IReadOnlyList<string>? classes)
    {
        var images = ImageFolder.Open(folder, size, unreadable: form.SkipUnreadable ? Unreadable.Skip : Unreadable.Fail, classes: classes);
        if (images.Count * size.Length > MemoryBytes) return (images, images.Skipped.Count);
        try
        {
            return (images.InMemory(), images.Skipped.Count);
        }
        catch (Exception error) when ((error as AggregateException)?.InnerExceptions.OfType<DataFileException>()
            .FirstOrDefault() is { } fault || (fault = error as DataFileException) is not null)
        {
            throw new UserException($"{fault.File} is not an image that can be read " +
                $"({fault.InnerException?.Message ?? fault.Message}). Repair or remove it, or leave out whatever cannot be read: " +
                "--skip-unreadable.");
        }
    }

    /// <summary>Colour unless all samples are grey; the size that all of them have if that is small, else the usual one.</summary>
    static (ImageSize Size, string Words) SizeFor(string folder, ImageForm form)
    {
        if (form is { Channels: { } channels, Height: { } height, Width: { } width })
            return (new(channels, height, width), "cut to the middle and scaled");
        var seen = Sample(folder).Select(Look).OfType<(ImageSize Size, bool IsGrey)>().ToArray();
        if (seen.Length == 0) throw new UserException(
            $"{folder} has no image that can be read in the folders in it. A folder of images for each class is expected: " +
            $"{Path.Combine(folder, "CLASS", "IMAGE.jpg")}.");
        var (small, large) = (seen.MinBy(one => one.Size.Area).Size, seen.MaxBy(one => one.Size.Area).Size);
        var (one, grey) = (small == large, seen.All(image => image.IsGrey));
        var keeps = one && Math.Max(small.Height, small.Width) <= UsualSide;
        var size = new ImageSize(
            grey ? 1 : 3, form.Height ?? (keeps ? small.Height : UsualSide), form.Width ?? (keeps ? small.Width : UsualSide));
        var were = one ? $"{small.Width} × {small.Height}" : $"from {small.Width} × {small.Height} to {large.Width} × {large.Height}";
        return (size, $"{were}{(size.Height == small.Height && size.Width == small.Width && one ? "" : ", cut to the middle and scaled")}");
    }

    /// <summary>Images from all over the folder.</summary>
    static IEnumerable<string> Sample(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(ImageFile.IsImage)
            .Order(StringComparer.Ordinal).ToArray();
        var every = Math.Max(1, files.Length / Samples);
        return files.Where((_, i) => i % every == 0);
    }

    static (ImageSize, bool)? Look(string file)
    {
        try
        {
            var image = ImageFile.Read(file);
            var (values, area) = (image.ToArray<float>(), image.Shape[1] * image.Shape[2]);
            // Red, green and blue one after another.
            return (ImageSize.Of(image.Shape), values.AsSpan(0, 2 * area).SequenceEqual(values.AsSpan(area)));
        }
        catch (DataFileException)
        {
            // Whether that is an error is said when all are read.
            return null;
        }
    }
}
