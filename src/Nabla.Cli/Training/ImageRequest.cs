namespace Nabla.Cli.Training;

/// <summary>What a training was asked to be: null where nothing was said.</summary>
sealed record ImageRequest
{
    public string? Data { get; init; }
    public string? Model { get; init; }
    public int? Size { get; init; }
    public double? ValidationShare { get; init; }
    public double? TestShare { get; init; }
    public int? Epochs { get; init; }
    public int? Batch { get; init; }
    public int? Accumulate { get; init; }
    public string? Optimizer { get; init; }
    public double? LearningRate { get; init; }
    public string? Schedule { get; init; }
    public double? WeightDecay { get; init; }
    public double? LabelSmoothing { get; init; }
    public string[]? Augment { get; init; }
    public double? ClipNorm { get; init; }
    public double? Average { get; init; }
    public int? Patience { get; init; }
    public ulong? Seed { get; init; }
    public ulong? SplitSeed { get; init; }
    public int? SaveEvery { get; init; }
    public bool TensorBoard { get; init; }
    public bool SkipUnreadable { get; init; }

    /// <summary>Names of the options with a value that a run cannot change on its way.</summary>
    public IEnumerable<string> Fixed => new (string Name, object? Value)[]
    {
        ("--model", Model), ("--size", Size), ("--validation", ValidationShare), ("--test", TestShare), ("--batch", Batch), ("--accumulate", Accumulate),
        ("--optimizer", Optimizer), ("--schedule", Schedule), ("--weight-decay", WeightDecay), ("--label-smoothing", LabelSmoothing), ("--augment", Augment),
        ("--average", Average), ("--seed", Seed), ("--split-seed", SplitSeed),
    }.Where(option => option.Value is not null).Select(option => option.Name);
}
