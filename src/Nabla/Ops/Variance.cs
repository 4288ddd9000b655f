using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Σ (x − mean)² / (n − correction) over the axes, n elements each.</summary>
    internal sealed partial record Variance(int[] Axes, bool KeepDims, double Correction) : Reduction(Axes, KeepDims)
    {
        public override Tensor Compose(Tensor x) => (x - x.Mean(Axes, keepDims: true)).Square().Sum(Axes, KeepDims) / Freedom(x);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => (x - x.Mean(Axes, keepDims: true)) * (Unfold(dy, x) * (2 / Freedom(x)));

        /// <summary>n − correction, at least 0: with too few elements the variance is not a number.</summary>
        public double Freedom(Tensor x)
        {
            var count = 1.0;
            foreach (var axis in Axes) count *= x.Shape[axis];
            return Math.Max(0, count - Correction);
        }
    }

    /// <summary>√variance over the axes. Where it is 0 its gradient is 0.</summary>
    internal sealed record Deviation(int[] Axes, bool KeepDims, double Correction) : Reduction(Axes, KeepDims)
    {
        private Variance Squared => new(Axes, KeepDims, Correction);

        public override Tensor Compose(Tensor x) => Squared.Apply(x).Sqrt();

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var still = y.EqualTo(0);
            var slope = (dy / (y.MaskedFill(still, 1) * Squared.Freedom(x))).MaskedFill(still, 0);
            return (x - x.Mean(Axes, keepDims: true)) * Unfold(slope, x);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The variance along an axis: Σ (x − mean)² / (n − correction). Not a number if n ≤ correction.</summary>
        /// <param name="axis">Which axis.</param>
        /// <param name="correction">1: unbiased (Bessel); 0: of the whole population.</param>
        /// <param name="keepDims">Whether the axis stays with length 1.</param>
        public Tensor Var(int axis, double correction = 1, bool keepDims = false) => Var([axis], correction, keepDims);

        /// <summary>The variance over several axes.</summary>
        public Tensor Var(ReadOnlySpan<int> axes, double correction = 1, bool keepDims = false) =>
            new Variance(CountedAxes(axes, "Var"), keepDims, correction).Apply(DemandFloat("Var"));

        /// <summary>The standard deviation along an axis: the root of <see cref="Var(int, double, bool)"/>.</summary>
        public Tensor Std(int axis, double correction = 1, bool keepDims = false) => Std([axis], correction, keepDims);

        /// <summary>The standard deviation over several axes.</summary>
        public Tensor Std(ReadOnlySpan<int> axes, double correction = 1, bool keepDims = false) =>
            new Deviation(CountedAxes(axes, "Std"), keepDims, correction).Apply(DemandFloat("Std"));
    }
}
