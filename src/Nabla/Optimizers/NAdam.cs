using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Optimizers;

/// <summary>
/// Adam with Nesterov's look ahead (Dozat 2016): m and v as in <see cref="Adam"/>, μₜ = β₁ · (1 − ½ · 0.96^(t · <see cref="MomentumDecay"/>)), and
/// p ← p − η · ((1 − μₜ) / (1 − Πμ₁…ₜ) · g + μₜ₊₁ / (1 − Πμ₁…ₜ₊₁) · m) / (√v̂ + ε).
/// </summary>
/// <param name="groups">What to train.</param>
/// <param name="learningRate">The step size η, 0 or more.</param>
public sealed class NAdam(IEnumerable<ParameterGroup> groups, double learningRate = 2e-3) : Optimizer(groups, learningRate)
{
    private readonly Dictionary<int, (long Step, double Product)> products = [];

    /// <summary>Over all parameters of a model.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="learningRate">The step size η, 0 or more.</param>
    public NAdam(IModule model, double learningRate = 2e-3) : this([new ParameterGroup(model)], learningRate)
    {
    }

    /// <summary>How much of the mean gradient is kept, 0 ≤ β₁ &lt; 1.</summary>
    public double Beta1 { get; init => field = Demand.Fraction(value); } = 0.9;

    /// <summary>How much of the mean squared gradient is kept, 0 ≤ β₂ &lt; 1.</summary>
    public double Beta2 { get; init => field = Demand.Fraction(value); } = 0.999;

    /// <summary>Keeps the division finite, ε ≥ 0.</summary>
    public double Epsilon { get; init => field = Demand.NotNegative(value); } = 1e-8;

    /// <summary>How fast μ grows from about β₁/2 to β₁; 0 or more.</summary>
    public double MomentumDecay { get; init => field = Demand.NotNegative(value); } = 4e-3;

    private protected override IReadOnlyList<string> Slots => ["mean", "square"];

    private protected override void Update(UpdatePass pass) => pass.Run(turn =>
    {
        var (mu, next, product) = (Mu(turn.Step), Mu(turn.Step + 1), Product(turn.Index, turn.Step));
        var (ofGradient, ofMean) = (turn.Rate * (1 - mu) / (1 - product), turn.Rate * next / (1 - (product * next)));
        return new Rule(turn.Decay, ofGradient, ofMean, 1 / Math.Sqrt(1 - Math.Pow(Beta2, turn.Step)), 1 - Beta1, Beta2, Epsilon);
    });

    private double Mu(long step) => Beta1 * (1 - (0.5 * Math.Pow(0.96, step * MomentumDecay)));

    /// <summary>μ₁ · … · μₜ, from the last step's product where that is known.</summary>
    private double Product(int parameter, long step)
    {
        var (known, product) = products.GetValueOrDefault(parameter, (0, 1));
        if (known >= step) (known, product) = (0, 1);
        while (known < step && product > 0) product *= Mu(++known);
        products[parameter] = (step, product);
        return product;
    }

    private readonly struct Rule(double decay, double ofGradient, double ofMean, double unbias, double fresh1, double beta2, double epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V p, V g, ref V mean, ref V square, ref V c) where V : struct, ILane<V>
        {
            g = V.MultiplyAdd(V.Constant(decay), p, g);
            mean = V.MultiplyAdd(V.Constant(fresh1), g - mean, mean);
            square = V.MultiplyAdd(V.Constant(1 - beta2) * g, g, V.Constant(beta2) * square);
            var size = V.MultiplyAdd(V.Sqrt(square), V.Constant(unbias), V.Constant(epsilon));
            return p - (V.MultiplyAdd(V.Constant(ofGradient), g, V.Constant(ofMean) * mean) / size);
        }
    }
}
