using System.Globalization;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Cli.Tasks.Images;

/// <summary>What <c>nabla train image</c> says before it trains.</summary>
static class ImageChoices
{
    public static IReadOnlyList<(string Name, string Value)> Of(ImageSettings c, ImageSource source, ImageParts parts) =>
    [
        ("data", source.Description),
        ("classes", $"{source.Classes.Count}: {Listed(source.Classes)}"),
        ("images", Images(c, source)),
        ("split", Split(source, parts)),
        ("pixels", $"(pixel − {Numbers(c.Mean)}) ÷ {Numbers(c.Deviation)}, the mean and standard deviation of the training part"),
        ("augment", c.Augment.Value.Length == 0 ? "none (--augment)" : $"{string.Join(", ", c.Augment.Value)} (--augment)"),
        ("model", Model(c)),
        ("training", Training(c)),
        .. AbsentClasses.Warnings(source.Classes, "images", ClassBalance.Of(parts.Train, source.Classes.Count),
            ClassBalance.Of(parts.Test, source.Classes.Count), "it says nothing of them"),
        .. source.Test is null ? EarlierRun.Warnings(c) : [],
    ];

    public static string Listed(IReadOnlyList<string> names) =>
        names.Count <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))}, … {names[^1]}";

    static string Images(ImageSettings c, ImageSource source)
    {
        var scaled = c.Height != source.Size.Height || c.Width != source.Size.Width;
        var from = scaled ? $", scaled from {source.Size.Width} × {source.Size.Height}" : "";
        return $"{c.Width} × {c.Height}, {(c.Channels == 1 ? "grey" : "colour")}{from} (--size)";
    }

    static string Split(ImageSource source, ImageParts parts)
    {
        var test = source.Test is null ? "test" : "test, the data's own part";
        return parts.Validation == parts.Test
            ? Invariant($"{parts.Train.Count:n0} training, {parts.Test.Count:n0} for both validation and {test} (--validation, --test)")
            : Invariant($"{parts.Train.Count:n0} training, {parts.Validation.Count:n0} validation, {parts.Test.Count:n0} {test}; ") +
                "stratified (--validation, --test, --split-seed)";
    }

    static string Model(ImageSettings c)
    {
        var start = c.StartedFrom.OrNull() is { } run ? $", from the best checkpoint of {run}" : "";
        return Invariant($"{c.Model}, {ImageModels.Make(c).ParameterCount():n0} parameters{start} (--model)");
    }

    static string Training(ImageSettings c) =>
        $"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")} in batches of {c.Batch}{(c.Accumulate > 1 ? $" × {c.Accumulate}" : "")}; " +
        Invariant($"{c.Optimizer}, learning rate {c.LearningRate:G4} ({c.Schedule}), weight decay {c.WeightDecay:G4}");

    static string Numbers(double[] values) =>
        string.Join("/", values.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));
}
