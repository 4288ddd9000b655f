namespace Nabla.Cli.Characters;

/// <summary>What a training was asked to be: null where nothing was said.</summary>
sealed record CharacterRequest
{
    public string? Data { get; init; }
    public string? Model { get; init; }
    public int? Layers { get; init; }
    public int? Hidden { get; init; }
    public int? Embedding { get; init; }
    public double? Dropout { get; init; }
    public long? Steps { get; init; }
    public int? Batch { get; init; }
    public int? Stretch { get; init; }
    public double? LearningRate { get; init; }
    public double? ClipNorm { get; init; }
    public double? Average { get; init; }
    public double? ValidationShare { get; init; }
    public double? TestShare { get; init; }
    public ulong? Seed { get; init; }
    public int? SaveEvery { get; init; }
    public bool TensorBoard { get; init; }

    /// <summary>Names of the options with a value that a run cannot change on its way.</summary>
    public IEnumerable<string> Fixed => new (string Name, object? Value)[]
    {
        ("--model", Model), ("--layers", Layers), ("--hidden", Hidden), ("--embedding", Embedding), ("--dropout", Dropout), ("--batch", Batch), ("--stretch", Stretch),
        ("--validation", ValidationShare), ("--test", TestShare), ("--average", Average), ("--seed", Seed),
    }.Where(option => option.Value is not null).Select(option => option.Name);
}
