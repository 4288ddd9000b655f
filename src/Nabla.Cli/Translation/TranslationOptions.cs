using System.CommandLine;

namespace Nabla.Cli.Translation;

/// <summary>The options of <c>nabla train translate</c>.</summary>
sealed class TranslationOptions
{
    /// <summary>A month: no timer of .NET runs for two.</summary>
    const double MostMinutes = 31 * 24 * 60;

    readonly Option<string?> data = OptionOf.Data("NAME|FILE", $"What to learn from: {PairSource.Kinds}. Packed by gzip or not.");
    readonly Option<int?> targets = OptionOf.Count("--targets", "N", "How many columns behind the first are targets (all).");
    readonly Option<string?> sourceTokens = OptionOf.Choice("--source-tokens", $"How sources are cut: {string.Join(", ", Tokenizers.Names)} (byte pairs; one vocabulary where both sides are).", Tokenizers.Names);
    readonly Option<string?> targetTokens = OptionOf.Choice("--target-tokens", "How targets are cut.", Tokenizers.Names);
    readonly Option<int?> vocabulary = OptionOf.Count("--vocabulary", "N", "The most tokens of each vocabulary (8000).");
    readonly Option<int?> length = OptionOf.Count("--max-length", "TOKENS", "Longer texts are left out (100).");
    readonly Option<double?> validation = OptionOf.Share("--validation", "SHARE", "The share of the sources that watches the training (0.02).");
    readonly Option<double?> test = OptionOf.Share("--test", "SHARE", "The share held out until the end (0.1).");
    readonly Option<string?> model = OptionOf.Model($"What to train: {string.Join(", ", TranslationModels.Names)} (transformer).", TranslationModels.Names);
    readonly Option<int?> width = OptionOf.Count("--width", "N", "The length of a token's vector, and hidden units of an LSTM (256).");
    readonly Option<int?> heads = OptionOf.Count("--heads", "N", "Heads of each attention (4).");
    readonly Option<int?> inner = OptionOf.Count("--inner", "N", "Width of the feed-forward parts (4 × width).");
    readonly Option<int?> layers = OptionOf.Count("--layers", "N", "Layers of the encoder and of the decoder each (3; of an LSTM 1).");
    readonly Option<double?> dropout = OptionOf.Share("--dropout", "X", "The share dropped in training (0.1).");
    readonly Option<int?> epochs = OptionOf.Count("--epochs", "N", "How often to go through the data (10).");
    readonly Option<double?> minutes = OptionOf.Number<double>("--minutes", "N", "Stop after so long, with the state saved; --resume goes on.", value => value is > 0 and <= MostMinutes, "a number above 0, of a month at most,");
    readonly Option<int?> tokens = OptionOf.Count("--tokens", "N", "Tokens of sources and targets in a step (4096).");
    readonly Option<int?> accumulate = OptionOf.Count("--accumulate", "N", "Batches whose gradients make one step (1).");
    readonly Option<double?> rate = OptionOf.Positive("--lr", "RATE", "The highest learning rate (0.001).");
    readonly Option<string?> schedule = OptionOf.Choice("--schedule", $"How the rate goes after its rise: {string.Join(", ", TranslationModels.Schedules)} (cosine).", TranslationModels.Schedules);
    readonly Option<long?> warmUp = OptionOf.Count<long>("--warm-up", "STEPS", "Steps in which the rate rises (a tenth of all, at most 4000).");
    readonly Option<double?> decay = OptionOf.Amount("--weight-decay", "X", "How strongly weights are pulled to 0 (0.01).");
    readonly Option<double?> smoothing = OptionOf.Share("--label-smoothing", "X", "The share of each label that is spread over all tokens (0.1).");
    readonly Option<double?> clip = OptionOf.Clip("1");
    readonly Option<double?> average = OptionOf.Average();
    readonly Option<int?> beam = OptionOf.Count("--beam", "N", "Beginnings that are held where the test part is written (5).");
    readonly Option<double?> penalty = OptionOf.Amount("--length-penalty", "X", "How much long texts are favoured there (0.6).");
    readonly Option<int?> patience = OptionOf.Patience();
    readonly Option<ulong?> seed = OptionOf.Seed();
    readonly Option<ulong?> splitSeed = OptionOf.SplitSeed();
    readonly Option<int?> saveEvery = OptionOf.SaveEvery(200);

