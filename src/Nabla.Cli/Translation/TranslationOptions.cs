using System.CommandLine;

namespace Nabla.Cli.Translation;

/// <summary>The options of <c>nabla train translate</c>.</summary>
sealed class TranslationOptions
{
    readonly Option<string?> data = new("--data", "-d") { Description = $"What to learn from: {PairSource.Kinds}. Packed by gzip or not.", HelpName = "NAME|FILE" };
    readonly Option<int?> targets = Number<int?>("--targets", "N", "How many columns behind the first are targets (all).");
    readonly Option<string?> sourceTokens = new("--source-tokens") { Description = $"How sources are cut: {string.Join(", ", Tokenizers.Names)} (byte pairs; one vocabulary where both sides are).", HelpName = "NAME" };
    readonly Option<string?> targetTokens = new("--target-tokens") { Description = "How targets are cut.", HelpName = "NAME" };
    readonly Option<int?> vocabulary = Number<int?>("--vocabulary", "N", "The most tokens of each vocabulary (8000).");
    readonly Option<int?> length = Number<int?>("--max-length", "TOKENS", "Longer texts are left out (100).");
    readonly Option<double?> validation = Number<double?>("--validation", "SHARE", "The share of the sources that watches the training (0.02).");
    readonly Option<double?> test = Number<double?>("--test", "SHARE", "The share held out until the end (0.1).");
    readonly Option<string?> model = new("--model", "-m") { Description = $"What to train: {string.Join(", ", TranslationModels.Names)} (transformer).", HelpName = "NAME" };
    readonly Option<int?> width = Number<int?>("--width", "N", "The length of a token's vector, and hidden units of an LSTM (256).");
    readonly Option<int?> heads = Number<int?>("--heads", "N", "Heads of each attention (4).");
    readonly Option<int?> inner = Number<int?>("--inner", "N", "Width of the feed-forward parts (4 × width).");
    readonly Option<int?> layers = Number<int?>("--layers", "N", "Layers of the encoder and of the decoder each (3; of an LSTM 1).");
    readonly Option<double?> dropout = Number<double?>("--dropout", "X", "The share dropped in training (0.1).");
    readonly Option<int?> epochs = Number<int?>("--epochs", "N", "How often to go through the data (10).");
    readonly Option<double?> minutes = Number<double?>("--minutes", "N", "Stop after so long, with the state saved; --resume goes on.");
    readonly Option<int?> tokens = Number<int?>("--tokens", "N", "Tokens of sources and targets in a step (4096).");
    readonly Option<int?> accumulate = Number<int?>("--accumulate", "N", "Batches whose gradients make one step (1).");
    readonly Option<double?> rate = Number<double?>("--lr", "RATE", "The highest learning rate (0.001).");
    readonly Option<string?> schedule = new("--schedule") { Description = $"How the rate goes after its rise: {string.Join(", ", TranslationModels.Schedules)} (cosine).", HelpName = "NAME" };
    readonly Option<long?> warmUp = Number<long?>("--warm-up", "STEPS", "Steps in which the rate rises (a tenth of all, at most 4000).");
    readonly Option<double?> decay = Number<double?>("--weight-decay", "X", "How strongly weights are pulled to 0 (0.01).");
    readonly Option<double?> smoothing = Number<double?>("--label-smoothing", "X", "The share of each label that is spread over all tokens (0.1).");
    readonly Option<double?> clip = Number<double?>("--clip", "NORM", "Scales gradients down whose norm is above this (1).");
    readonly Option<double?> average = Number<double?>("--average", "DECAY", "Keeps a moving average of the parameters, such as 0.999, and judges that.");
    readonly Option<int?> beam = Number<int?>("--beam", "N", "Beginnings that are held where the test part is written (5).");
    readonly Option<double?> penalty = Number<double?>("--length-penalty", "X", "How much long texts are favoured there (0.6).");
    readonly Option<int?> patience = Number<int?>("--patience", "N", "Stops after N epochs without improvement.");
    readonly Option<ulong?> seed = Number<ulong?>("--seed", "N", "Chooses the split, the first values, the order and whatever else is random (1).");
    readonly Option<int?> saveEvery = Number<int?>("--save-every", "STEPS", "Steps between two saved states: the most that a crash loses (200).");
    readonly Option<int?> threads = Number<int?>("--threads", "N", "Threads that compute (as many as there are processors). The result does not depend on it.");

