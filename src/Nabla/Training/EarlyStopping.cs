namespace Nabla.Training;

/// <summary>Ends a training whose evaluations no longer improve.</summary>
/// <param name="Patience">How many evaluations in a row without improvement end it, at least 1.</param>
/// <param name="MinimumGain">By how much the metric must be better than at the last improvement to count as one.</param>
public sealed record EarlyStopping(int Patience, double MinimumGain = 0)
{
    /// <summary>How many evaluations in a row without improvement end it.</summary>
    public int Patience { get; init; } = Patience > 0 ? Patience : throw new ArgumentOutOfRangeException(nameof(Patience), Patience, "EarlyStopping: a patience of at least 1 is needed.");
}
