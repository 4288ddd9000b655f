using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Slices of x by number along an axis, which becomes the axes of the index. Inputs x, index (Int64, any shape).</summary>
    internal sealed record IndexSelect(int Axis) : Op, ICpuKernel
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (x, index) = (inputs[0], inputs[1]);
            if (index.DType != DType.Int64) throw new ArgumentException($"{Name}: the index is {index.DType}{index.Shape}, Int64 is needed: index.To(DType.Int64).");
            return [.. x.Shape[..Axis], .. index.Shape, .. x.Shape[(Axis + 1)..]];
        }

        public override Tensor?[] Gradient(Backward call) =>
            [call.Needs(0) ? new IndexAdd(call.Inputs[0].Shape, Axis).Apply(call.Upstream, call.Inputs[1]) : null, null];

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            using var paused = Recorder.Pause();
            var (x, index) = (inputs[0].Contiguous(), inputs[1].Contiguous());
            IndexLoops.Select(Name, x, Axis, index, output);
            GC.KeepAlive(x);
            GC.KeepAlive(index);
        }
    }

    /// <summary>Zeros of a shape to whose slices along an axis those of x are added. Inputs x, index (Int64): the gradient of <see cref="IndexSelect"/>.</summary>
    internal sealed record IndexAdd(Shape To, int Axis) : Op, ICpuKernel
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs) => To;

        public override Tensor?[] Gradient(Backward call) => [call.Needs(0) ? call.Upstream.IndexSelect(Axis, call.Inputs[1]) : null, null];

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            using var paused = Recorder.Pause();
            var (x, index) = (inputs[0].Contiguous(), inputs[1].Contiguous());
            CopyLoops.Clear(output);
            IndexLoops.SelectAdd(Name, x, Axis, index, output);
            GC.KeepAlive(x);
            GC.KeepAlive(index);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The slices of this that <paramref name="index"/> names along an axis: x[2, 0, 0] by number. The axis becomes the axes of the index.</summary>
        /// <exception cref="IndexOutOfRangeException">An index is negative or not below the length of the axis.</exception>
        public Tensor IndexSelect(int axis, Tensor index)
        {
            ArgumentNullException.ThrowIfNull(index);
            return new IndexSelect(Shape.Axis(axis)).Apply(this, index.ToIndex());
        }

        /// <summary>1 at the place that each element names, 0 elsewhere: [..] → [.., classes]. A number that is no class gives zeros.</summary>
        public Tensor OneHot(int classes, DType dtype = DType.Float32) =>
            ToIndex().Unsqueeze(-1).EqualTo(Arange(classes, DType.Int64)).To(dtype);
    }
}
