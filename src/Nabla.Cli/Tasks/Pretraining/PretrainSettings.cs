using Nabla.Data;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>The settings of <c>nabla pretrain</c>. The tokenizer and the model are files of their own in the run folder.</summary>
sealed class PretrainSettings(SettingList all) : TaskSettings(PretrainTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("FILE|FOLDER",
        "text files (a blank line between documents), tables with a document in each row (Parquet, JSON lines), or a folder of either; " +
        "none: the English texts that travel with nabla").Optional();

    public Setting<string> TextColumn { get; } = all.Text("--text", "textColumn")
        .Help("COLUMN", "The column of the documents in tables (text)").Optional();

    public Setting<string> Sentences { get; } = all.Choice("--sentences", "sentences", "punctuation", "line")
        .Help("NAME", "What ends a sentence in files: punctuation, or the end of the line").Default("punctuation");

    public Setting<string> Documents { get; } = all.Choice("--documents", "documents", "blank-line", "file")
        .Help("NAME", "What ends a document in files: a blank line, or the end of the file").Default("blank-line");

    public Setting<string> Model { get; } = all.Text("--model", "model").Alias("-m")
        .Help("FOLDER|ORG/NAME", "A BERT whose pretraining goes on: a folder, a run, or a name on the Hugging Face Hub; none: a new one")
        .Optional().InSweep();

    public Setting<string> Tokenizer { get; } = all.Text("--tokenizer", "tokenizer")
        .Help("FOLDER", "A tokenizer: a folder or a vocab.txt; none: a vocabulary is trained first").Optional();

    public Setting<int> Vocabulary { get; } = all.Count("--vocabulary", "vocabulary").Help("N", "Tokens of the vocabulary").Default(8000);

    public Setting<int> Layers { get; } = all.Count("--layers", "layers").Help("N", "Layers of the encoder").Default(4).InSweep();

    public Setting<int> Hidden { get; } = all.Count("--hidden", "hidden").Help("N", "The hidden size").Default(256).InSweep();

    public Setting<int> Heads { get; } = all.Count("--heads", "heads").Help("N", "Attention heads").Default(4).InSweep();

    public Setting<int> MaxLength { get; } = all.Number<int>("--max-length", "maxLength",
        value => value >= PretrainingOptions.ShortestMaxLength, $"a whole number of {PretrainingOptions.ShortestMaxLength} or more")
        .Help("TOKENS", "Tokens of a sequence at most").Default(128);

    public Setting<int> ShortLength { get; } = all.Number<int>("--short-length", "shortLength",
        value => value >= PretrainingOptions.ShortestMaxLength, $"a whole number of {PretrainingOptions.ShortestMaxLength} or more")
        .Help("TOKENS", "Tokens of a sequence at most in the first epochs").Default(32).InSweep();

    public Setting<int> ShortEpochs { get; } = all.Number<int>("--short-epochs", "shortEpochs", value =>
        value >= 0, "a whole number of 0 or more")
        .Help("N", "Epochs with short sequences before the others").Default(0).InSweep();

    public Setting<string> Layout { get; } = all.Choice("--layout", "layout", "pairs", "sentences")
        .Help("NAME", "pairs: masked tokens and next sentence; sentences: masked tokens alone").Default("pairs");

    public Setting<double> Masked { get; } = all.Number<double>("--masked", "masked", value => value is > 0
        and < 1, "a number above 0 and below 1")
        .Help("FRACTION", "The fraction of tokens to predict").Default(0.15).InSweep();

    public Setting<bool> WholeWords { get; } = all.Flag("--whole-words", "wholeWords").Help(null, "Mask the tokens of a word together");

    public Setting<double> Dropout { get; } = all.Fraction("--dropout", "dropout")
        .Help("P", "The dropout probability (0; with --model as that one is configured)").Default(0).InSweep();

    public Setting<long> Steps { get; } = all.Count<long>("--steps", "steps").Help("N",
        "Training steps").Default(10_000).OnResume().InSweep();

    public Setting<int> Batch { get; } = all.Count("--batch", "batch").Help("TOKENS", "Tokens of a batch at most").Default(4096).InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate").Default(1e-3).OnResume().InSweep();

    public Setting<double> WarmUp { get; } = all.Fraction("--warm-up", "warmUp")
        .Help("FRACTION", "The fraction of the steps in which the rate rises; then it falls to 0").Default(0.05).InSweep();

    public Setting<double> WeightDecay { get; } = all.NonNegative("--weight-decay", "weightDecay")
        .Help("DECAY", "Weight decay, not of biases and normalisations").Default(0.01).InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Default(1);

    public Setting<double> Validation { get; } = all.Fraction("--validation", "validation")
        .Help("FRACTION", "The fraction of the documents for validation").Default(0.05);

    /// <summary>How many tokens of text the training and validation parts have, where the corpus is in memory.</summary>
    public Setting<long[]> Tokens { get; } = all.Fact<long[]>("tokens").Optional();
}
