using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Stochastic gradient descent: p ← p − η · g (Robbins, Monro 1951). With momentum μ (Polyak 1964): b ← μ · b + (1 − dampening) · g, p ← p − η · b, where b
/// begins as the first g; with <see cref="Nesterov"/> (Sutskever et al. 2013): p ← p − η · (g + μ · b).
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class SGD(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public SGD(IModule model, double learningRate = 1e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the last direction is kept, μ ≥ 0.</summary>
    public double Momentum { get; init => field = Demand.NotNegative(value); }

    /// <summary>How much of a new gradient is left out of the direction.</summary>
    public double Dampening { get; init => field = Demand.Fraction(value); }

    /// <summary>Looks ahead along the direction. Momentum &gt; 0 and no dampening are needed.</summary>
    public bool Nesterov { get; init; }

    private protected override IReadOnlyList<string> Slots => Momentum > 0 ? ["momentum"] : [];

    private protected override void Update(UpdatePass pass)
    {
        if (Nesterov && (Momentum == 0 || Dampening != 0))
            throw new InvalidOperationException($"SGD: Nesterov needs Momentum > 0 and Dampening = 0; they are {Momentum} and {Dampening}.");
        if (Momentum == 0) pass.Run(turn => new Plain(turn.Rate, turn.Decay));
        else pass.Run(turn => new WithMomentum(turn.Rate, turn.Decay, Momentum, turn.Step == 1 ? 1 : 1 - Dampening, Nesterov));
    }

    private readonly struct Plain(double rate, double decay) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, ILane<V> =>
            V.MultiplyAdd(V.Constant(-rate), V.MultiplyAdd(V.Constant(decay), p, g), p);
    }

    private readonly struct WithMomentum(double rate, double decay, double momentum, double share, bool nesterov) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V direction, ref V b, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            direction = V.MultiplyAdd(V.Constant(momentum), direction, V.Constant(share) * g);
            return V.MultiplyAdd(V.Constant(-rate), nesterov ? V.MultiplyAdd(V.Constant(momentum), direction, g) : direction, p);
        }
    }
}
