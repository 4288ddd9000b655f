namespace Nabla.Metrics;

/// <summary>An interval that holds the true value with a certain confidence.</summary>
/// <param name="Lower">Its lower bound.</param>
/// <param name="Upper">Its upper bound.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper);

/// <summary>What a share of successes, such as the accuracy on a test set, says of the true share.</summary>
public static class Proportion
{
    /// <summary>The quantile of the normal distribution for 95% confidence.</summary>
    private const double Z95 = 1.959963984540054;

    /// <summary>
    /// Wilson's score interval (Wilson 1927): (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n) with p = successes / total. Unlike p ± z
    /// √(p (1 − p)/n) it is right for shares near 0 and 1 and for few samples.
    /// </summary>
    /// <param name="successes">How many samples are right, 0 or more.</param>
    /// <param name="total">How many there are, at least one.</param>
    /// <param name="z">The quantile of the normal distribution at (1 + confidence) / 2; null: 1.96, for 95% confidence.</param>
    public static ConfidenceInterval Wilson(long successes, long total, double? z = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, total);
        var (n, p, quantile) = ((double)total, (double)successes / total, z ?? Z95);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(quantile, nameof(z));
        var square = quantile * quantile;
        var (centre, spread) = (p + (square / (2 * n)), quantile * Math.Sqrt((p * (1 - p) / n) + (square / (4 * n * n))));
        // At the ends the bounds are 0 and 1, whatever rounding says.
        return new(successes == 0 ? 0 : (centre - spread) / (1 + (square / n)), successes == total ? 1
            : (centre + spread) / (1 + (square / n)));
    }
}
