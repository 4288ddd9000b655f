namespace Nabla.Metrics;

/// <summary>
/// The value of a ratio whose denominator is 0: the precision of a class that was never predicted, the recall of one that never occurs. Every metric
/// takes one such rule and keeps to it; it is scikit-learn's <c>zero_division</c>.
/// </summary>
public enum Undefined
{
    /// <summary>0: the pessimist's value, and the default.</summary>
    Zero,
    /// <summary>1.</summary>
    One,
    /// <summary>NaN; averages over classes leave it out.</summary>
    NaN,
}

internal static class Ratio
{
    public static double Value(this Undefined undefined) => undefined switch { Undefined.Zero => 0, Undefined.One => 1, _ => double.NaN };

    /// <summary>numerator / denominator by the rule for 0.</summary>
    public static double Of(double numerator, double denominator, Undefined undefined) => denominator == 0 ? undefined.Value() : numerator / denominator;
}
