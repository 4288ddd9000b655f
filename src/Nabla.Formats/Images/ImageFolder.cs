using Nabla.Data;

namespace Nabla.Formats;

/// <summary>What becomes of images that cannot be read.</summary>
public enum Unreadable
{
    /// <summary>Reading one is an error that names it.</summary>
    Fail,

    /// <summary>Every image is decoded once when the folder is opened; those that cannot be are left out and listed in <see cref="ImageFolder.Skipped"/>.</summary>
    Skip,
}

/// <summary>A file that is not among the images, and why.</summary>
/// <param name="File">The file.</param>
/// <param name="Reason">Why it was left out.</param>
public sealed record SkippedFile(string File, string Reason);

/// <summary>
/// A folder with a subfolder of images for each class. The classes are the subfolders' names in ordinal order; images are read when they are wanted, turned upright as their EXIF
/// orientation says, and brought to one size. Where the memory suffices, <see cref="ImageDataset.InMemory"/> reads each only once.
/// </summary>
public sealed class ImageFolder : ImageDataset
{
    private readonly ImageFit fit;

    private ImageFolder(string[] files, int[] labels, string[] classes, SkippedFile[] skipped, ImageSize size, ImageFit fit) : base(size, labels, classes) =>
        (Files, Skipped, this.fit) = (files, skipped, fit);

    /// <summary>The file of each image, by number.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What lies in the subfolders and is not among the images.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">With a subfolder for each class; images may lie deeper in it. Names that begin with a point are passed over.</param>
    /// <param name="size">The size every image is brought to; 1 channel: grey, 3: red, green, blue.</param>
    /// <param name="fit">How.</param>
    /// <param name="unreadable">What becomes of images that cannot be read.</param>
    /// <param name="classes">The classes, by number, such as those of the training images; null: the subfolders.</param>
    /// <exception cref="DataFileException">There is no such folder, it has no image, or a subfolder is none of the classes.</exception>
    public static ImageFolder Open(string folder, ImageSize size, ImageFit fit = ImageFit.Cover, Unreadable unreadable = Unreadable.Fail, IReadOnlyList<string>? classes = null)
    {
        if (!Directory.Exists(folder)) throw new DataFileException(folder, null, $"there is no such folder; the current folder is {Directory.GetCurrentDirectory()}.");
        var found = Subfolders(folder);
        string[] names = classes is null ? found : [.. classes];
        if (Array.Find(found, name => !names.Contains(name)) is { } stray)
            throw new DataFileException(Path.Combine(folder, stray), null, $"is none of the classes {string.Join(", ", names)}. Rename or remove the subfolder, or add the class.");
        var all = found.SelectMany(name => Within(Path.Combine(folder, name)).Select(file => (File: file, Label: Array.IndexOf(names, name)))).ToArray();
        var skipped = all.Where(entry => !ImageFile.IsImage(entry.File)).Select(entry => new SkippedFile(entry.File, "its name does not end as that of an image")).ToList();
        var images = Array.FindAll(all, entry => ImageFile.IsImage(entry.File));
        if (unreadable == Unreadable.Skip)
        {
            var faults = images.AsParallel().AsOrdered().Select(entry => Fault(entry.File, size, fit)).ToArray();
            skipped.AddRange(images.Zip(faults).Where(pair => pair.Second is not null).Select(pair => new SkippedFile(pair.First.File, pair.Second!)));
            images = [.. images.Zip(faults).Where(pair => pair.Second is null).Select(pair => pair.First)];
        }
        if (images.Length == 0)
            throw new DataFileException(folder, null, $"has no image in {found.Length} subfolders{(skipped.Count > 0 ? $"; {skipped.Count} files were left out, the first of them {skipped[0].File}: {skipped[0].Reason}" : "")}. A subfolder for each class is expected: {Path.Combine("FOLDER", "CLASS", "IMAGE.jpg")}.");
        return new([.. images.Select(entry => entry.File)], [.. images.Select(entry => entry.Label)], names, [.. skipped], size, fit);
    }

    /// <inheritdoc/>
    public override void Read(long index, Span<float> target) => ImageFile.Read(Files[(int)index], Size, fit, target);

    private static string[] Subfolders(string folder) =>
        [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Within(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.'))).Order(StringComparer.Ordinal);

    private static string? Fault(string file, ImageSize size, ImageFit fit)
    {
        try
        {
            ImageFile.Read(file, size, fit, new float[size.Length]);
            return null;
        }
        catch (DataFileException error)
        {
            return error.InnerException?.Message ?? error.Message;
        }
    }
}
