namespace Nabla.Cli.Tasks.Images;

/// <summary>The settings of <c>nabla train image</c>.</summary>
sealed class ImageSettings(SettingList all) : TaskSettings(ImageTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FOLDER|FILE", ImageSource.Kinds);

    public Setting<string> Model { get; } = all.Text("--model", "model").Alias("-m")
        .Help("NAME|FOLDER", $"The model: {string.Join(", ", ImageModels.Names)}, or the folder of an earlier run to start from its " +
            "best checkpoint").InSweep();

    public Setting<int> Size { get; } = all.Count("--size", "size")
        .Help("PIXELS", "The height and width that images are scaled to").Optional().InSweep();

    public Setting<double> Validation { get; } = all.Fraction("--validation", "validationShare")
        .Help("FRACTION", "The fraction of the data for validation").Default(0.1);

    /// <summary>0 where the data has a test part of its own.</summary>
    public Setting<double> Test { get; } = all.Fraction("--test", "testShare")
        .Help("FRACTION", "The fraction held out for the test, where the data has no test part").Default(0.1);

    public Setting<int> Epochs { get; } = all.Count("--epochs", "epochs")
        .Help("N", "Passes through the training data").Default(10).OnResume().InSweep();

    public Setting<int> Batch { get; } = all.Count("--batch", "batch")
        .Help("N", "Images in a batch (64, fewer where there is little data)").InSweep();

    public Setting<int> Accumulate { get; } = all.Count("--accumulate", "accumulate")
        .Help("N", "Batches whose gradients are averaged for one step").Default(1).InSweep();

    public Setting<string> Optimizer { get; } = all.Choice("--optimizer", "optimizer", ImageModels.Optimizers)
        .Help("NAME", $"The optimizer: {string.Join(", ", ImageModels.Optimizers)} (resnet sgd, others adamw)").InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate (sgd 0.1, others 0.002)").OnResume().InSweep();

    public Setting<string> Schedule { get; } = all.Choice("--schedule", "schedule", ImageModels.Schedules)
        .Help("NAME", $"The schedule of the learning rate: {string.Join(", ", ImageModels.Schedules)}").Default("cosine").InSweep();

    public Setting<double> WeightDecay { get; } = all.NonNegative("--weight-decay", "weightDecay")
        .Help("X", "The weight decay (sgd 0.0005, adamw 0.05, adam 0)").InSweep();

    public Setting<double> LabelSmoothing { get; } = all.Fraction("--label-smoothing", "labelSmoothing")
        .Help("X", "The fraction of each label that is spread over all classes").Default(0).InSweep();

    public Setting<string[]> Augment { get; } = all.Names("--augment", "augment", Augmentations.Parse)
        .Help("LIST", $"Augmentations, joined by commas: {string.Join(", ", Augmentations.Names)}, or none").InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Optional();

    public Setting<ulong> SplitSeed { get; } = all.SplitSeed();

    public Setting<bool> SkipUnreadable { get; } = all.Flag("--skip-unreadable", "skipUnreadable")
        .Help(null, "Skip files of a folder that are no images, or broken ones, instead of naming the first");

    /// <summary>How many images are in the training, validation and test parts.</summary>
    public Setting<long[]> Counts { get; } = all.Fact<long[]>("pictures");

    public Setting<string[]> Classes { get; } = all.Fact<string[]>("classes");

    public Setting<int> Channels { get; } = all.Fact<int>("channels");

    public Setting<int> Height { get; } = all.Fact<int>("height");

    public Setting<int> Width { get; } = all.Fact<int>("width");

    /// <summary>Of each channel of the training part, of pixels of 0–1.</summary>
    public Setting<double[]> Mean { get; } = all.Fact<double[]>("mean");

    public Setting<double[]> Deviation { get; } = all.Fact<double[]>("deviation");

    /// <summary>The run whose best checkpoint the training starts from.</summary>
    public Setting<string> StartedFrom { get; } = all.Fact<string>("startedFrom").Optional();

    /// <summary>Decides what is held out.</summary>
    public ulong Split => SplitSeed.OrNull() ?? Seed;

    /// <summary>A number for each channel: [channels, 1, 1].</summary>
    public Tensor PerChannel(double[] values) => Tensor.From(Array.ConvertAll(values, value => (float)value), [Channels, 1, 1]);
}
