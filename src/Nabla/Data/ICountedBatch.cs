namespace Nabla.Data;

/// <summary>
/// A batch that says what its mean loss is averaged over, so that batches of unequal size are weighted as the batch that they would make
/// together: the number of its examples, of its labels that are not ignored, or the sum of their class weights.
/// </summary>
public interface ICountedBatch
{
    /// <summary>What the mean loss of the batch is divided by; 0 or more.</summary>
    double LossCount { get; }
}
