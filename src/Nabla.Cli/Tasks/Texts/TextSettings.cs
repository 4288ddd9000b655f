namespace Nabla.Cli.Tasks.Texts;

/// <summary>The settings of <c>nabla train text</c>. The tokenizer is a file of its own in the run folder.</summary>
sealed class TextSettings(SettingList all) : TaskSettings(TextTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FILE", TextSource.Kinds);

    public Setting<string> TextColumn { get; } = all.Text("--text", "textColumn")
        .Help("COLUMN", "The column of the text, where it is not called text, sentence or the like").Optional();

    public Setting<string> LabelColumn { get; } = all.Text("--label", "labelColumn")
        .Help("COLUMN", "The column of the class, where it is not called label, class or the like").Optional();

    public Setting<string> Model { get; } = all.Choice("--model", "model", TextModels.Names).Alias("-m")
        .Help("NAME", $"The model: {string.Join(", ", TextModels.Names)}").Default(TextModels.Names[0]).InSweep();

    public Setting<double> Validation { get; } = all.Fraction("--validation", "validationShare")
        .Help("FRACTION", "The fraction of the data for validation").Default(0.1);

    public Setting<double> Test { get; } = all.Fraction("--test", "testShare")
        .Help("FRACTION", "The fraction of the data held out for the test").Default(0.1);

    /// <summary>The most words that the model knows, and then how many it does.</summary>
    public Setting<int> Vocabulary { get; } = all.Count("--vocabulary", "vocabulary")
        .Help("N", "The largest vocabulary; other words are one unknown word").Default(20_000).InSweep();

    public Setting<bool> Cased { get; } = all.Flag("--cased", "cased").Help(null, "Distinguish words by case, FREE from free");

    public Setting<int> Tokens { get; } = all.Count("--tokens", "tokens")
        .Help("N", "The most tokens of a text that are read: of a longer one its first and its last").Default(256).InSweep();

    public Setting<int> Width { get; } = all.Count("--width", "width")
        .Help("N", "The width of embeddings and hidden states").Default(128).InSweep();

    public Setting<int> Layers { get; } = all.Count("--layers", "layers").Help("N", "Stacked layers (lstm 1, transformer 2)").InSweep();

    public Setting<double> Dropout { get; } = all.Fraction("--dropout", "dropout")
        .Help("P", "The dropout probability (lstm 0.3, transformer 0.1)").InSweep();

    /// <summary>Iyyer et al. 2015, §2.3: so that no single word decides.</summary>
    public Setting<double> WordDropout { get; } = all.Fraction("--word-dropout", "wordDropout")
        .Help("P", "The probability that a word is replaced by the unknown word during training").Default(0.1).InSweep();

    public Setting<int> Epochs { get; } = all.Count("--epochs", "epochs")
        .Help("N", "Passes through the training data").Default(5).OnResume().InSweep();

    public Setting<int> Batch { get; } = all.Count("--batch", "batch")
        .Help("N", "Tokens in a batch (8,192, fewer where there is little data)").InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate (lstm 0.002, transformer 0.001)").OnResume().InSweep();

    public Setting<double> WeightDecay { get; } = all.NonNegative("--weight-decay", "weightDecay")
        .Help("X", "The weight decay of AdamW").Default(0.01).InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Default(1);

    public Setting<ulong> SplitSeed { get; } = all.SplitSeed();

    /// <summary>Whether a file to predict is a mail, of which the subject and the text are read.</summary>
    public Setting<bool> IsMail { get; } = all.Fact<bool>("isMail").Default(false);

    /// <summary>How many texts are in the training, validation and test parts.</summary>
    public Setting<long[]> Texts { get; } = all.Fact<long[]>("texts");

    public Setting<string[]> Classes { get; } = all.Fact<string[]>("classes");

    /// <summary>Decides what is held out.</summary>
    public ulong Split => SplitSeed.OrNull() ?? Seed;
}
