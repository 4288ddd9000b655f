using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// RMSprop (Hinton 2012, lecture 6e): s ← α · s + (1 − α) · g², p ← p − η · g / (√s + ε). <see cref="Centered"/> divides by the deviation instead,
/// √(s − ḡ²) with ḡ ← α · ḡ + (1 − α) · g (Graves 2013, §4.2); with momentum the quotient is gathered first: b ← μ · b + g / (√s + ε), p ← p − η · b.
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class RMSprop(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public RMSprop(IModule model, double learningRate = 1e-2) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean squared gradient is kept, 0 ≤ α &lt; 1.</summary>
    public double Alpha { get; init => field = Demand.Fraction(value); } = 0.99;

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-8;

    /// <summary>How much of the last direction is kept, μ ≥ 0.</summary>
    public double Momentum { get; init => field = Demand.NotNegative(value); }

    /// <summary>Divides by the gradient's deviation instead of its root mean square.</summary>
    public bool Centered { get; init; }

    private protected override IReadOnlyList<string> Slots => Centered ? ["square", "momentum", "mean"] : Momentum > 0 ? ["square", "momentum"] : ["square"];

    private protected override void Update(UpdatePass pass) =>
        pass.Run(turn => new Rule(turn.Rate, turn.Decay, Alpha, Epsilon, Momentum, Centered));

    private readonly struct Rule(double rate, double decay, double alpha, double epsilon, double momentum, bool centered) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V square, ref V direction, ref V mean) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            square = V.MultiplyAdd(V.Constant(1 - alpha) * g, g, V.Constant(alpha) * square);
            var variance = square;
            if (centered)
            {
                mean = V.MultiplyAdd(V.Constant(1 - alpha), g - mean, mean);
                variance = V.MultiplyAdd(-mean, mean, square);
            }
            direction = V.MultiplyAdd(V.Constant(momentum), direction, g / (V.Sqrt(variance) + V.Constant(epsilon)));
            return V.MultiplyAdd(V.Constant(-rate), direction, p);
        }
    }
}
