namespace Nabla.Schedules;

/// <summary>
/// The schedule of BERT (Devlin et al. 2019, §A.2), as <c>get_linear_schedule_with_warmup</c> of Hugging Face's transformers: from 0 up to
/// the rate in a straight line, then down to 0, and 0 from there on. η(t) = rate · t / warmUp where t &lt; warmUp, then
/// rate · (steps − t) / (steps − warmUp). The first step has the rate 0: it only begins the optimizer's means.
/// </summary>
/// <param name="rate">The highest.</param>
/// <param name="warmUp">How many steps it rises, 0 or more and at most as many as there are.</param>
/// <param name="steps">How many steps there are, at least 1.</param>
public sealed class LinearWithWarmUp(double rate, long warmUp, long steps) : Schedule
{
    private readonly long steps = Positive(steps);
    private readonly long warmUp = warmUp >= 0 && warmUp <= steps ? warmUp
        : throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, $"LinearWithWarmUp: 0 ≤ warmUp ≤ {steps} steps is needed.");

    /// <inheritdoc/>
    public override double At(long step) => rate * (step < warmUp ? (double)step / warmUp
        : step < steps ? (double)(steps - step) / (steps - warmUp) : 0);
}
