using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>An op that folds some axes of a tensor into one number each.</summary>
    /// <param name="Axes">Which, counted from the front, ascending.</param>
    /// <param name="KeepDims">Whether they stay with length 1.</param>
    internal abstract record Reduction(int[] Axes, bool KeepDims) : UnaryOp
    {
        public override Shape Infer(Shape x)
        {
            var dims = new List<int>(x.Rank);
            for (var i = 0; i < x.Rank; i++)
            {
                if (!Axes.Contains(i)) dims.Add(x[i]);
                else if (KeepDims) dims.Add(1);
            }
            return Shape.Create([.. dims]);
        }

        /// <summary>A tensor of the result's shape with the folded axes back at length 1, so that it broadcasts against x.</summary>
        protected Tensor Unfold(Tensor y, Tensor x) => KeepDims ? y : y.Reshape((this with { KeepDims = true }).Infer(x.Shape));
    }

    /// <summary>Σ x over the axes.</summary>
    internal sealed record Sum(int[] Axes, bool KeepDims) : Reduction(Axes, KeepDims), ICpuKernel
    {
        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => Unfold(dy, x).Expand(x.Shape);

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ReductionLoops.Run(new SumFold(1), inputs[0], Axes, output);
    }

    /// <summary>The largest (or, with <paramref name="Least"/>, the smallest) x over the axes. Equal extremes share the gradient evenly, as in PyTorch's amax.</summary>
    internal sealed record Extreme(int[] Axes, bool KeepDims, bool Least) : Reduction(Axes, KeepDims), ICpuKernel
    {
        public override string Name => Least ? "Min" : "Max";

        public override Shape Infer(Shape x) => Axes.Any(axis => x[axis] == 0)
            ? throw new ArgumentException($"{Name}: shape {x} has no elements along axis [{string.Join(", ", Axes)}], so no extreme.")
            : base.Infer(x);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var hit = x.EqualTo(Unfold(y, x)).To(x.DType);
            return hit / hit.Sum(Axes, keepDims: true) * Unfold(dy, x);
        }

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            if (Least) ReductionLoops.Run(default(SmallestFold), inputs[0], Axes, output);
            else ReductionLoops.Run(default(LargestFold), inputs[0], Axes, output);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        private int[] CountedAxes(ReadOnlySpan<int> axes, string op)
        {
            var counted = new int[axes.Length];
            for (var i = 0; i < axes.Length; i++) counted[i] = Shape.Axis(axes[i], op);
            Array.Sort(counted);
            for (var i = 1; i < counted.Length; i++)
                if (counted[i] == counted[i - 1]) throw new ArgumentException($"{op}: axis {counted[i]} of shape {Shape} is named twice.");
            return counted;
        }

        /// <summary>This tensor if it holds fractions, which the op's result has.</summary>
        private Tensor DemandFloat(string op) => DType.IsFloat ? this
            : throw new NotSupportedException($"{op} of {DType}{Shape}: convert first, x.To(DType.Float32).");

        private int[] AllAxes() => [.. Enumerable.Range(0, Rank)];

        /// <summary>The sum of all elements: shape [].</summary>
        public Tensor Sum() => new Sum(AllAxes(), false).Apply(this);
        /// <summary>The sums along one axis.</summary>
        public Tensor Sum(int axis, bool keepDims = false) => Sum([axis], keepDims);
        /// <summary>The sums over several axes.</summary>
        public Tensor Sum(ReadOnlySpan<int> axes, bool keepDims = false) => new Sum(CountedAxes(axes, "Sum"), keepDims).Apply(this);

        /// <summary>The mean of all elements: shape [].</summary>
        public Tensor Mean() => DemandFloat("Mean").Sum() / Length;
        /// <summary>The means along one axis.</summary>
        public Tensor Mean(int axis, bool keepDims = false) => Mean([axis], keepDims);
        /// <summary>The means over several axes.</summary>
        public Tensor Mean(ReadOnlySpan<int> axes, bool keepDims = false)
        {
            var sum = DemandFloat("Mean").Sum(axes, keepDims);
            return sum / ((double)Length / Math.Max(1, sum.Length));
        }

        /// <summary>The largest element: shape []. Equal maxima share the gradient.</summary>
        public Tensor Max() => new Extreme(AllAxes(), false, Least: false).Apply(this);
        /// <summary>The largest along one axis.</summary>
        public Tensor Max(int axis, bool keepDims = false) => new Extreme(CountedAxes([axis], "Max"), keepDims, Least: false).Apply(this);
        /// <summary>The largest over several axes.</summary>
        public Tensor Max(ReadOnlySpan<int> axes, bool keepDims = false) => new Extreme(CountedAxes(axes, "Max"), keepDims, Least: false).Apply(this);

        /// <summary>The smallest element: shape []. Equal minima share the gradient.</summary>
        public Tensor Min() => new Extreme(AllAxes(), false, Least: true).Apply(this);
        /// <summary>The smallest along one axis.</summary>
        public Tensor Min(int axis, bool keepDims = false) => new Extreme(CountedAxes([axis], "Min"), keepDims, Least: true).Apply(this);
        /// <summary>The smallest over several axes.</summary>
        public Tensor Min(ReadOnlySpan<int> axes, bool keepDims = false) => new Extreme(CountedAxes(axes, "Min"), keepDims, Least: true).Apply(this);
    }
}
