namespace Nabla.Cli.Tasks.Translation;

/// <summary>The settings of <c>nabla train translate</c>. The tokenizers are files of their own in the run folder.</summary>
sealed class TranslationSettings(SettingList all) : TaskSettings(TranslationTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FILE", $"{PairSource.Kinds}; packed by gzip or not");

    public Setting<int> Targets { get; } = all.Count("--targets", "targets")
        .Help("N", "How many columns after the first are targets (all)").Optional();

    /// <summary>How sources are tokenized: the kind of the data says how they usually are.</summary>
    public Setting<string> SourceTokens { get; } = all.Choice("--source-tokens", "sourceTokens", Tokenizers.Names)
        .Help("NAME", $"The tokens of sources: {string.Join(", ", Tokenizers.Names)} (byte pairs; one vocabulary where both sides are)");

    public Setting<string> TargetTokens { get; } = all.Choice("--target-tokens", "targetTokens", Tokenizers.Names)
        .Help("NAME", "The tokens of targets");

    public Setting<int> Vocabulary { get; } = all.Count("--vocabulary", "vocabulary")
        .Help("N", "The largest vocabulary of each side").Default(8000).InSweep();

    /// <summary>Longer texts are left out of the training, and truncated where the model generates.</summary>
    public Setting<int> MaximumLength { get; } = all.Count("--max-length", "maximumLength")
        .Help("TOKENS", "Longer texts are left out").Default(100);

    public Setting<double> Validation { get; } = all.Fraction("--validation", "validationShare")
        .Help("FRACTION", "The fraction of the sources for validation").Default(0.02);

    public Setting<double> Test { get; } = all.Fraction("--test", "testShare")
        .Help("FRACTION", "The fraction of the sources held out for the test").Default(0.1);

    public Setting<string> Model { get; } = all.Choice("--model", "model", TranslationModels.Names).Alias("-m")
        .Help("NAME", $"The model: {string.Join(", ", TranslationModels.Names)}").Default(TranslationModels.Names[0]).InSweep();

    public Setting<int> Width { get; } = all.Count("--width", "width")
        .Help("N", "The width of embeddings, and of the hidden state of an LSTM").Default(256).InSweep();

    public Setting<int> Heads { get; } = all.Count("--heads", "heads").Help("N", "Attention heads").Default(4).InSweep();

    public Setting<int> FeedForward { get; } = all.Count("--feed-forward", "inner").Alias("--inner")
        .Help("N", "The feed-forward size (4 × width)").InSweep();

    public Setting<int> Layers { get; } = all.Count("--layers", "layers")
        .Help("N", "Layers of the encoder and of the decoder each (transformer 3, lstm 1)").InSweep();

    public Setting<double> Dropout { get; } = all.Fraction("--dropout", "dropout")
        .Help("P", "The dropout probability").Default(0.1).InSweep();

    public Setting<int> Epochs { get; } = all.Count("--epochs", "epochs")
        .Help("N", "Passes through the training data").Default(10).InSweep();

    public Setting<int> Tokens { get; } = all.Count("--tokens", "tokens")
        .Help("N", "Tokens of sources and targets in a batch").Default(4096).InSweep();

    public Setting<int> Accumulate { get; } = all.Count("--accumulate", "accumulate")
        .Help("N", "Batches whose gradients are averaged for one step").Default(1).InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate").Default(1e-3).InSweep();

    public Setting<string> Schedule { get; } = all.Choice("--schedule", "schedule", TranslationModels.Schedules)
        .Help("NAME", $"The schedule of the learning rate after warm-up: {string.Join(", ", TranslationModels.Schedules)}")
            .Default("cosine").InSweep();

    public Setting<long> WarmUp { get; } = all.Count<long>("--warm-up", "warmUp")
        .Help("STEPS", "Warm-up steps (a tenth of all, at most 4,000)").InSweep();

    public Setting<double> WeightDecay { get; } = all.NonNegative("--weight-decay", "weightDecay")
        .Help("X", "The weight decay of AdamW").Default(0.01).InSweep();

    public Setting<double> LabelSmoothing { get; } = all.Fraction("--label-smoothing", "labelSmoothing")
        .Help("X", "The fraction of each label that is spread over all tokens").Default(0.1).InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Default(1);

    public Setting<int> Beam { get; } = all.Count("--beam", "beam").Help("N", "The beam size on the test part").Default(5).OnResume();

    public Setting<double> LengthPenalty { get; } = all.NonNegative("--length-penalty", "lengthPenalty")
        .Help("X", "The length penalty of the beam search").Default(0.6).OnResume();

    public Setting<ulong> SplitSeed { get; } = all.SplitSeed();

    /// <summary>How many sources are in the training, validation and test parts.</summary>
    public Setting<int[]> Sources { get; } = all.Fact<int[]>("sources");

    /// <summary>Steps of all epochs, which the schedule needs.</summary>
    public Setting<long> Steps { get; } = all.Fact<long>("steps");

    /// <summary>Decides what is held out.</summary>
    public ulong Split => SplitSeed.OrNull() ?? Seed;

    /// <summary>Whether both sides have one tokenizer (the joint encoding of Sennrich, Haddow, Birch 2016, §3.2).</summary>
    public bool SharesVocabulary => SourceTokens.Value == Tokenizers.BytePairs && TargetTokens.Value == Tokenizers.BytePairs;
}
