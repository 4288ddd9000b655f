namespace Nabla.Schedules;

/// <summary>
/// One rise and one fall, each half a cosine wave (Smith, Topin 2018): from peak / divisor up to the peak in the first share of the steps, then down to
/// peak / divisor / lastDivisor. After the last step it stays there.
/// </summary>
/// <param name="peak">The highest rate.</param>
/// <param name="steps">The length of the cycle, at least 2.</param>
/// <param name="rising">The share of the steps that rise, above 0 and below 1.</param>
/// <param name="divisor">Peak ÷ first rate.</param>
/// <param name="lastDivisor">First rate ÷ last rate.</param>
public sealed class OneCycle(double peak, long steps, double rising = 0.3, double divisor = 25, double lastDivisor = 1e4) : Schedule
{
    private readonly long steps = steps > 1 ? steps : throw new ArgumentOutOfRangeException(nameof(steps), steps, "OneCycle: at least 2 steps are needed.");
    private readonly double rising = rising is > 0 and < 1 ? rising : throw new ArgumentOutOfRangeException(nameof(rising), rising, "OneCycle: 0 < rising < 1 is needed.");

    /// <inheritdoc/>
    public override double At(long step)
    {
        var (first, top, end) = (peak / divisor, (rising * steps) - 1, steps - 1.0);
        return step < top ? Between(first, peak, step / top)
            : Between(peak, first / lastDivisor, Math.Min(1, (step - top) / (end - top)));
    }

    private static double Between(double from, double to, double share) => to + ((from - to) * (1 + Math.Cos(Math.PI * share)) / 2);
}