    public IEnumerable<Option> All =>
    [
        data, targets, sourceTokens, targetTokens, vocabulary, length, validation, test, model, width, heads, inner, layers, dropout, epochs, minutes, tokens, accumulate, rate, schedule, warmUp, decay,
        smoothing, clip, average, beam, penalty, patience, seed, splitSeed, saveEvery,
    ];

    public TranslationRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Targets = parse.GetValue(targets), SourceTokens = parse.GetValue(sourceTokens), TargetTokens = parse.GetValue(targetTokens), Vocabulary = parse.GetValue(vocabulary),
        MaximumLength = parse.GetValue(length), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test), Model = parse.GetValue(model), Width = parse.GetValue(width),
        Heads = parse.GetValue(heads), Inner = parse.GetValue(inner), Layers = parse.GetValue(layers), Dropout = parse.GetValue(dropout), Epochs = parse.GetValue(epochs), Minutes = parse.GetValue(minutes),
        Tokens = parse.GetValue(tokens), Accumulate = parse.GetValue(accumulate), LearningRate = parse.GetValue(rate), Schedule = parse.GetValue(schedule), WarmUp = parse.GetValue(warmUp),
        WeightDecay = parse.GetValue(decay), LabelSmoothing = parse.GetValue(smoothing), ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average), Beam = parse.GetValue(beam),
        LengthPenalty = parse.GetValue(penalty), Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SplitSeed = parse.GetValue(splitSeed), SaveEvery = parse.GetValue(saveEvery),
    };
}

/// <summary>What a training was asked to be: null where nothing was said.</summary>
sealed record TranslationRequest
{
    public string? Data { get; init; }
    public int? Targets { get; init; }
    public string? SourceTokens { get; init; }
    public string? TargetTokens { get; init; }
    public int? Vocabulary { get; init; }
    public int? MaximumLength { get; init; }
    public double? ValidationShare { get; init; }
    public double? TestShare { get; init; }
    public string? Model { get; init; }
    public int? Width { get; init; }
    public int? Heads { get; init; }
    public int? Inner { get; init; }
    public int? Layers { get; init; }
    public double? Dropout { get; init; }
    public int? Epochs { get; init; }
    public double? Minutes { get; init; }
    public int? Tokens { get; init; }
    public int? Accumulate { get; init; }
    public double? LearningRate { get; init; }
    public string? Schedule { get; init; }
    public long? WarmUp { get; init; }
    public double? WeightDecay { get; init; }
    public double? LabelSmoothing { get; init; }
    public double? ClipNorm { get; init; }
    public double? Average { get; init; }
    public int? Beam { get; init; }
    public double? LengthPenalty { get; init; }
    public int? Patience { get; init; }
    public ulong? Seed { get; init; }
    public ulong? SplitSeed { get; init; }
    public int? SaveEvery { get; init; }

    /// <summary>Names of the options with a value that a run cannot change on its way.</summary>
    public IEnumerable<string> Fixed => new (string Name, object? Value)[]
    {
        ("--targets", Targets), ("--source-tokens", SourceTokens), ("--target-tokens", TargetTokens), ("--vocabulary", Vocabulary), ("--max-length", MaximumLength), ("--validation", ValidationShare),
        ("--test", TestShare), ("--model", Model), ("--width", Width), ("--heads", Heads), ("--inner", Inner), ("--layers", Layers), ("--dropout", Dropout), ("--epochs", Epochs), ("--tokens", Tokens),
        ("--accumulate", Accumulate), ("--lr", LearningRate), ("--schedule", Schedule), ("--warm-up", WarmUp), ("--weight-decay", WeightDecay), ("--label-smoothing", LabelSmoothing),
        ("--average", Average), ("--seed", Seed), ("--split-seed", SplitSeed),
    }.Where(option => option.Value is not null).Select(option => option.Name);
}
