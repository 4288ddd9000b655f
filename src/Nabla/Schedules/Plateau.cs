namespace Nabla.Schedules;

/// <summary>
/// Lowers the rate when a metric no longer improves: after each epoch <see cref="Report"/> it; a trainer reports each evaluation. Not a function of the step: the rate is the same at every step
/// until the next report. The optimizer saves what it has seen.
/// </summary>
/// <param name="rate">At first.</param>
/// <param name="factor">What remains after a drop, 0 ≤ factor &lt; 1.</param>
/// <param name="patience">How many reports without improvement are borne.</param>
/// <param name="largerIsBetter">Whether the metric is to rise (accuracy) and not to fall (a loss).</param>
/// <param name="threshold">An improvement smaller than this share of the best metric is none.</param>
/// <param name="coolDown">How many reports after a drop do not count.</param>
/// <param name="least">The rate does not fall below.</param>
public sealed class Plateau(double rate, double factor = 0.1, int patience = 10, bool largerIsBetter = false, double threshold = 1e-4, int coolDown = 0, double least = 0)
    : Schedule
{
    private readonly double factor = Optimizers.Demand.Fraction(factor);
    private double current = rate, best = largerIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
    private int waited, cooling;

    /// <summary>The rate now, whatever the step.</summary>
    public override double At(long step) => current;

    /// <summary>Takes the metric of another epoch. NaN is no improvement.</summary>
    public void Report(double metric)
    {
        if (largerIsBetter ? metric > best * (1 + threshold) : metric < best * (1 - threshold)) (best, waited) = (metric, 0);
        else waited++;
        if (cooling > 0) (cooling, waited) = (cooling - 1, 0);
        if (waited <= patience) return;
        current = Math.Max(current * factor, least);
        (cooling, waited) = (coolDown, 0);
    }

    internal override void Observe(double metric) => Report(metric);

    internal override IEnumerable<(string Name, Tensor Value)> State => [("plateau", Tensor.From(current, best, waited, cooling))];

    internal override void Load(IEnumerable<(string Name, Tensor Value)> state)
    {
        var saved = state.Single().Value.ToArray<double>();
        (current, best, waited, cooling) = (saved[0], saved[1], (int)saved[2], (int)saved[3]);
    }
}
