using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Where the largest (or, with <paramref name="Least"/>, the smallest) element along an axis stands: Int64, without the axis.</summary>
    internal sealed record ArgExtreme(int Axis, bool Least) : UnaryOp, ICpuKernel
    {
        public override string Name => Least ? "ArgMin" : "ArgMax";

        public override Shape Infer(Shape x) => x[Axis] > 0 ? x.Remove(Axis)
            : throw new ArgumentException($"{Name}: shape {x} has no elements along axis {Axis}, so no extreme.");

        public override DType InferType(ReadOnlySpan<Tensor> inputs) => DType.Int64;

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => LineLoops.ArgExtreme(inputs[0], Axis, Least, output);
    }

    /// <summary>The places of an axis in the order of its elements: Int64, shape unchanged. Equal elements keep their order, NaN comes last.</summary>
    internal sealed record ArgSort(int Axis, bool Descending) : UnaryOp, ICpuKernel
    {
        public override DType InferType(ReadOnlySpan<Tensor> inputs) => DType.Int64;

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => LineLoops.ArgSort(inputs[0], Axis, Descending, output);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Where along an axis the largest element stands (the first of equal ones; a NaN counts as the largest): Int64.</summary>
        public Tensor ArgMax(int axis, bool keepDims = false) => ArgExtreme(axis, false, keepDims);

        /// <summary>Where along an axis the smallest element stands (the first of equal ones; a NaN counts as the smallest): Int64.</summary>
        public Tensor ArgMin(int axis, bool keepDims = false) => ArgExtreme(axis, true, keepDims);

        private Tensor ArgExtreme(int axis, bool least, bool keepDims)
        {
            var at = Shape.Axis(axis, least ? "ArgMin" : "ArgMax");
            var places = new ArgExtreme(at, least).Apply(this);
            return keepDims ? places.Unsqueeze(at) : places;
        }

        /// <summary>The places of an axis in the order of its elements: Int64. Equal elements keep their order; NaN comes last.</summary>
        public Tensor ArgSort(int axis = -1, bool descending = false) => new ArgSort(Shape.Axis(axis), descending).Apply(this);

        /// <summary>The elements along an axis in order, and where each stood. Equal elements keep their order; NaN comes last.</summary>
        public (Tensor Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
        {
            var order = ArgSort(axis, descending);
            return (Gather(axis, order), order);
        }

        /// <summary>The <paramref name="count"/> largest (or smallest) elements along an axis, the most extreme first, and where each stands.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The axis has fewer elements.</exception>
        public (Tensor Values, Tensor Indices) TopK(int count, int axis = -1, bool largest = true)
        {
            var at = Shape.Axis(axis);
            if (count < 0 || count > Shape[at]) throw new ArgumentOutOfRangeException(nameof(count), $"TopK: {count} of the {Shape[at]} elements of axis {axis} of {Shape}.");
            var first = ArgSort(at, descending: largest).Slice(at, 0, count);
            return (Gather(at, first), first);
        }
    }
}