    public TranslationOptions()
    {
        sourceTokens.AcceptOnlyFromAmong(Tokenizers.Names);
        targetTokens.AcceptOnlyFromAmong(Tokenizers.Names);
        model.AcceptOnlyFromAmong(TranslationModels.Names);
        schedule.AcceptOnlyFromAmong(TranslationModels.Schedules);
        foreach (var positive in new[] { targets, vocabulary, length, width, heads, inner, layers, epochs, tokens, accumulate, beam, patience, saveEvery, threads }) Demand(positive, value => value > 0, "a whole number above 0");
        Demand(warmUp, value => value > 0, "a whole number above 0");
        foreach (var positive in new[] { rate, clip, minutes }) Demand(positive, value => value > 0 && double.IsFinite(value!.Value), "a number above 0");
        foreach (var share in new[] { validation, test, smoothing, average, dropout }) Demand(share, value => value is >= 0 and < 1, "a number from 0 to below 1");
        foreach (var amount in new[] { decay, penalty }) Demand(amount, value => value >= 0 && double.IsFinite(value!.Value), "a number of 0 or more");
    }

    public IEnumerable<Option> All =>
    [
        data, targets, sourceTokens, targetTokens, vocabulary, length, validation, test, model, width, heads, inner, layers, dropout, epochs, minutes, tokens, accumulate, rate, schedule, warmUp, decay,
        smoothing, clip, average, beam, penalty, patience, seed, saveEvery, threads,
    ];

    public TranslationRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Targets = parse.GetValue(targets), SourceTokens = parse.GetValue(sourceTokens), TargetTokens = parse.GetValue(targetTokens), Vocabulary = parse.GetValue(vocabulary),
        MaximumLength = parse.GetValue(length), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test), Model = parse.GetValue(model), Width = parse.GetValue(width),
        Heads = parse.GetValue(heads), Inner = parse.GetValue(inner), Layers = parse.GetValue(layers), Dropout = parse.GetValue(dropout), Epochs = parse.GetValue(epochs), Minutes = parse.GetValue(minutes),
        Tokens = parse.GetValue(tokens), Accumulate = parse.GetValue(accumulate), LearningRate = parse.GetValue(rate), Schedule = parse.GetValue(schedule), WarmUp = parse.GetValue(warmUp),
        WeightDecay = parse.GetValue(decay), LabelSmoothing = parse.GetValue(smoothing), ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average), Beam = parse.GetValue(beam),
        LengthPenalty = parse.GetValue(penalty), Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SaveEvery = parse.GetValue(saveEvery), Threads = parse.GetValue(threads),
    };

    static Option<T> Number<T>(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    static void Demand<T>(Option<T> option, Func<T, bool> holds, string needed) => option.Validators.Add(result =>
    {
        if (result.Errors.Any() || result.GetValueOrDefault<T>() is not { } value || holds(value)) return;
        result.AddError($"{option.Name} {result.Tokens[0].Value}: {needed} is needed.");
    });
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
    public int? SaveEvery { get; init; }
    public int? Threads { get; init; }

    /// <summary>Names of the options with a value that a run cannot change on its way.</summary>
    public IEnumerable<string> Fixed => new (string Name, object? Value)[]
    {
        ("--targets", Targets), ("--source-tokens", SourceTokens), ("--target-tokens", TargetTokens), ("--vocabulary", Vocabulary), ("--max-length", MaximumLength), ("--validation", ValidationShare),
        ("--test", TestShare), ("--model", Model), ("--width", Width), ("--heads", Heads), ("--inner", Inner), ("--layers", Layers), ("--dropout", Dropout), ("--epochs", Epochs), ("--tokens", Tokens),
        ("--accumulate", Accumulate), ("--lr", LearningRate), ("--schedule", Schedule), ("--warm-up", WarmUp), ("--weight-decay", WeightDecay), ("--label-smoothing", LabelSmoothing),
        ("--average", Average), ("--seed", Seed),
    }.Where(option => option.Value is not null).Select(option => option.Name);
}
