using System.Globalization;
using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Training;

/// <summary>Pictures with their classes, in the parts that they come in.</summary>
/// <param name="Name">What they are called, fit for a folder's name.</param>
/// <param name="Description">What they are, in a line.</param>
/// <param name="Train">To learn from, or all of them.</param>
/// <param name="Test">The part that is held out, if they come with one.</param>
sealed record ImageSource(string Name, string Description, ImageDataset Train, ImageDataset? Test = null)
{
    public ImageSize Size => Train.Size;

    public IReadOnlyList<string> Classes => Train.Classes;

    /// <summary>What <c>--data</c> names.</summary>
    /// <param name="data">A known name, a folder or a file.</param>
    /// <param name="size">The height and width that a folder's pictures are read at; null: chosen.</param>
    public static ImageSource Open(string data, int? size) => data switch
    {
        "digits" => Digits(),
        _ => throw new UserException($"--data {data}: there is no such data. Name digits, fashion-mnist, a folder with a folder of pictures for each class, or a file."),
    };

    static ImageSource Digits()
    {
        var digits = LabelledData.Digits();
        var bytes = Array.ConvertAll(digits.Features.ToArray<float>(), value => (byte)Math.Round(value * 255));
        var labels = Array.ConvertAll(digits.Labels.ToArray<long>(), label => (int)label);
        return new("digits", Text($"{digits.Count:n0} handwritten digits that travel with nabla"), ImageDataset.From(bytes, new(1, 8, 8), labels, digits.Classes));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
