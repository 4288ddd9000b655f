using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Losses
{
    /// <summary>(a − b)²</summary>
    internal readonly struct SquaredError : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => (a - b) * (a - b);
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => V.Constant(2) * (a - b);
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => V.Constant(2) * (b - a);
    }

    /// <summary>|a − b|. Where a = b the slope is 0.</summary>
    internal readonly struct AbsoluteError : IBinaryFormula
    {
        public V Of<V>(V a, V b) where V : struct, ILane<V> => V.Abs(a - b);
        public V SlopeA<V>(V a, V b, V y) where V : struct, ILane<V> => default(Sign).Of(a - b);
        public V SlopeB<V>(V a, V b, V y) where V : struct, ILane<V> => default(Sign).Of(b - a);
    }

    /// <summary>½r² where |r| ≤ δ, else δ(|r| − ½δ): with c = min(|r|, δ), c · (|r| − ½c).</summary>
    internal readonly record struct Huber(double Delta) : IFormula
    {
        public V Of<V>(V r) where V : struct, ILane<V>
        {
            var near = V.Min(V.Abs(r), V.Constant(Delta));
            return near * (V.Abs(r) - (V.Constant(0.5) * near));
        }

        public V Slope<V>(V r, V y) where V : struct, ILane<V> => V.Max(V.Min(r, V.Constant(Delta)), V.Constant(-Delta));
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>(prediction − target)²; the shapes are equal.</summary>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor MeanSquaredError(Tensor target, Reduction reduction = Reduction.Mean) =>
            BinaryElementwise<Losses.SquaredError>.Of(this, Fitting(target, "MeanSquaredError")).Reduced(reduction);

        /// <summary>|prediction − target|, also called L1; the shapes are equal.</summary>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor MeanAbsoluteError(Tensor target, Reduction reduction = Reduction.Mean) =>
            BinaryElementwise<Losses.AbsoluteError>.Of(this, Fitting(target, "MeanAbsoluteError")).Reduced(reduction);

        /// <summary>With r = prediction − target: ½r² where |r| ≤ δ, else δ(|r| − ½δ) (Huber 1964). The shapes are equal.</summary>
        /// <param name="target">What was to be predicted.</param>
        /// <param name="delta">δ &gt; 0: beyond it an error counts in proportion and not by its square.</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor HuberLoss(Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
        {
            if (!(delta > 0)) throw new ArgumentOutOfRangeException(nameof(delta), delta, "HuberLoss: δ > 0 is needed.");
            return Elementwise<Losses.Huber>.Of(this - Fitting(target, "HuberLoss"), new(delta)).Reduced(reduction);
        }

        /// <summary>Huber's loss divided by β: ½r²/β where |r| ≤ β, else |r| − ½β (Girshick 2015, eq. 3). β = 0 is the absolute error.</summary>
        /// <param name="target">What was to be predicted.</param>
        /// <param name="beta">β ≥ 0</param>
        /// <param name="reduction">What becomes of the elements' losses.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public Tensor SmoothL1Loss(Tensor target, double beta = 1, Reduction reduction = Reduction.Mean)
        {
            if (!(beta >= 0)) throw new ArgumentOutOfRangeException(nameof(beta), beta, "SmoothL1Loss: β ≥ 0 is needed.");
            return beta == 0 ? MeanAbsoluteError(target, reduction) : HuberLoss(target, beta, reduction) / beta;
        }

        /// <summary>
        /// Broadcasting a loss over a target of another shape is a mistake far more often than a wish: [8, 1] against [8] would give 64 differences.
        /// </summary>
        internal Tensor Fitting(Tensor target, string loss)
        {
            ArgumentNullException.ThrowIfNull(target);
            return target.Shape == Shape ? target
                : throw new ArgumentException($"{loss}: prediction {Shape}, target {target.Shape}: the shapes must be equal. Reshape one; see also Squeeze and Expand.");
        }
    }
}
