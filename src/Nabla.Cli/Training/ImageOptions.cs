using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nabla.Cli.Training;

/// <summary>The options of a training of images, for each command that has them.</summary>
sealed class ImageOptions
{
    readonly Option<string?> data = new("--data", "-d") { Description = $"What to learn from: {ImageSource.Kinds}.", HelpName = "NAME|FOLDER|FILE" };
    readonly Option<string?> model = new("--model", "-m") { Description = $"What to train: {string.Join(", ", ImageModels.Names)}, or the folder of an earlier run to go on from its best checkpoint.", HelpName = "NAME|FOLDER" };
    readonly Option<int?> size = Number<int?>("--size", "PIXELS", "Height and width that the pictures are brought to.");
    readonly Option<double?> validation = Number<double?>("--validation", "SHARE", "The share of the data that watches the training (0.1).");
    readonly Option<double?> test = Number<double?>("--test", "SHARE", "The share held out until the end, where the data has no test part (0.1).");
    readonly Option<int?> epochs = Number<int?>("--epochs", "N", "How often to go through the data (10).");
    readonly Option<int?> batch = Number<int?>("--batch", "N", "Pictures in a step (64).");
    readonly Option<int?> accumulate = Number<int?>("--accumulate", "N", "Batches whose gradients make one step (1).");
    readonly Option<string?> optimizer = new("--optimizer") { Description = $"{string.Join(", ", ImageModels.Optimizers)}.", HelpName = "NAME" };
    readonly Option<double?> rate = Number<double?>("--lr", "RATE", "The highest learning rate.");
    readonly Option<string?> schedule = new("--schedule") { Description = $"How the rate goes: {string.Join(", ", ImageModels.Schedules)} (cosine).", HelpName = "NAME" };
    readonly Option<double?> decay = Number<double?>("--weight-decay", "X", "How strongly weights are pulled to 0.");
    readonly Option<double?> smoothing = Number<double?>("--label-smoothing", "X", "The share of each label that is spread over all classes (0).");
    readonly Option<string?> augment = new("--augment") { Description = $"How to vary the pictures, several joined by commas: {string.Join(", ", Augmentations.Names)}, or none.", HelpName = "LIST" };
    readonly Option<double?> clip = Number<double?>("--clip", "NORM", "Scales gradients down whose norm is above this.");
    readonly Option<double?> average = Number<double?>("--average", "DECAY", "Keeps a moving average of the parameters, such as 0.999, and judges that.");
    readonly Option<int?> patience = Number<int?>("--patience", "N", "Stops after N epochs without improvement.");
    readonly Option<ulong?> seed = Number<ulong?>("--seed", "N", "Chooses the split, the first values, the order and whatever else is random (1).");
    readonly Option<int?> saveEvery = Number<int?>("--save-every", "STEPS", "Steps between two saved states: the most that a crash loses (100).");
    readonly Option<bool> skip = new("--skip-unreadable") { Description = "Leave out files of a folder that are no pictures, or broken ones, instead of naming the first." };
    readonly Option<bool> tensorBoard = new("--tensorboard") { Description = "Write the curves for TensorBoard too." };

    public ImageOptions()
    {
        optimizer.AcceptOnlyFromAmong(ImageModels.Optimizers);
        schedule.AcceptOnlyFromAmong(ImageModels.Schedules);
        foreach (var positive in new[] { size, epochs, batch, accumulate, patience, saveEvery }) Demand(positive, value => value > 0, "a whole number above 0");
        foreach (var positive in new[] { rate, clip }) Demand(positive, value => value > 0 && double.IsFinite(value!.Value), "a number above 0");
        foreach (var share in new[] { validation, test, smoothing, average }) Demand(share, value => value is >= 0 and < 1, "a number from 0 to below 1");
        Demand(decay, value => value >= 0, "a number of 0 or more");
    }

    public IEnumerable<Option> All =>
        [data, model, size, validation, test, epochs, batch, accumulate, optimizer, rate, schedule, decay, smoothing, augment, clip, average, patience, seed, saveEvery, skip, tensorBoard];

    public ImageRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Model = parse.GetValue(model), Size = parse.GetValue(size), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test),
        Epochs = parse.GetValue(epochs), Batch = parse.GetValue(batch), Accumulate = parse.GetValue(accumulate), Optimizer = parse.GetValue(optimizer),
        LearningRate = parse.GetValue(rate), Schedule = parse.GetValue(schedule), WeightDecay = parse.GetValue(decay), LabelSmoothing = parse.GetValue(smoothing),
        Augment = parse.GetValue(augment) is { } list ? Augmentations.Parse(list) : null, ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average),
        Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SaveEvery = parse.GetValue(saveEvery), TensorBoard = parse.GetValue(tensorBoard), SkipUnreadable = parse.GetValue(skip),
    };

    static Option<T> Number<T>(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    /// <summary>Refuses values that a condition does not hold for.</summary>
    public static void Demand<T>(Option<T> option, Func<T, bool> holds, string needed) => option.Validators.Add(result =>
    {
        if (result.Errors.Any() || result.GetValueOrDefault<T>() is not { } value || holds(value)) return;
        result.AddError($"{option.Name} {result.Tokens[0].Value}: {needed} is needed.");
    });
}
