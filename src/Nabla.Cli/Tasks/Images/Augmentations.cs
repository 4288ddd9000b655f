using Nabla.Data;

namespace Nabla.Cli.Tasks.Images;

/// <summary>Augmentations of images by their names on the command line.</summary>
static class Augmentations
{
    const string MixUpName = "mixup";

    static readonly (string Name, Func<ImageSize, ImageTransform> Make)[] Known =
    [
        ("flip", _ => new HorizontalFlip()),
        ("crop", size => new RandomCrop(size.Height, size.Width, padding: Math.Max(1, size.Height / 8), fill: 0)),
        ("rotate", _ => new RandomRotation(10)),
        ("colour", size => new ColorJitter(0.2, 0.2, size.Channels == 3 ? 0.2 : 0)),
        ("erase", _ => new RandomErasing()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name), MixUpName];

    /// <summary>The names of a list such as <c>flip,crop</c>. A sweep, where commas separate values, joins them by +.</summary>
    public static string? Parse(string list, out string[] names)
    {
        names = list == "none" ? [] : list.Split([',', '+'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.All(Names.Contains) ? null : $"a list of {string.Join(", ", Names)}, joined by commas, or none";
    }

    /// <summary>The transforms of single images among the names, in the order in which they make sense.</summary>
    public static IEnumerable<ImageTransform> Transforms(string[] names, ImageSize size) =>
        Known.Where(known => names.Contains(known.Name)).Select(known => known.Make(size));

    public static bool HasMixUp(string[] names) => names.Contains(MixUpName);
}
