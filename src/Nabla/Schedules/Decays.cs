namespace Nabla.Schedules;

/// <summary>η(t) = rate</summary>
/// <param name="rate">Of every step.</param>
public sealed class Constant(double rate) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step) => rate;
}

/// <summary>η(t) = rate · factor^⌊t / every⌋</summary>
/// <param name="rate">At first.</param>
/// <param name="every">Steps between two drops.</param>
/// <param name="factor">What remains after a drop.</param>
public sealed class StepDecay(double rate, long every, double factor = 0.1) : Schedule
{
    private readonly long every = Positive(every);

    /// <inheritdoc/>
    public override double At(long step) => rate * Math.Pow(factor, step / every);
}

/// <summary>η(t) = rate · factorᵗ</summary>
/// <param name="rate">At first.</param>
/// <param name="factor">What remains after each step.</param>
public sealed class ExponentialDecay(double rate, double factor) : Schedule
{
    /// <inheritdoc/>
    public override double At(long step) => rate * Math.Pow(factor, step);
}

/// <summary>From rate to last in a straight line, then last: η(t) = rate + (last − rate) · min(t / steps, 1).</summary>
/// <param name="rate">At first.</param>
/// <param name="steps">How long it takes.</param>
/// <param name="last">At the end and after it.</param>
public sealed class LinearDecay(double rate, long steps, double last = 0) : Schedule
{
    private readonly long steps = Positive(steps);

    /// <inheritdoc/>
    public override double At(long step) => step >= steps ? last : rate + ((last - rate) * step / steps);
}

/// <summary>η(t) = last + (rate − last) · (1 − t / steps)ᵖ, then last.</summary>
/// <param name="rate">At first.</param>
/// <param name="steps">How long it takes.</param>
/// <param name="power">p: 1 is a straight line, above it falls faster at first.</param>
/// <param name="last">At the end and after it.</param>
public sealed class PolynomialDecay(double rate, long steps, double power = 1, double last = 0) : Schedule
{
    private readonly long steps = Positive(steps);

    /// <inheritdoc/>
    public override double At(long step) => step >= steps ? last : last + ((rate - last) * Math.Pow(1 - ((double)step / steps), power));
}

/// <summary>
/// Half a cosine wave (Loshchilov, Hutter 2017, without restarts): η(t) = last + (rate − last) · (1 + cos(π · t / steps)) / 2. Beyond the end it rises again,
/// as in PyTorch; to stay at the end: <c>.Then(new Constant(last), steps)</c>.
/// </summary>
/// <param name="rate">At first.</param>
/// <param name="steps">From the top to the bottom.</param>
/// <param name="last">At the bottom.</param>
public sealed class CosineDecay(double rate, long steps, double last = 0) : Schedule
{
    private readonly long steps = Positive(steps);

    /// <inheritdoc/>
    public override double At(long step) => last + ((rate - last) * (1 + Math.Cos(Math.PI * step / steps)) / 2);
}

/// <summary>
/// Rises for warmUp steps and falls with the root of the step: η(t) = rate · min(n^−½, n · warmUp^−3⁄2) with n = t + 1 (Vaswani et al. 2017, §5.3, without its
/// factor of the model's width).
/// </summary>
/// <param name="rate">Times the curve, whose peak is warmUp^−½.</param>
/// <param name="warmUp">Steps until the peak.</param>
public sealed class InverseSquareRoot(double rate, long warmUp) : Schedule
{
    private readonly long warmUp = Positive(warmUp);

    /// <inheritdoc/>
    public override double At(long step) => rate * Math.Min(1 / Math.Sqrt(step + 1), (step + 1) / (warmUp * Math.Sqrt(warmUp)));
}
