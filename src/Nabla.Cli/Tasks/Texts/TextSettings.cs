using Nabla.Formats;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>The settings of <c>nabla train text</c>. The tokenizer is a file of its own in the run folder.</summary>
sealed class TextSettings(SettingList all) : TaskSettings(TextTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FILE|FOLDER", TextSource.Kinds);

    public Setting<string> TextColumn { get; } = all.Text("--text", "textColumn")
        .Help("COLUMN", "The column of the text, where it is not called text, sentence or the like").Optional();

    public Setting<string> PairColumn { get; } = all.Text("--pair", "pairColumn")
        .Help("COLUMN", "The column of the second text of a pair, where it is not called sentence2, hypothesis or the like").Optional();

    public Setting<string> LabelColumn { get; } = all.Text("--label", "labelColumn")
        .Help("COLUMN", "The column of the class, where it is not called label, class or the like").Optional();

    public Setting<string> Encoding { get; } = all.Text("--encoding", "encoding")
        .Help("NAME", "The encoding of the data, such as windows-1252, where it is not UTF-8").Optional();

    public Setting<bool> Regression { get; } = all.Flag("--regression", "regression")
        .Help(null, "Predict the number in the label column, not a class (pretrained models)");

    public Setting<string> TagColumn { get; } = all.Text("--tags", "tagColumn")
        .Help("COLUMN", "Classify each word: the data are sentences with a tag for each word (CoNLL, BIO, JSON lines), the tag in this " +
            "column or field (pretrained models)").Optional();

    /// <summary>One of <see cref="TextModels.Names"/>, or a pretrained model, which is fine-tuned.</summary>
    public Setting<string> Model { get; } = all.Text("--model", "model").Alias("-m")
        .Help("NAME", $"The model: {string.Join(", ", TextModels.Names)}, or a pretrained BERT to fine-tune: a folder, a run, or " +
            "ORG/NAME of the Hugging Face Hub").Default(TextModels.Names[0]).InSweep();

    public Setting<double> Validation { get; } = all.Fraction("--validation", "validationShare")
        .Help("FRACTION", "The fraction of the data for validation").Default(0.1);

    public Setting<double> Test { get; } = all.Fraction("--test", "testShare")
        .Help("FRACTION", "The fraction of the data held out for the test").Default(0.1);

    public Setting<int> Examples { get; } = all.Count("--examples", "examples")
        .Help("N", "Learns from N examples of the training part, drawn at random, and not from all (pretrained models)").Optional().InSweep();

    /// <summary>The most words that the model knows, and then how many it does.</summary>
    public Setting<int> Vocabulary { get; } = all.Count("--vocabulary", "vocabulary")
        .Help("N", "The largest vocabulary; other words are one unknown word").Default(20_000).InSweep();

    public Setting<bool> Cased { get; } = all.Flag("--cased", "cased").Help(null, "Distinguish words by case, FREE from free");

    public Setting<int> Tokens { get; } = all.Count("--tokens", "tokens").Alias("--max-length")
        .Help("N", "The most tokens of a text that are read: of a longer one its first and its last (pretrained models: its first; " +
            "128, for questions and their texts 384)").Default(256).InSweep();

    public Setting<int> Width { get; } = all.Count("--width", "width")
        .Help("N", "The width of embeddings and hidden states").Default(128).InSweep();

    public Setting<int> Layers { get; } = all.Count("--layers", "layers").Help("N", "Stacked layers (lstm 1, transformer 2)").InSweep();

    public Setting<double> Dropout { get; } = all.Fraction("--dropout", "dropout")
        .Help("P", "The dropout probability (lstm 0.3, transformer 0.1, pretrained models as they are configured)").InSweep();

    /// <summary>Iyyer et al. 2015, §2.3: so that no single word decides.</summary>
    public Setting<double> WordDropout { get; } = all.Fraction("--word-dropout", "wordDropout")
        .Help("P", "The probability that a word is replaced by the unknown word during training").Default(0.1).InSweep();

    public Setting<int> Epochs { get; } = all.Count("--epochs", "epochs")
        .Help("N", "Passes through the training data (5; pretrained models 4, more where that is less than about 200 steps)").OnResume()
            .InSweep();

    public Setting<int> Batch { get; } = all.Count("--batch", "batch")
        .Help("N", "Tokens in a batch (8,192, fewer where there is little data); of a pretrained model examples (16)").InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate (lstm 0.002, transformer 0.001, pretrained models 2e-5, small ones 1e-4)").OnResume()
            .InSweep();

    public Setting<double> WeightDecay { get; } = all.NonNegative("--weight-decay", "weightDecay")
        .Help("X", "The weight decay of AdamW").Default(0.01).InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Default(1);

    public Setting<double> LayerDecay { get; } = all.Number<double>("--layer-decay", "layerDecay", value => value is > 0 and <= 1,
        "a number above 0 and at most 1").Help("X", "By what the learning rate is multiplied from one layer of a pretrained model to " +
            "the one below, such as 0.9").Optional().InSweep();

    public Setting<string> Freeze { get; } = all.Text("--freeze", "freeze")
        .Help("embeddings|N", "Keeps the embeddings, or these and the first N layers, of a pretrained model as they are").Optional();

    public Setting<ulong> SplitSeed { get; } = all.SplitSeed();

    /// <summary>Whether a file to predict is a mail, of which the subject and the text are read.</summary>
    public Setting<bool> IsMail { get; } = all.Fact<bool>("isMail").Default(false);

    /// <summary>How many texts are in the training, validation and test parts.</summary>
    public Setting<long[]> Texts { get; } = all.Fact<long[]>("texts");

    public Setting<string[]> Classes { get; } = all.Fact<string[]>("classes");

    /// <summary>Decides what is held out.</summary>
    public ulong Split => SplitSeed.OrNull() ?? Seed;

    /// <summary>What a pretrained model is fine-tuned for; absent: the model is not a pretrained one.</summary>
    public Setting<string> Head { get; } = all.Fact<string>("head").Optional();

    /// <summary>Whether questions may have no answer (SQuAD 2.0).</summary>
    public Setting<bool> AllowsNone { get; } = all.Fact<bool>("allowsNone").Default(false);

    /// <summary>Whether a pretrained model is fine-tuned.</summary>
    public bool IsPretrained => !TextModels.Names.Contains(Model.Value);

    /// <summary>How tables are read.</summary>
    /// <param name="labels">What labels are; null: the data decides.</param>
    /// <param name="classes">The classes that are known; null: all that occur.</param>
    public TextTableOptions TableOptions(LabelKind? labels, IReadOnlyList<string>? classes = null) => new()
    {
        Text = TextColumn.OrNull(), SecondText = PairColumn.OrNull(), Label = LabelColumn.OrNull(), Labels = labels, Classes = classes,
        Encoding = Encoding.OrNull(),
    };
}
