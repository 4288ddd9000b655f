using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adadelta (Zeiler 2012, Algorithm 1): s ← ρ · s + (1 − ρ) · g², d = √(u + ε) / √(s + ε) · g, u ← ρ · u + (1 − ρ) · d², p ← p − η · d.
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class Adadelta(IEnumerable<ParameterGroup> groups, double learningRate = 1) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public Adadelta(IModule model, double learningRate = 1) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean squares is kept, 0 ≤ ρ &lt; 1.</summary>
    public double Rho { get; init => field = Demand.Fraction(value); } = 0.9;

    /// <summary>Begins the steps and keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-6;

    private protected override IReadOnlyList<string> Slots => ["square", "change_square"];

    private protected override void Update(UpdatePass pass) => pass.Run(turn => new Rule(turn.Rate, turn.Decay, Rho, Epsilon));

    private readonly struct Rule(double rate, double decay, double rho, double epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V square, ref V changes, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            square = V.MultiplyAdd(V.Constant(1 - rho) * g, g, V.Constant(rho) * square);
            var change = V.Sqrt(changes + V.Constant(epsilon)) / V.Sqrt(square + V.Constant(epsilon)) * g;
            changes = V.MultiplyAdd(V.Constant(1 - rho) * change, change, V.Constant(rho) * changes);
            return V.MultiplyAdd(V.Constant(-rate), change, p);
        }
    }
}
