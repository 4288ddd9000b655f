namespace Nabla.Cli.Training;

/// <summary>What a training on texts was asked to be: null where nothing was said.</summary>
sealed record TextRequest
{
    public string? Data { get; init; }
    public string? TextColumn { get; init; }
    public string? LabelColumn { get; init; }
    public string? Model { get; init; }
    public double? ValidationShare { get; init; }
    public double? TestShare { get; init; }
    public int? Vocabulary { get; init; }
    public bool Cased { get; init; }
    public int? Tokens { get; init; }
    public int? Width { get; init; }
    public int? Layers { get; init; }
    public double? Dropout { get; init; }
    public double? WordDropout { get; init; }
    public int? Epochs { get; init; }
    public int? Batch { get; init; }
    public double? LearningRate { get; init; }
    public double? WeightDecay { get; init; }
    public double? ClipNorm { get; init; }
    public double? Average { get; init; }
    public int? Patience { get; init; }
    public ulong? Seed { get; init; }
    public ulong? SplitSeed { get; init; }
    public int? SaveEvery { get; init; }
    public bool TensorBoard { get; init; }

    /// <summary>Names of the options with a value that a run cannot change on its way.</summary>
    public IEnumerable<string> Fixed => new (string Name, object? Value)[]
    {
        ("--text", TextColumn), ("--label", LabelColumn), ("--model", Model), ("--validation", ValidationShare), ("--test", TestShare), ("--vocabulary", Vocabulary), ("--cased", Cased ? true : null), ("--tokens", Tokens),
        ("--width", Width), ("--layers", Layers), ("--dropout", Dropout), ("--word-dropout", WordDropout), ("--batch", Batch), ("--weight-decay", WeightDecay), ("--average", Average), ("--seed", Seed), ("--split-seed", SplitSeed),
    }.Where(option => option.Value is not null).Select(option => option.Name);
}
