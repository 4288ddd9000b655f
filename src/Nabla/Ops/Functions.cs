using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>−x</summary>
    internal readonly struct Negate : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => -x;
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Constant(-1);
    }

    /// <summary>eˣ</summary>
    internal readonly struct Exp : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Exp(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => y;
    }

    /// <summary>ln x</summary>
    internal readonly struct Log : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Log(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.One / x;
    }

    /// <summary>ln(1 + x)</summary>
    internal readonly struct Log1p : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Log1p(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.One / (V.One + x);
    }

    /// <summary>√x</summary>
    internal readonly struct Sqrt : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Sqrt(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Constant(0.5) / y;
    }

    /// <summary>|x|. At 0 the slope is 0.</summary>
    internal readonly struct Abs : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Abs(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => default(Sign).Of(x);
    }

    /// <summary>−1, 0 or 1; NaN stays NaN.</summary>
    internal readonly struct Sign : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> =>
            V.Select(V.LessThan(V.Zero, x), V.One, V.Select(V.LessThan(x, V.Zero), V.Constant(-1), x));
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Zero;
    }

    /// <summary>x²</summary>
    internal readonly struct Square : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => x * x;
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => x + x;
    }

    /// <summary>1/x</summary>
    internal readonly struct Reciprocal : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.One / x;
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => -(y * y);
    }

    /// <summary>sin x</summary>
    internal readonly struct Sin : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Sin(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Cos(x);
    }

    /// <summary>cos x</summary>
    internal readonly struct Cos : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Cos(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => -V.Sin(x);
    }

    /// <summary>tanh x</summary>
    internal readonly struct Tanh : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Tanh(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.One - (y * y);
    }

    /// <summary>The error function.</summary>
    internal readonly struct Erf : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Erf(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Constant(2 / Math.Sqrt(Math.PI)) * V.Exp(-(x * x));
    }

    /// <summary>The largest whole number ≤ x.</summary>
    internal readonly struct Floor : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Floor(x);
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Zero;
    }

    /// <summary>xᵉ for a constant e.</summary>
    internal readonly record struct PowerOf(double Exponent) : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Pow(x, V.Constant(Exponent));
        public V Slope<V>(V x, V y) where V : struct, ILane<V> => V.Constant(Exponent) * V.Pow(x, V.Constant(Exponent - 1));
    }

    /// <summary>x held between two bounds. Inside and on them the slope is 1, outside 0.</summary>
    internal readonly record struct Clip(double Min, double Max) : IFormula
    {
        public V Of<V>(V x) where V : struct, ILane<V> => V.Min(V.Max(x, V.Constant(Min)), V.Constant(Max));
        public V Slope<V>(V x, V y) where V : struct, ILane<V> =>
            V.Select(V.LessOrEqual(V.Constant(Min), x), V.Select(V.LessOrEqual(x, V.Constant(Max)), V.One, V.Zero), V.Zero);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>−x</summary>
        public static Tensor operator -(Tensor x) => Elementwise<Negate>.Of(x);
        /// <summary>eˣ</summary>
        public Tensor Exp() => Elementwise<Exp>.Of(this);
        /// <summary>ln x; −∞ at 0, NaN below.</summary>
        public Tensor Log() => Elementwise<Log>.Of(this);
        /// <summary>ln(1 + x), exact near 0.</summary>
        public Tensor Log1p() => Elementwise<Log1p>.Of(this);
        /// <summary>√x; NaN below 0.</summary>
        public Tensor Sqrt() => Elementwise<Sqrt>.Of(this);
        /// <summary>|x|</summary>
        public Tensor Abs() => Elementwise<Abs>.Of(this);
        /// <summary>−1, 0 or 1; NaN stays NaN.</summary>
        public Tensor Sign() => Elementwise<Sign>.Of(this);
        /// <summary>x²</summary>
        public Tensor Square() => Elementwise<Square>.Of(this);
        /// <summary>1/x</summary>
        public Tensor Reciprocal() => Elementwise<Reciprocal>.Of(this);
        /// <summary>sin x, x in radians.</summary>
        public Tensor Sin() => Elementwise<Sin>.Of(this);
        /// <summary>cos x, x in radians.</summary>
        public Tensor Cos() => Elementwise<Cos>.Of(this);
        /// <summary>tanh x</summary>
        public Tensor Tanh() => Elementwise<Tanh>.Of(this);
        /// <summary>The error function, 2/√π ∫₀ˣ e^(−t²) dt.</summary>
        public Tensor Erf() => Elementwise<Erf>.Of(this);
        /// <summary>The largest whole number ≤ x. Its gradient is 0.</summary>
        public Tensor Floor() => Elementwise<Floor>.Of(this);
        /// <summary>xᵉ; NaN where x &lt; 0 and e is not whole.</summary>
        public Tensor Pow(double exponent) => Elementwise<PowerOf>.Of(this, new(exponent));
        /// <summary>x held between <paramref name="min"/> and <paramref name="max"/>.</summary>
        public Tensor Clip(double min, double max) => min <= max ? Elementwise<Clip>.Of(this, new(min, max))
            : throw new ArgumentException($"Clip: min {min} exceeds max {max}.");
    }
}
