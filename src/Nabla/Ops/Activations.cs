using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;
using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>max(x, 0) (Nair and Hinton 2010). At 0 the slope is 0.</summary>
    internal readonly struct Relu : IFormula
    {
        public static bool SlopeReadsOutput => false;
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Max(x, V.Zero);
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Select(V.LessThan(V.Zero, x), V.One, V.Zero);
    }

    /// <summary>min(max(x, 0), 6) (Howard et al. 2017). The slope is 1 strictly inside.</summary>
    internal readonly struct Relu6 : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Min(V.Max(x, V.Zero), V.Constant(6));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> =>
            V.Select(V.LessThan(V.Zero, x), V.Select(V.LessThan(x, V.Constant(6)), V.One, V.Zero), V.Zero);
    }

    /// <summary>x where x &gt; 0, else NegativeSlope · x (Maas et al. 2013).</summary>
    internal readonly record struct LeakyRelu(double NegativeSlope) : IFormula
    {
        public static bool SlopeReadsOutput => false;
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Max(x, V.Zero) + (V.Constant(NegativeSlope) * V.Min(x, V.Zero));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Select(V.LessThan(V.Zero, x), V.One, V.Constant(NegativeSlope));
    }

    /// <summary>x where x &gt; 0, else Alpha · (eˣ − 1) (Clevert et al. 2015).</summary>
    internal readonly record struct Elu(double Alpha) : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Max(x, V.Zero) + (V.Constant(Alpha) * ExpLessOne(V.Min(x, V.Zero)));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Select(V.LessThan(V.Zero, x), V.One, V.Constant(Alpha) * V.Exp(V.Min(x, V.Zero)));

        /// <summary>eˣ − 1 = 2t / (1 − t) with t = tanh(x/2): nothing cancels near 0, for x ≤ 0.</summary>
        [MethodImpl(AggressiveInlining)] internal static V ExpLessOne<V>(V x) where V : struct, ILane<V>
        {
            var t = V.Tanh(V.Constant(0.5) * x);
            return (t + t) / (V.One - t);
        }
    }

    /// <summary>The self-normalising ELU: scale · (x where x &gt; 0, else α · (eˣ − 1)), with the fixed point of Klambauer et al. 2017.</summary>
    internal readonly struct Selu : IFormula
    {
        private const double Scale = 1.0507009873554804934193349852946, Alpha = 1.6732632423543772848170429916717;

        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Constant(Scale) * new Elu(Alpha).Of(x);
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Constant(Scale) * new Elu(Alpha).Slope(x, y);
    }

    /// <summary>σ(x) = 1 / (1 + e⁻ˣ)</summary>
    internal readonly struct Sigmoid : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.One / (V.One + V.Exp(-x));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => y * (V.One - y);
    }

    /// <summary>ln σ(x) = min(x, 0) − ln(1 + e^−|x|)</summary>
    internal readonly struct LogSigmoid : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Min(x, V.Zero) - V.Log1p(V.Exp(-V.Abs(x)));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => default(Sigmoid).In(-x);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|): nothing overflows.</summary>
    internal readonly struct Softplus : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Max(x, V.Zero) + V.Log1p(V.Exp(-V.Abs(x)));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => default(Sigmoid).In(x);
    }

    /// <summary>x · σ(x), also called swish (Elfwing et al. 2017).</summary>
    internal readonly struct Silu : IFormula
    {
        public static bool SlopeReadsOutput => false;
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => x / (V.One + V.Exp(-x));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V>
        {
            var s = default(Sigmoid).In(x);
            return s * (V.One + (x * (V.One - s)));
        }
    }

    /// <summary>x · tanh(ln(1 + eˣ)) (Misra 2019).</summary>
    internal readonly struct Mish : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => x * V.Tanh(default(Softplus).In(x));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V>
        {
            var t = V.Tanh(default(Softplus).In(x));
            return t + (x * default(Sigmoid).In(x) * (V.One - (t * t)));
        }
    }

    /// <summary>x · Φ(x) with the normal distribution Φ(x) = ½(1 + erf(x/√2)) (Hendrycks and Gimpel 2016).</summary>
    internal readonly struct Gelu : IFormula
    {
        public static bool SlopeReadsOutput => false;
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.TimesNormalDistribution(x);
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.NormalDistribution(x, out var density) + (x * density);
    }

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))), the approximation of GELU of Hendrycks and Gimpel 2016, §2.</summary>
    internal readonly struct GeluTanh : IFormula
    {
        public static bool SlopeReadsOutput => false;
        private const double Cubic = 0.044715, Scale = 0.79788456080286535588;   // √(2/π)

        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => V.Constant(0.5) * x * (V.One + Inner(x));

        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V>
        {
            // Beyond ±10 the tanh is ±1 in every precision; there the bound keeps x² from overflowing into 0 · ∞.
            var (t, near) = (Inner(x), V.Min(V.Max(x, V.Constant(-10)), V.Constant(10)));
            var rise = V.Constant(Scale) * V.MultiplyAdd(V.Constant(3 * Cubic), near * near, V.One);
            return V.Constant(0.5) * (V.One + t + (near * (V.One - (t * t)) * rise));
        }

        [MethodImpl(AggressiveInlining)] private static V Inner<V>(V x) where V : struct, ILane<V> => V.Tanh(V.Constant(Scale) * (x * V.MultiplyAdd(V.Constant(Cubic), x * x, V.One)));
    }

    /// <summary>σ by straight lines: min(max(x + 3, 0), 6) / 6 (Courbariaux et al. 2015).</summary>
    internal readonly struct HardSigmoid : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => default(Relu6).Of(x + V.Constant(3)) / V.Constant(6);
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> => default(Relu6).Slope(x + V.Constant(3), y) / V.Constant(6);
    }

    /// <summary>x · min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).</summary>
    internal readonly struct HardSwish : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => x * default(HardSigmoid).Of(x);
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V> =>
            V.Select(V.LessThan(x, V.Constant(-3)), V.Zero, V.Select(V.LessOrEqual(x, V.Constant(3)), (x / V.Constant(3)) + V.Constant(0.5), V.One));
    }

    /// <summary>x / (1 + |x|)</summary>
    internal readonly struct Softsign : IFormula
    {
        [MethodImpl(AggressiveInlining)] public V Of<V>(V x) where V : struct, ILane<V> => x / (V.One + V.Abs(x));
        [MethodImpl(AggressiveInlining)] public V Slope<V>(V x, V y) where V : struct, ILane<V>
        {
            var r = V.One / (V.One + V.Abs(x));
            return r * r;
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>max(x, 0)</summary>
        public Tensor Relu() => Elementwise<Relu>.Of(this);
        /// <summary>min(max(x, 0), 6)</summary>
        public Tensor Relu6() => Elementwise<Relu6>.Of(this);
        /// <summary>x where x &gt; 0, else <paramref name="negativeSlope"/> · x.</summary>
        public Tensor LeakyRelu(double negativeSlope = 0.01) => Elementwise<LeakyRelu>.Of(this, new(negativeSlope));
        /// <summary>x where x &gt; 0, else <paramref name="alpha"/> · (eˣ − 1).</summary>
        public Tensor Elu(double alpha = 1) => Elementwise<Elu>.Of(this, new(alpha));
        /// <summary>The self-normalising ELU, 1.0507 · (x where x &gt; 0, else 1.6733 · (eˣ − 1)).</summary>
        public Tensor Selu() => Elementwise<Selu>.Of(this);
        /// <summary>1 / (1 + e⁻ˣ)</summary>
        public Tensor Sigmoid() => Elementwise<Sigmoid>.Of(this);
        /// <summary>ln(1 / (1 + e⁻ˣ)), exact in both tails.</summary>
        public Tensor LogSigmoid() => Elementwise<LogSigmoid>.Of(this);
        /// <summary>ln(1 + eˣ); x itself where eˣ would overflow.</summary>
        public Tensor Softplus() => Elementwise<Softplus>.Of(this);
        /// <summary>x / (1 + e⁻ˣ), also called swish.</summary>
        public Tensor Silu() => Elementwise<Silu>.Of(this);
        /// <summary>x · tanh(ln(1 + eˣ))</summary>
        public Tensor Mish() => Elementwise<Mish>.Of(this);
        /// <summary>x · Φ(x), Φ the normal distribution: the exact form, by erf.</summary>
        public Tensor Gelu() => Elementwise<Gelu>.Of(this);
        /// <summary>The approximation of <see cref="Gelu"/> by tanh.</summary>
        public Tensor GeluTanh() => Elementwise<GeluTanh>.Of(this);
        /// <summary>min(max(x + 3, 0), 6) / 6</summary>
        public Tensor HardSigmoid() => Elementwise<HardSigmoid>.Of(this);
        /// <summary>x · min(max(x + 3, 0), 6) / 6</summary>
        public Tensor HardSwish() => Elementwise<HardSwish>.Of(this);
        /// <summary>x / (1 + |x|)</summary>
        public Tensor Softsign() => Elementwise<Softsign>.Of(this);
    }
}
