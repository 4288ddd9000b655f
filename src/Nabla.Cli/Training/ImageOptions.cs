using System.CommandLine;

namespace Nabla.Cli.Training;

/// <summary>The options of a training of images, for each command that has them.</summary>
sealed class ImageOptions
{
    readonly Option<string?> data = OptionOf.Data("NAME|FOLDER|FILE", $"What to learn from: {ImageSource.Kinds}.");
    readonly Option<string?> model = new("--model", "-m") { Description = $"What to train: {string.Join(", ", ImageModels.Names)}, or the folder of an earlier run to go on from its best checkpoint.", HelpName = "NAME|FOLDER" };
    readonly Option<int?> size = OptionOf.Count("--size", "PIXELS", "Height and width that the pictures are brought to.");
    readonly Option<double?> validation = OptionOf.Share("--validation", "SHARE", "The share of the data that watches the training (0.1).");
    readonly Option<double?> test = OptionOf.Share("--test", "SHARE", "The share held out until the end, where the data has no test part (0.1).");
    readonly Option<int?> epochs = OptionOf.Count("--epochs", "N", "How often to go through the data (10).");
    readonly Option<int?> batch = OptionOf.Count("--batch", "N", "Pictures in a step (64).");
    readonly Option<int?> accumulate = OptionOf.Count("--accumulate", "N", "Batches whose gradients make one step (1).");
    readonly Option<string?> optimizer = OptionOf.Choice("--optimizer", $"{string.Join(", ", ImageModels.Optimizers)}.", ImageModels.Optimizers);
    readonly Option<double?> rate = OptionOf.Positive("--lr", "RATE", "The highest learning rate.");
    readonly Option<string?> schedule = OptionOf.Choice("--schedule", $"How the rate goes: {string.Join(", ", ImageModels.Schedules)} (cosine).", ImageModels.Schedules);
    readonly Option<double?> decay = OptionOf.Amount("--weight-decay", "X", "How strongly weights are pulled to 0.");
    readonly Option<double?> smoothing = OptionOf.Share("--label-smoothing", "X", "The share of each label that is spread over all classes (0).");
    readonly Option<string?> augment = OptionOf.Name("--augment", "LIST", $"How to vary the pictures, several joined by commas: {string.Join(", ", Augmentations.Names)}, or none.");
    readonly Option<double?> clip = OptionOf.Clip();
    readonly Option<double?> average = OptionOf.Average();
    readonly Option<int?> patience = OptionOf.Patience();
    readonly Option<ulong?> seed = OptionOf.Seed();
    readonly Option<ulong?> splitSeed = OptionOf.SplitSeed();
    readonly Option<int?> saveEvery = OptionOf.SaveEvery();
    readonly Option<bool> skip = OptionOf.Flag("--skip-unreadable", "Leave out files of a folder that are no pictures, or broken ones, instead of naming the first.");
    readonly Option<bool> tensorBoard = OptionOf.TensorBoard();

    public IEnumerable<Option> All =>
        [data, model, size, validation, test, epochs, batch, accumulate, optimizer, rate, schedule, decay, smoothing, augment, clip, average, patience, seed, splitSeed, saveEvery, skip, tensorBoard];

    public ImageRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Model = parse.GetValue(model), Size = parse.GetValue(size), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test),
        Epochs = parse.GetValue(epochs), Batch = parse.GetValue(batch), Accumulate = parse.GetValue(accumulate), Optimizer = parse.GetValue(optimizer),
        LearningRate = parse.GetValue(rate), Schedule = parse.GetValue(schedule), WeightDecay = parse.GetValue(decay), LabelSmoothing = parse.GetValue(smoothing),
        Augment = parse.GetValue(augment) is { } list ? Augmentations.Parse(list) : null, ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average),
        Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SplitSeed = parse.GetValue(splitSeed), SaveEvery = parse.GetValue(saveEvery), TensorBoard = parse.GetValue(tensorBoard), SkipUnreadable = parse.GetValue(skip),
    };
}
