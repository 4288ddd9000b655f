namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>
    /// The cosine of the angle between vectors along an axis: a · b / (max(‖a‖, ε) · max(‖b‖, ε)); the shapes broadcast, and the axis goes.
    /// </summary>
    /// <param name="other">b</param>
    /// <param name="axis">Along which the vectors lie.</param>
    /// <param name="epsilon">ε &gt; 0: a vector of 0 is at right angles to all.</param>
    public Tensor CosineSimilarity(Tensor other, int axis = -1, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!(epsilon > 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "CosineSimilarity: ε > 0 is needed.");
        return (this * other).Sum(axis) / (Length(this) * Length(other));

        // Held above ε² before the root, whose slope at 0 is infinite.
        Tensor Length(Tensor x) => Maximum(x.Square().Sum(axis), Scalar(epsilon * epsilon, x.DType)).Sqrt();
    }

    /// <summary>
    /// Draws vectors that belong together to one direction and pushes others apart: 1 − cos where the target is 1, max(0, cos − margin) where it is −1.  a,
    /// b: [.., width], target: [..]
    /// </summary>
    /// <param name="other">b</param>
    /// <param name="target">1 or −1 for each pair.</param>
    /// <param name="margin">A cosine below it costs nothing where the target is −1.</param>
    /// <param name="reduction">What becomes of the pairs' losses.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor CosineEmbeddingLoss(Tensor other, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        var cosine = CosineSimilarity(other);
        return Where(cosine.Fitting(target, "CosineEmbeddingLoss") > 0, 1 - cosine, (cosine - margin).Relu()).Reduced(reduction);
    }
}
