using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>y[.., i, ..] = x[.., index[.., i, ..], ..] along an axis. Inputs x, index (Int64); the result has the index's shape.</summary>
    internal sealed record Gather(int Axis) : Op, ICpuKernel
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (x, index) = (inputs[0], inputs[1]);
            DemandFit(Name, x.Shape, Axis, index);
            return index.Shape;
        }

        internal static void DemandFit(string op, Shape x, int axis, Tensor index)
        {
            if (index.DType != DType.Int64) throw new ArgumentException($"{op}: the index is {index.DType}{index.Shape}, Int64 is needed: index.To(DType.Int64).");
            var fits = index.Rank == x.Rank;
            for (var i = 0; fits && i < x.Rank; i++) fits = i == axis || index.Shape[i] <= x[i];
            if (!fits) throw new ArgumentException($"{op}: index {index.Shape} does not fit {x} along axis {axis}: as many axes are needed, none longer but that one. Expand the index.");
        }

        public override Tensor?[] Gradient(Backward call) =>
            [call.Needs(0) ? new Scatter(call.Inputs[0].Shape, Axis).Apply(call.Upstream, call.Inputs[1]) : null, null];

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => IndexLoops.Gather(Name, inputs[0], Axis, inputs[1], output);
    }

    /// <summary>Zeros of a shape to which x is added: y[.., index[.., i, ..], ..] += x[.., i, ..]. Inputs x, index (Int64), of one shape: the gradient of <see cref="Gather"/>.</summary>
    internal sealed record Scatter(Shape To, int Axis) : Op, ICpuKernel
    {
        public override string Name => "ScatterAdd";

        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (x, index) = (inputs[0], inputs[1]);
            Gather.DemandFit(Name, To, Axis, index);
            return x.Shape == index.Shape ? To : throw new ArgumentException($"{Name}: source {x.Shape} and index {index.Shape} differ; one index per element is needed.");
        }

        public override Tensor?[] Gradient(Backward call) => [call.Needs(0) ? call.Upstream.Gather(Axis, call.Inputs[1]) : null, null];

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            CopyLoops.Clear(output);
            IndexLoops.ScatterAdd(Name, inputs[0], Axis, inputs[1], output);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// Along one axis the elements that <paramref name="index"/> names: y[i, j] = x[i, index[i, j]] for axis 1. Shape of the index, which has as many
        /// axes as this and none longer but <paramref name="axis"/>.
        /// </summary>
        /// <exception cref="IndexOutOfRangeException">An index is negative or not below the length of the axis.</exception>
        public Tensor Gather(int axis, Tensor index)
        {
            ArgumentNullException.ThrowIfNull(index);
            return new Gather(Shape.Axis(axis)).Apply(this, index.ToIndex());
        }

        /// <summary>
        /// This with every element of <paramref name="source"/> added where <paramref name="index"/> says: y[i, index[i, j]] += source[i, j] for axis 1.
        /// Source and index have one shape.
        /// </summary>
        /// <exception cref="IndexOutOfRangeException">An index is negative or not below the length of the axis.</exception>
        public Tensor ScatterAdd(int axis, Tensor index, Tensor source)
        {
            ArgumentNullException.ThrowIfNull(index);
            ArgumentNullException.ThrowIfNull(source);
            return this + new Scatter(Shape, Shape.Axis(axis)).Apply(source, index.ToIndex());
        }

        /// <summary>As Int64; floats are no indices.</summary>
        private Tensor ToIndex() => DType == DType.Int32 ? To(DType.Int64) : this;
    }
}
