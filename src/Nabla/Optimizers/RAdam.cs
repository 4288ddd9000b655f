using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adam without its first steps' variance (Liu et al. 2020, Algorithm 2): ρ∞ = 2 / (1 − β₂) − 1, ρₜ = ρ∞ − 2t · β₂ᵗ / (1 − β₂ᵗ). While ρₜ ≤ 5: p ← p − η ·
/// m̂; then p ← p − η · r · m̂ / (√v + ε) · √(1 − β₂ᵗ) with r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)).
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class RAdam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public RAdam(IModule model, double learningRate = 1e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean gradient is kept, 0 ≤ β₁ &lt; 1.</summary>
    public double Beta1 { get; init => field = Demand.Fraction(value); } = 0.9;

    /// <summary>How much of the mean squared gradient is kept, 0 ≤ β₂ &lt; 1.</summary>
    public double Beta2 { get; init => field = Demand.Fraction(value); } = 0.999;

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-8;

    private protected override IReadOnlyList<string> Slots => ["mean", "square"];

    private protected override void Update(UpdatePass pass) => pass.Run(turn =>
    {
        var (rate, left) = (turn.Rate / (1 - Math.Pow(Beta1, turn.Step)), Math.Pow(Beta2, turn.Step));
        var most = (2 / (1 - Beta2)) - 1;
        var rho = most - (2 * turn.Step * left / (1 - left));
        var rectified = rho > 5;
        if (rectified) rate *= Math.Sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho) * (1 - left));
        return new Rule(rate, turn.Decay, 1 - Beta1, Beta2, Epsilon, rectified);
    });

    private readonly struct Rule(double rate, double decay, double fresh1, double beta2, double epsilon, bool rectified) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V mean, ref V square, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            mean = V.MultiplyAdd(V.Constant(fresh1), g - mean, mean);
            square = V.MultiplyAdd(V.Constant(1 - beta2) * g, g, V.Constant(beta2) * square);
            var step = rectified ? mean / (V.Sqrt(square) + V.Constant(epsilon)) : mean;
            return V.MultiplyAdd(V.Constant(-rate), step, p);
        }
    }
}
