using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tasks.Images;

/// <summary>How images are to be read: null where that is to be found out.</summary>
/// <param name="Channels">1 for grey, 3 for colour.</param>
/// <param name="Height">Of all images.</param>
/// <param name="Width">Of all images.</param>
/// <param name="SkipUnreadable">Whether files that are no images, or broken ones, are left out.</param>
sealed record ImageForm(int? Channels = null, int? Height = null, int? Width = null, bool SkipUnreadable = false)
{
    public static ImageForm Of(ImageSettings settings) => new(settings.Channels, settings.Height, settings.Width, settings.SkipUnreadable);
}

/// <summary>Images with their classes, in the parts that they come in.</summary>
/// <param name="Name">What they are called, fit for a folder's name.</param>
/// <param name="Description">What they are, in a line.</param>
/// <param name="Train">To learn from, or all of them.</param>
/// <param name="Test">The part that is held out, if they come with one.</param>
sealed record ImageSource(string Name, string Description, ImageDataset Train, ImageDataset? Test = null)
{
    public ImageSize Size => Train.Size;

    public IReadOnlyList<string> Classes => Train.Classes;

    /// <summary>What <c>--data</c> names: a known name, a folder or a file.</summary>
    public static ImageSource Open(string data, ImageForm form)
    {
        if (data == "digits") return Digits();
        if (KnownImages.FirstOrDefault(dataset => dataset.Name == data) is { } known) return Known(known);
        if (Directory.Exists(data)) return ImageFolders.Open(data, form);
        if (File.Exists(data)) return ImageFiles.Open(data);
        throw new UserException($"--data {data}: there is no such data, folder or file. Name {Kinds}.");
    }

    /// <summary>What <c>--data</c> may be, in words.</summary>
    public static string Kinds => $"digits, {string.Join(", ", KnownImages.Select(dataset => dataset.Name))}, a folder with a folder " +
        "of images for each class, or a file";

    static IEnumerable<KnownDataset> KnownImages => KnownDataset.All.Where(dataset => dataset.Kind == KnownKind.Images);

    static ImageSource Known(KnownDataset dataset)
    {
        var (train, test) = dataset.Images();
        return new(dataset.Name, Invariant($"{dataset.Title}: {train.Count:n0} images, and {test.Count:n0} to test with"), train, test);
    }

    static ImageSource Digits()
    {
        var digits = LabelledData.Digits();
        var bytes = Array.ConvertAll(digits.Features.ToArray<float>(), value => (byte)Math.Round(value * 255));
        var labels = Array.ConvertAll(digits.Labels.ToArray<long>(), label => (int)label);
        return new("digits", Invariant($"{digits.Count:n0} handwritten digits that travel with nabla"),
            ImageDataset.From(bytes, new(1, 8, 8), labels, digits.Classes));
    }
}
