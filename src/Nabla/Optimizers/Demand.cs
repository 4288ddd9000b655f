using System.Runtime.CompilerServices;

namespace Nabla.Optimizers;

/// <summary>What a hyperparameter may be. NaN is none of it.</summary>
internal static class Demand
{
    /// <summary>0 ≤ value &lt; ∞</summary>
    public static double NotNegative(double value, [CallerMemberName] string name = "") => value >= 0 && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name}: a finite number, 0 or more, is needed.");

    /// <summary>0 ≤ value &lt; 1</summary>
    public static double Fraction(double value, [CallerMemberName] string name = "") => value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name}: 0 ≤ {name} < 1 is needed.");
}
