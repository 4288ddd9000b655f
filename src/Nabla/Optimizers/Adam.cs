using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adam (Kingma, Ba 2015, Algorithm 1): m ← β₁ · m + (1 − β₁) · g, v ← β₂ · v + (1 − β₂) · g², p ← p − η · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and
/// v̂ = v / (1 − β₂ᵗ).
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public class Adam(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3) : Optimizer(groups, learningRate)
{
    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public Adam(IModule model, double learningRate = 1e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean gradient is kept, 0 ≤ β₁ &lt; 1.</summary>
    public double Beta1 { get; init => field = Demand.Fraction(value); } = 0.9;

    /// <summary>How much of the mean squared gradient is kept, 0 ≤ β₂ &lt; 1.</summary>
    public double Beta2 { get; init => field = Demand.Fraction(value); } = 0.999;

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-8;

    /// <summary>Divides by the largest v so far instead of the current one, so that step sizes never grow (AMSGrad; Reddi et al. 2018).</summary>
    public bool Amsgrad { get; init; }

    /// <summary>Whether decay shrinks the parameter itself instead of joining the gradient.</summary>
    private protected virtual bool DecaysApart => false;

    private protected override IReadOnlyList<string> Slots => Amsgrad ? ["mean", "square", "largest_square"] : ["mean", "square"];

    private protected override void Update(UpdatePass pass) => pass.Run(turn =>
    {
        var (keep, decay) = DecaysApart ? (1 - (turn.Rate * turn.Decay), 0.0) : (1.0, turn.Decay);
        // √v̂ + ε = (√v + ε · √(1 − β₂ᵗ)) / √(1 − β₂ᵗ): the corrections of both means are one factor.
        var root = Math.Sqrt(1 - Math.Pow(Beta2, turn.Step));
        return new Rule(keep, decay, turn.Rate * root / (1 - Math.Pow(Beta1, turn.Step)), 1 - Beta1, Beta2, Epsilon * root, Amsgrad);
    });

    private readonly struct Rule(double keep, double decay, double rate, double fresh1, double beta2, double epsilon, bool amsgrad) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V mean, ref V square, ref V largest) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            mean = V.MultiplyAdd(V.Constant(fresh1), g - mean, mean);
            square = V.MultiplyAdd(V.Constant(1 - beta2) * g, g, V.Constant(beta2) * square);
            var size = square;
            if (amsgrad) size = largest = V.Max(largest, square);
            return V.MultiplyAdd(V.Constant(keep), p, V.Constant(-rate) * mean / (V.Sqrt(size) + V.Constant(epsilon)));
        }
    }
}

/// <summary>
/// Adam whose weight decay is kept apart from the gradient (Loshchilov, Hutter 2019, Algorithm 2): p ← p · (1 − η · decay), then Adam's step.
/// </summary>
public sealed class AdamW : Adam
{
    /// <summary>Over groups of parameters.</summary>
    /// <param name="groups">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public AdamW(IEnumerable<ParameterGroup> groups, double learningRate = 1e-3) : base(groups, learningRate) => WeightDecay = 1e-2;

    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public AdamW(IModule model, double learningRate = 1e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    private protected override bool DecaysApart => true;
}
