using System.Numerics;

namespace Nabla.Metrics;

/// <summary>
/// The classifier that gives every sample the commonest class of the training data: what an accuracy is to be compared with.
/// </summary>
/// <param name="Class">The class.</param>
/// <param name="Accuracy">The share of the test samples that are of the class.</param>
public readonly record struct MajorityBaseline(long Class, double Accuracy)
{
    /// <summary>The baseline of some data.</summary>
    /// <param name="training">The labels of the training data, at least one; of classes equally common the lowest is taken.</param>
    /// <param name="test">The labels of the test data, at least one.</param>
    /// <exception cref="ArgumentException">There are no labels.</exception>
    public static MajorityBaseline Of<T>(ReadOnlySpan<T> training, ReadOnlySpan<T> test) where T : IBinaryInteger<T>
    {
        if (training.IsEmpty || test.IsEmpty)
            throw new ArgumentException($"MajorityBaseline: {training.Length} labels for training and {test.Length} for the test; "
            + "both need at least one.");
        var commonest = Inputs.Labels(training).CountBy(label => label).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)
            .First().Key;
        return new(commonest, (double)Inputs.Labels(test).Count(label => label == commonest) / test.Length);
    }
}
