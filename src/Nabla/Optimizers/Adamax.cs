using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adamax (Kingma, Ba 2015, Algorithm 2): m ← β₁ · m + (1 − β₁) · g, u ← max(β₂ · u, |g| + ε), p ← p − η / (1 − β₁ᵗ) · m / u.
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class Adamax(IEnumerable<ParameterGroup> groups, double learningRate = 2e-3) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public Adamax(IModule model, double learningRate = 2e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean gradient is kept, 0 ≤ β₁ &lt; 1.</summary>
    public double Beta1 { get; init => field = Demand.Fraction(value); } = 0.9;

    /// <summary>How much of the largest gradient is kept, 0 ≤ β₂ &lt; 1.</summary>
    public double Beta2 { get; init => field = Demand.Fraction(value); } = 0.999;

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-8;

    private protected override IReadOnlyList<string> Slots => ["mean", "largest"];

    private protected override void Update(UpdatePass pass) =>
        pass.Run(turn => new Rule(turn.Rate / (1 - Math.Pow(Beta1, turn.Step)), turn.Decay, 1 - Beta1, Beta2, Epsilon));

    private readonly struct Rule(double rate, double decay, double fresh1, double beta2, double epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V mean, ref V largest, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            mean = V.MultiplyAdd(V.Constant(fresh1), g - mean, mean);
            largest = V.Max(V.Constant(beta2) * largest, V.Abs(g) + V.Constant(epsilon));
            return V.MultiplyAdd(V.Constant(-rate), mean / largest, p);
        }
    }
}
