using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adagrad (Duchi et al. 2011): s ← s + g², p ← p − η′ · g / (√s + ε) with η′ = η / (1 + (t − 1) · <see cref="RateDecay"/>).
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class Adagrad(IEnumerable<ParameterGroup> groups, double learningRate = 1e-2) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public Adagrad(IModule model, double learningRate = 1e-2) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How fast the step size falls beside the growing sum; 0 or more.</summary>
    public double RateDecay { get; init => field = Demand.NotNegative(value); }

    /// <summary>What the sum of squares begins with; 0 or more.</summary>
    public double InitialSum { get; init => field = Demand.NotNegative(value); }

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-10;

    private protected override IReadOnlyList<string> Slots => ["square_sum"];

    private protected override void Update(UpdatePass pass) => pass.Run(turn =>
        new Rule(turn.Rate / (1 + ((turn.Step - 1) * RateDecay)), turn.Decay, Epsilon, turn.Step == 1 ? InitialSum : 0));

    private readonly struct Rule(double rate, double decay, double epsilon, double initial) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V sum, ref V b, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            sum = V.MultiplyAdd(g, g, sum + V.Constant(initial));
            return V.MultiplyAdd(V.Constant(-rate), g / (V.Sqrt(sum) + V.Constant(epsilon)), p);
        }
    }
}
